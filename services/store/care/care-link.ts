import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { CARE_LINK_DAYS } from '#pact/care.ts';
import type { Db, Tx } from '../database.ts';
import { createLinkToken, hashLinkToken } from '../door/link-token.ts';
import { toDate } from '../instant.ts';
import { tellPerson } from '../notice/tell-person.ts';

/**
 * A link to a steward's list, whatever day it is opened. Whoever leaves the register leaves their links.
 * @returns undefined where this is no steward of that community
 */
export async function createCareLink(
  tx: Tx,
  { communityId, personId }: { communityId: string; personId: string },
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant } | undefined> {
  const { token, hash } = createLinkToken();
  const expiresAt = now.add({ hours: CARE_LINK_DAYS * 24 });
  const { rows } = await sql`
    insert into care_link (token_hash, person_id, created_at, expires_at)
    select ${hash}, p.id, ${toDate(now)}, ${toDate(expiresAt)} from person p
    where p.id = ${personId} and p.community_id = ${communityId} and p.kind = 'steward' and p.removed_at is null
    returning person_id`.execute(tx);
  return rows.length > 0 ? { token, expiresAt } : undefined;
}

/** Sends a steward the link to their list. @returns how many messages were planned */
export async function sendCareLink(
  tx: Tx,
  personId: string,
  link: string,
  now: Temporal.Instant,
): Promise<number> {
  const minute = Math.floor(now.epochMilliseconds / 60_000);
  const subject = `care_link/${personId}/${minute}`;
  return tellPerson(tx, personId, { notice: { kind: 'care_link' as const, link }, subject }, now);
}

export type CareLink = {
  personId: string;
  communityId: string;
  person: string;
  officePhone: string | null;
  timeZone: string;
  expiresAt: Date;
  /** Nobody has opened it before. */
  isNew: boolean;
};

/** What the link of a token opens, as long as it holds and its steward is in the register. */
export async function findCareLink(
  db: Db,
  token: string,
  now: Temporal.Instant,
): Promise<CareLink | undefined> {
  const { rows } = await sql<CareLink>`
    select p.id as "personId", p.community_id as "communityId", p.name as person, c.office_phone as "officePhone",
      c.time_zone as "timeZone", l.expires_at as "expiresAt", l.opened_at is null as "isNew"
    from care_link l join person p on p.id = l.person_id and p.removed_at is null and p.kind = 'steward'
    join community c on c.id = p.community_id
    where l.token_hash = ${hashLinkToken(token)} and l.expires_at > ${toDate(now)}`.execute(db);
  return rows[0];
}

export async function markCareLinkOpened(db: Db, token: string, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable('care_link')
    .set({ opened_at: toDate(now) })
    .where('token_hash', '=', hashLinkToken(token))
    .where('opened_at', 'is', null)
    .execute();
}
