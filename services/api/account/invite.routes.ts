import Type from 'typebox';
import { AccountPatch, AccountView, InviteRequest, InviteView } from '#contracts/http/account.ts';
import { IdParams } from '#contracts/http/register/paging.ts';
import { PactError } from '#platform/errors.ts';
import { listAccounts, switchAccount } from '#store/account/manage-accounts.ts';
import { createInvite } from '#store/account/setup-link.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { ADMINS } from '../rights.ts';
import { invitedSight } from './invited-sight.ts';

const tags = ['account'];

/** Whom an administrator lets in, and whom not any more. */
export function inviteRoutes(app: ApiApp, { db, clock, publicUrl }: ApiContext): void {
  app.post(
    '/invites',
    {
      config: { rights: ADMINS },
      schema: {
        tags,
        summary: 'Make the one-time link by which a colleague makes an account',
        body: InviteRequest,
        response: { 201: InviteView },
      },
    },
    async ({ actor, body }, reply) => {
      const sight = await invitedSight(db, actor, body);
      const now = clock.now();
      const { token, expiresAt } = await db.transaction().execute(async (tx) => {
        await recordAudit(tx, { actor, action: 'account.invite', subjectKind: 'account' }, now);
        return createInvite(tx, sight, now);
      });
      return reply.status(201).send({
        // In the fragment, which no browser sends and no server's log ever has.
        link: `${publicUrl ?? ''}/setup#token=${token}`,
        role: sight.role,
        communityIds: sight.communityIds ? [...sight.communityIds] : null,
        expiresAt: expiresAt.toString(),
      });
    },
  );

  app.get(
    '/accounts',
    {
      config: { rights: ADMINS },
      schema: {
        tags,
        summary: 'Who has an account, the oldest first',
        response: { 200: Type.Object({ items: Type.Array(AccountView) }) },
      },
    },
    async ({ actor }) => ({ items: await listAccounts(db, actor.communityIds) }),
  );

  app.patch(
    '/accounts/:id',
    {
      config: { rights: ADMINS },
      schema: {
        tags,
        summary: 'Switch an account off, which ends its sessions at once, or on again',
        params: IdParams,
        body: AccountPatch,
        response: { 200: AccountView },
      },
    },
    async ({ actor, params: { id }, body: { disabled } }) => {
      const account = await switchAccount(db, { accountId: id, disabled, by: actor }, clock.now());
      if (account === 'switched_off_yourself') throw notAdmin();
      if (account === 'own_account') {
        throw new PactError('CONFLICT', 'Nobody switches off their own account.', {
          hint: 'Ask another administrator.',
          details: { reason: account },
        });
      }
      if (account === 'not_found') {
        throw new PactError('NOT_FOUND', 'There is no such account.', {
          hint: 'It may see more than you do.',
        });
      }
      return account;
    },
  );
}

const notAdmin = (): PactError =>
  new PactError('NOT_ALLOWED', 'Only an administrator lets people in.', {
    hint: 'Ask an administrator, or run `npm run -s pact -- invite` on the machine of the service.',
  });
