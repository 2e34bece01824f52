import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Seat } from '#pact/role.ts';
import { announceSessionsEnded } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { type Account, sightOf } from './accounts.ts';
import { createSecretToken, hashSecretToken } from './secret-token.ts';

/**
 * Opens a session, and sweeps away those that have expired.
 * @returns the secret for the cookie; the database keeps only its hash
 */
export async function createSession(
  db: Db | Tx,
  accountId: string,
  now: Temporal.Instant,
  expiresAt: Temporal.Instant,
): Promise<string> {
  await db.deleteFrom('session').where('expires_at', '<=', toDate(now)).execute();
  const token = createSecretToken();
  await db
    .insertInto('session')
    .values({
      token_hash: hashSecretToken(token),
      account_id: accountId,
      created_at: toDate(now),
      seen_at: toDate(now),
      expires_at: toDate(expiresAt),
    })
    .execute();
  return token;
}

/** Sessions last until they expire, and but for a wall’s only while they are used: `idleSince` is when that was too long ago. */
export type SessionTimes = { now: Temporal.Instant; idleSince: Temporal.Instant };

/** How many seconds of not being used are not worth a write. */
const SEEN_SECONDS = 60;

/** Who has signed in: an account, or the wall on which it hung the day. */
export type SessionAccount = Omit<Account, 'role'> & { role: Seat };

/** Whose session it is, while it lasts; asking is using it. */
export async function findSessionAccount(
  db: Db,
  tokenHash: Buffer,
  { now, idleSince }: SessionTimes,
): Promise<SessionAccount | undefined> {
  const row = await db
    .selectFrom('session as s')
    .innerJoin('account as a', 'a.id', 's.account_id')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.id', 'a.username', 'a.name', 'a.role', 'a.community_ids', 'a.person_id', 's.wall'])
    .where('s.token_hash', '=', tokenHash)
    .where('s.expires_at', '>', toDate(now))
    .where((eb) => eb.or([eb('s.wall', '=', true), eb('s.seen_at', '>', toDate(idleSince))]))
    .where('a.disabled_at', 'is', null)
    // Somebody who has left the register is no steward any more.
    .where('p.removed_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  await db
    .updateTable('session')
    .set({ seen_at: toDate(now) })
    .where('token_hash', '=', tokenHash)
    .where('seen_at', '<=', toDate(now.subtract({ seconds: SEEN_SECONDS })))
    .execute();
  const seat = row.wall ? { role: 'wall' as const } : {};
  return { id: row.id, username: row.username, name: row.name, ...sightOf(row), ...seat };
}

/** Makes a session a wall's: from now on it only looks at the morning, until `expiresAt` or its end. */
export async function hangOnWall(db: Tx, tokenHash: Buffer, expiresAt: Temporal.Instant): Promise<void> {
  await db
    .updateTable('session')
    .set({ wall: true, expires_at: toDate(expiresAt) })
    .where('token_hash', '=', tokenHash)
    .execute();
}

/** Ends every session of an account; what they have open ends once this commits. */
export async function endAllSessions(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom('session').where('account_id', '=', accountId).execute();
  await announceSessionsEnded(tx);
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', tokenHash).execute();
}

/** Which of these hashes (of sessions or of programs' tokens) still open the door, in hexadecimal. */
export async function findLiveCredentials(
  db: Db,
  hashes: readonly Buffer[],
  { now, idleSince }: SessionTimes,
): Promise<Set<string>> {
  const { rows } = await sql<{ token_hash: Buffer }>`
    select s.token_hash from session s join account a on a.id = s.account_id left join person p on p.id = a.person_id
    where s.token_hash = any (${hashes}::bytea[]) and s.expires_at > ${toDate(now)} and a.disabled_at is null
      and p.removed_at is null and (s.wall or s.seen_at > ${toDate(idleSince)})
    union all
    select token_hash from api_token where token_hash = any (${hashes}::bytea[]) and revoked_at is null`.execute(
    db,
  );
  return new Set(rows.map((row) => row.token_hash.toString('hex')));
}
