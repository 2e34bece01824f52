import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import {
  type Account,
  hasAccount,
  insertAccount,
  type NewAccount,
  type Sight,
  sightColumns,
  sightOf,
} from './accounts.ts';
import { createSecretToken, hashSecretToken } from './secret-token.ts';

const FIRST_VALID_HOURS = 24;
/** Long enough for a weekend. */
const INVITE_VALID_HOURS = 72;

/**
 * Makes a one-time token of the first set-up, as long as there is no account. It stands beside those of other
 * starts, so that of two processes that start together each prints a link that works; the first account
 * spends them all.
 * @returns the token, or undefined once somebody has an account
 */
export async function ensureSetupLink(db: Db, now: Temporal.Instant): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    await sweepExpired(tx, now);
    if (await hasAccount(tx)) return undefined;
    return insertLink(tx, { first: true, role: 'admin' }, now, now.add({ hours: FIRST_VALID_HOURS }));
  });
}

/** Makes the one-time token by which a colleague makes an account, and sweeps away links that have expired. */
export async function createInvite(
  tx: Tx,
  whom: Sight,
  now: Temporal.Instant,
): Promise<{ token: string; expiresAt: Temporal.Instant }> {
  await sweepExpired(tx, now);
  const expiresAt = now.add({ hours: INVITE_VALID_HOURS });
  return { token: await insertLink(tx, { first: false, ...whom }, now, expiresAt), expiresAt };
}

async function sweepExpired(tx: Tx, now: Temporal.Instant): Promise<void> {
  await tx.deleteFrom('setup_link').where('expires_at', '<=', toDate(now)).execute();
}

async function insertLink(
  tx: Tx,
  { first, ...whom }: Sight & { first: boolean },
  now: Temporal.Instant,
  expiresAt: Temporal.Instant,
): Promise<string> {
  const token = createSecretToken();
  await tx
    .insertInto('setup_link')
    .values({
      token_hash: hashSecretToken(token),
      first,
      ...sightColumns(whom),
      created_at: toDate(now),
      expires_at: toDate(expiresAt),
    })
    .execute();
  return token;
}

/** Whether the link would still open the set-up, asked before a password is hashed for it. */
export async function isSetupLinkValid(db: Db, token: string, now: Temporal.Instant): Promise<boolean> {
  const link = await selectLinks(db, now).where('token_hash', '=', hashSecretToken(token)).executeTakeFirst();
  return link !== undefined;
}

/**
 * Spends the link and makes the account that it is for. Of two at once one wins, be it by two links of the first
 * set-up: the other waits at the links' rows and then finds them gone. A user name that is taken leaves the link as it is.
 */
export async function createAccountByLink(
  db: Db,
  token: string,
  account: Pick<NewAccount, 'username' | 'name' | 'passwordHash'>,
  now: Temporal.Instant,
): Promise<Account | 'link_spent' | 'username_taken'> {
  return db.transaction().execute(async (tx) => {
    const tokenHash = hashSecretToken(token);
    // In one order, so that two that lock the same rows never wait for each other.
    const locked = await selectLinks(tx, now)
      .where((by) => by.or([by('token_hash', '=', tokenHash), by('first', '=', true)]))
      .orderBy('token_hash')
      .forUpdate()
      .execute();
    const link = locked.find((each) => each.token_hash.equals(tokenHash));
    if (!link || (link.first && (await hasAccount(tx)))) return 'link_spent';
    const made = await insertAccount(tx, { ...account, ...sightOf(link) }, now);
    if (!made) return 'username_taken';
    await tx
      .deleteFrom('setup_link')
      .where((by) => (link.first ? by('first', '=', true) : by('token_hash', '=', tokenHash)))
      .execute();
    return made;
  });
}

const selectLinks = (db: Db | Tx, now: Temporal.Instant) =>
  db.selectFrom('setup_link').selectAll().where('expires_at', '>', toDate(now));
