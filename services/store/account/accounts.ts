import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { Role } from '#pact/role.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/** What somebody is let in for: their role, and what of the register they see with it. */
export type Sight = {
  role: Role;
  /** The only communities; unset for every one, those to come included. */
  communityIds?: readonly string[] | undefined;
  /** The steward whose homes are the only ones. */
  personId?: string | undefined;
};

export type Account = Sight & { id: string; username: string; name: string };

export type NewAccount = Sight & {
  username: string;
  name: string;
  /** In the PHC string format. */
  passwordHash: string;
};

/** The columns in which accounts and invites keep it. */
export const sightColumns = ({ role, communityIds, personId }: Sight) => ({
  role,
  community_ids: communityIds ? [...communityIds] : null,
  person_id: personId ?? null,
});

export const sightOf = (row: {
  role: Role;
  community_ids: string[] | null;
  person_id: string | null;
}): Sight => ({
  role: row.role,
  communityIds: row.community_ids ?? undefined,
  personId: row.person_id ?? undefined,
});

/** Usernames are one whatever their case. */
const normalise = (username: string): string => username.trim().normalize('NFKC').toLowerCase();

/** @returns undefined when the username is taken */
export async function insertAccount(
  tx: Tx,
  account: NewAccount,
  now: Temporal.Instant,
): Promise<Account | undefined> {
  const row = {
    id: randomUUID(),
    username: normalise(account.username),
    name: account.name.trim(),
    ...sightColumns(account),
  };
  const inserted = await tx
    .insertInto('account')
    .values({ ...row, password_hash: account.passwordHash, created_at: toDate(now) })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    ...sightOf(row),
  };
}

export type SignInAccount = Account & { passwordHash: string };

/** The account that a name means, with what is needed to check its password. Disabled ones are as good as absent. */
export async function findAccountByUsername(db: Db, username: string): Promise<SignInAccount | undefined> {
  const row = await db
    .selectFrom('account')
    .selectAll()
    .where('username', '=', normalise(username))
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    ...sightOf(row),
    passwordHash: row.password_hash,
  };
}

/** Whether anybody has an account yet. */
export async function hasAccount(db: Db | Tx): Promise<boolean> {
  const account = await db.selectFrom('account').select('id').limit(1).executeTakeFirst();
  return account !== undefined;
}
