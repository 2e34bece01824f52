import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { createLinkToken, hashLinkToken } from './link-token.ts';

const LINK_HOURS = 24;

/**
 * A link that opens for one person one alert, and what stood with it in one list. It ends after a day; whoever
 * leaves the register leaves their links.
 */
export async function createStewardLink(
  tx: Tx,
  { alertId, personId }: { alertId: string; personId: string },
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant }> {
  const { token, hash } = createLinkToken();
  const expiresAt = now.add({ hours: LINK_HOURS });
  await sql`
    insert into steward_link (token_hash, person_id, alert_ids, created_at, expires_at)
    select ${hash}, ${personId}, array(
      select ${alertId}::uuid union
      select o.alert_id from message m join message o on o.envelope_id = m.envelope_id and o.kind = 'page'
      where m.alert_id = ${alertId} and m.person_id = ${personId} and m.kind = 'page' and m.envelope_id is not null
    ), ${toDate(now)}, ${toDate(expiresAt)}`.execute(tx);
  return { token, expiresAt };
}

export type StewardLink = {
  token: string;
  personId: string;
  alertIds: string[];
  expiresAt: Date;
  /** Nobody has opened it before. */
  isNew: boolean;
};

/** The link of a token, as long as it holds and its person is in the register. */
export async function findStewardLink(
  db: Db | Tx,
  token: string,
  now: Temporal.Instant,
): Promise<StewardLink | undefined> {
  const { rows } = await sql<Omit<StewardLink, 'token'>>`
    select l.person_id as "personId", l.alert_ids as "alertIds", l.expires_at as "expiresAt", l.opened_at is null as "isNew"
    from steward_link l join person p on p.id = l.person_id
    where l.token_hash = ${hashLinkToken(token)} and l.expires_at > ${toDate(now)} and p.removed_at is null`.execute(
    db,
  );
  const [row] = rows;
  return row && { token, ...row };
}

export async function markLinkOpened(db: Db | Tx, token: string, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable('steward_link')
    .set({ opened_at: toDate(now) })
    .where('token_hash', '=', hashLinkToken(token))
    .where('opened_at', 'is', null)
    .execute();
}
