import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { AccountView } from '#contracts/http/account.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { endAllSessions } from './sessions.ts';

const communitiesOf = sql<string[]>`
  array(select c.name from community c where c.id = any (a.community_ids) order by c.name)`;

const selectAccounts = (db: Db | Tx, only: readonly string[] | undefined) => {
  const query = db
    .selectFrom('account as a')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.id', 'a.username', 'a.name', 'a.role', 'p.name as person'])
    .select(communitiesOf.as('communities'))
    .select(['a.created_at as createdAt', 'a.disabled_at as disabledAt']);
  return only ? query.where(sql<boolean>`a.community_ids <@ ${[...only]}::uuid[]`) : query;
};

type Row = Awaited<ReturnType<ReturnType<typeof selectAccounts>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): AccountView => ({
  ...row,
  createdAt: iso(row.createdAt),
  disabledAt: isoOrNull(row.disabledAt),
});

/** Every account, or only those that see nothing but these communities, the oldest first. */
export async function listAccounts(db: Db, only: readonly string[] | undefined): Promise<AccountView[]> {
  return (await selectAccounts(db, only).orderBy('a.created_at').orderBy('a.id').execute()).map(viewOf);
}

export type AccountChange = {
  accountId: string;
  disabled: boolean;
  by: { id: string; communityIds: readonly string[] | undefined };
};

/**
 * Switches an account off, which ends its sessions at once, or on again. Nobody switches off their own, and two
 * who do it to each other at once leave one of them: so an administrator always remains.
 */
export async function switchAccount(
  db: Db,
  { accountId, disabled, by }: AccountChange,
  now: Temporal.Instant,
): Promise<AccountView | 'not_found' | 'own_account' | 'switched_off_yourself'> {
  if (accountId === by.id) return 'own_account';
  return db.transaction().execute(async (tx) => {
    const locked = await tx
      .selectFrom('account')
      .select(['id', 'disabled_at'])
      .where('id', 'in', [accountId, by.id])
      .orderBy('id')
      .forUpdate()
      .execute();
    if (locked.find(({ id }) => id === by.id)?.disabled_at !== null) return 'switched_off_yourself';
    const account = await selectAccounts(tx, by.communityIds)
      .where('a.id', '=', accountId)
      .executeTakeFirst();
    if (!account) return 'not_found';
    if ((account.disabledAt !== null) === disabled) return viewOf(account);
    const disabledAt = disabled ? toDate(now) : null;
    await tx.updateTable('account').set({ disabled_at: disabledAt }).where('id', '=', accountId).execute();
    if (disabled) {
      await endAllSessions(tx, accountId);
    }
    await recordAudit(
      tx,
      {
        actor: { kind: 'account', id: by.id },
        action: disabled ? 'account.switch_off' : 'account.switch_on',
        subjectKind: 'account',
        subjectId: accountId,
      },
      now,
    );
    return viewOf({ ...account, disabledAt });
  });
}
