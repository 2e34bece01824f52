import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { type Account, hasAccount, insertAccount, type NewAccount } from './accounts.ts';
import { createSecretToken, hashSecretToken } from './secret-token.ts';

const FIRST_VALID_HOURS = 24;
/** Long enough for a weekend. */
const INVITE_VALID_HOURS = 72;

/**
 * Makes the one-time token of the first set-up, as long as there is no account. Each call replaces the token
 * before it, so that only the link printed last works; invites stay.
 * @returns the token, or undefined once somebody has an account
 */
export async function ensureSetupLink(db: Db, now: Temporal.Instant): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table setup_link in share row exclusive mode`.execute(tx);
    await tx.deleteFrom('setup_link').where('first', '=', true).execute();
    if (await hasAccount(tx)) return undefined;
    return insertLink(tx, { first: true, role: 'admin' }, now, now.add({ hours: FIRST_VALID_HOURS }));
  });
}

export type InviteFor = { role: 'admin' | 'office'; communityId?: string | undefined };

/** Makes the one-time token by which a colleague makes an account, and sweeps away links that have expired. */
export async function createInvite(
  tx: Tx,
  whom: InviteFor,
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant }> {
  await tx.deleteFrom('setup_link').where('expires_at', '<=', toDate(now)).execute();
  const expiresAt = now.add({ hours: INVITE_VALID_HOURS });
  return { token: await insertLink(tx, { first: false, ...whom }, now, expiresAt), expiresAt };
}

async function insertLink(
  tx: Tx,
  { first, role, communityId }: InviteFor & { first: boolean },
  now: Temporal.Instant,
  expiresAt: Temporal.Instant,
): Promise<string> {
  const token = createSecretToken();
  await tx
    .insertInto('setup_link')
    .values({
      token_hash: hashSecretToken(token),
      first,
      role,
      community_id: communityId ?? null,
      created_at: toDate(now),
      expires_at: toDate(expiresAt),
    })
    .execute();
  return token;
}

/** Whether the link would still open the set-up, asked before a password is hashed for it. */
export async function isSetupLinkValid(db: Db, token: string, now: Temporal.Instant): Promise<boolean> {
  return (await selectLink(db, token, now).executeTakeFirst()) !== undefined;
}

/**
 * Spends the link and makes the account that it is for. Of two at once one wins: the other waits at the link's
 * row and then finds it gone. A user name that is taken leaves the link as it is.
 */
export async function createAccountByLink(
  db: Db,
  token: string,
  account: Pick<NewAccount, 'username' | 'name' | 'passwordHash'>,
  now: Temporal.Instant,
): Promise<Account | 'link_spent' | 'username_taken'> {
  return db.transaction().execute(async (tx) => {
    const link = await selectLink(tx, token, now).forUpdate().executeTakeFirst();
    if (!link || (link.first && (await hasAccount(tx)))) return 'link_spent';
    const whom = { role: link.role, ...(link.community_id ? { communityId: link.community_id } : {}) };
    const made = await insertAccount(tx, { ...account, ...whom }, now);
    if (!made) return 'username_taken';
    await tx.deleteFrom('setup_link').where('token_hash', '=', link.token_hash).execute();
    return made;
  });
}

const selectLink = (db: Db | Tx, token: string, now: Temporal.Instant) =>
  db
    .selectFrom('setup_link')
    .selectAll()
    .where('token_hash', '=', hashSecretToken(token))
    .where('expires_at', '>', toDate(now));
