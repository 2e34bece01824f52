import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Language } from '#pact/text/language.ts';
import type { AnswerInput } from '#pact/text/sms.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';

export type Sender = { personId: string; communityId: string; language: Language; emergencyNumber: string };

/** The person that a phone belongs to, paged or not; undefined for a stranger. */
export async function findSender(tx: Tx, phone: string): Promise<Sender | undefined> {
  const { rows } = await sql<Sender>`
    select p.id as "personId", c.id as "communityId", c.language, c.emergency_number as "emergencyNumber"
    from person p join community c on c.id = p.community_id
    where p.phone = ${phone} and p.removed_at is null order by p.created_at, p.id limit 1`.execute(tx);
  return rows[0];
}

/** Who acknowledged an alert, by name. */
export async function findWhoGoes(tx: Tx, alertId: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select p.name from alert a join person p on p.id = a.acknowledged_by where a.id = ${alertId}`.execute(tx);
  return rows[0]?.name;
}

/** Answers that only say why nothing was done. The others tell what came of a reply, and are not counted. */
const HELP = [
  'closed',
  'not_understood',
  'several_open',
  'unknown_number',
  'no_open_alert',
  'stranger',
] as const satisfies readonly AnswerInput['kind'][];

/** Help planned since an instant: for one phone, or for all strangers together. */
export async function countHelp(
  tx: Tx,
  to: { phone: string } | 'strangers',
  since: Temporal.Instant,
): Promise<number> {
  const whom = to === 'strangers' ? sql`community_id is null` : sql`phone = ${to.phone}`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from message
    where ${whom} and kind = 'answer' and content -> 'answer' ->> 'kind' = any (${[...HELP]}::text[]) and created_at > ${toDate(since)}`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}
