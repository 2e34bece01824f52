import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { LEAVE_LINK_DAYS } from '#pact/leave.ts';
import type { Language } from '#pact/text/language.ts';
import type { Db, Tx } from '../database.ts';
import { createLinkToken, hashLinkToken } from '../door/link-token.ts';
import { toDate } from '../instant.ts';

/**
 * A link by which one person says when one home is away. Whoever leaves the register leaves their links.
 * @returns undefined where that person does not look after the home
 */
export async function createLeaveLink(
  tx: Tx,
  { householdId, personId }: { householdId: string; personId: string },
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant } | undefined> {
  const { token, hash } = createLinkToken();
  const expiresAt = now.add({ hours: LEAVE_LINK_DAYS * 24 });
  const { rows } = await sql`
    insert into leave_link (token_hash, household_id, person_id, created_at, expires_at)
    select ${hash}, a.household_id, a.person_id, ${toDate(now)}, ${toDate(expiresAt)}
    from assignment a join person p on p.id = a.person_id and p.removed_at is null
    where a.household_id = ${householdId} and a.person_id = ${personId} limit 1
    returning person_id`.execute(tx);
  return rows.length > 0 ? { token, expiresAt } : undefined;
}

export type LeaveLink = {
  householdId: string;
  personId: string;
  person: string;
  salutation: string;
  community: string;
  officePhone: string | null;
  timeZone: string;
  language: Language;
};

/** What the link of a token opens, as long as it holds and its person still looks after that home. */
export async function findLeaveLink(
  db: Db,
  token: string,
  now: Temporal.Instant,
): Promise<LeaveLink | undefined> {
  const { rows } = await sql<LeaveLink>`
    select h.id as "householdId", p.id as "personId", p.name as person, h.salutation, c.name as community,
      c.office_phone as "officePhone", c.time_zone as "timeZone", c.language
    from leave_link l join household h on h.id = l.household_id join community c on c.id = h.community_id
    join person p on p.id = l.person_id
    where l.token_hash = ${hashLinkToken(token)} and l.expires_at > ${toDate(now)} and h.removed_at is null
      and p.removed_at is null and exists (select from assignment a where a.household_id = h.id and a.person_id = p.id)`.execute(
    db,
  );
  return rows[0];
}
