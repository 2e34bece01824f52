import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { type Account, hasAccount, insertAccount, type NewAccount } from './accounts.ts';
import { createSecretToken, hashSecretToken } from './secret-token.ts';

const VALID_HOURS = 24;

/**
 * Makes the one-time token of the first set-up, as long as there is no account. Each call replaces the token
 * before it, so that only the link printed last works.
 * @returns the token, or undefined once somebody has an account
 */
export async function ensureSetupLink(db: Db, now: Temporal.Instant): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table setup_link in share row exclusive mode`.execute(tx);
    await tx.deleteFrom('setup_link').execute();
    if (await hasAccount(tx)) return undefined;
    const token = createSecretToken();
    await tx
      .insertInto('setup_link')
      .values({
        token_hash: hashSecretToken(token),
        created_at: toDate(now),
        expires_at: toDate(now.add({ hours: VALID_HOURS })),
      })
      .execute();
    return token;
  });
}

/** Whether the link would still open the set-up, asked before a password is hashed for it. */
export async function isSetupLinkValid(db: Db, token: string, now: Temporal.Instant): Promise<boolean> {
  const link = await db
    .selectFrom('setup_link')
    .select('expires_at')
    .where('token_hash', '=', hashSecretToken(token))
    .where('expires_at', '>', toDate(now))
    .executeTakeFirst();
  return link !== undefined;
}

/**
 * Spends the link and makes the first account. Of two at once one wins: the other waits at the link's row and
 * then finds it gone.
 * @returns undefined when the link is unknown, spent or expired, or when there is an account already
 */
export async function createFirstAccount(
  db: Db,
  token: string,
  account: NewAccount,
  now: Temporal.Instant,
): Promise<Account | undefined> {
  return db.transaction().execute(async (tx) => {
    const spent = await tx
      .deleteFrom('setup_link')
      .where('token_hash', '=', hashSecretToken(token))
      .where('expires_at', '>', toDate(now))
      .returning('created_at')
      .executeTakeFirst();
    if (!spent) return undefined;
    return (await hasAccount(tx)) ? undefined : insertAccount(tx, account, now);
  });
}
