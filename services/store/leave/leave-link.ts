import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { LEAVE_LINK_DAYS } from '#pact/leave.ts';
import type { Language } from '#pact/text/language.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/** 80 random bits: short enough for an SMS, and not guessed at a bounded rate while the link holds. */
const TOKEN_BYTES = 10;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A link by which one person says when one home is away. Whoever leaves the register leaves their links. */
export async function createLeaveLink(
  tx: Db | Tx,
  { householdId, personId }: { householdId: string; personId: string },
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant }> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = now.add({ hours: LEAVE_LINK_DAYS * 24 });
  await tx
    .insertInto('leave_link')
    .values({
      token_hash: hashOf(token),
      household_id: householdId,
      person_id: personId,
      created_at: toDate(now),
      expires_at: toDate(expiresAt),
    })
    .execute();
  return { token, expiresAt };
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
    where l.token_hash = ${hashOf(token)} and l.expires_at > ${toDate(now)} and h.removed_at is null
      and p.removed_at is null and exists (select from assignment a where a.household_id = h.id and a.person_id = p.id)`.execute(
    db,
  );
  return rows[0];
}
