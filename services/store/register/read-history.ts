import { sql } from 'kysely';
import type { RegisterChange } from '#contracts/http/register/household.ts';
import type { Db } from '../database.ts';
import { iso } from '../today/iso.ts';

type Row = Omit<RegisterChange, 'at'> & { at: Date };

/** What was changed of a home, the newest first; names stand for the people that ids mean. */
export async function readHistory(
  db: Db,
  householdId: string,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<RegisterChange[]> {
  const { rows } = await sql<Row>`
    select c.id::int as id, c.at, coalesce(a.name, t.name) as who, c.subject, c.kind, c.before, c.after,
      coalesce(p.name, r.name) as about
    from register_change c
    left join account a on 'account:' || a.id = c.actor left join api_token t on 'token:' || t.id = c.actor
    left join person p on c.subject = 'assignment' and p.id::text = c.subject_id
    left join resident r on c.subject = 'resident' and r.id::text = c.subject_id
    where c.household_id = ${householdId} and (${before ?? null}::bigint is null or c.id < ${before ?? null}::bigint)
    order by c.id desc limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}
