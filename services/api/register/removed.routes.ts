import Type from 'typebox';
import { IdParams } from '#contracts/http/register/paging.ts';
import { RemovedView, RestoredView } from '#contracts/http/register/removed.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import { eraseHome } from '#store/erasure/erase-home.ts';
import { erasePerson } from '#store/erasure/erase-people.ts';
import { eraseResident } from '#store/erasure/erase-resident.ts';
import {
  findRemoved,
  listRemoved,
  restoreHousehold,
  restorePerson,
  restoreResident,
} from '#store/register/removal.ts';
import { endOfKeeping } from '#store/retention/retention-run.ts';
import { assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { ADMINS, OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const REMOVED = [
  { path: 'households', kind: 'household', what: 'home', restore: restoreHousehold, erase: eraseHome },
  { path: 'residents', kind: 'resident', what: 'resident', restore: restoreResident, erase: eraseResident },
  { path: 'stewards', kind: 'person', what: 'person', restore: restorePerson, erase: erasePerson },
] as const;

/** What was taken out of the register: the way back, and after its time the end of it. */
export function removedRoutes(app: ApiApp, { db, clock, wake, keep }: ApiContext): void {
  app.get(
    '/register/removed',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['register'],
        summary:
          'Homes and people that were taken out, the latest first; reading it is written to the audit log',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: RemovedView },
      },
    },
    async ({ actor, query }) => {
      const { id } = await getCommunity(db, actor, query.community);
      const entry = {
        actor: authorOf(actor),
        action: 'removed.read',
        subjectKind: 'community',
        subjectId: id,
      };
      await recordLook(db, entry, clock.now());
      const removed = await listRemoved(db, id, keep.afterEnd);
      return { ...removed, mayErase: actor.kind === 'account' && ADMINS.roles.includes(actor.role) };
    },
  );

  for (const { path, kind, what, restore, erase } of REMOVED) {
    app.post(
      `/${path}/:id/restore`,
      {
        config: { rights: OFFICE },
        schema: {
          tags: [path],
          summary: `Bring a removed ${what} back`,
          params: IdParams,
          response: { 200: RestoredView },
        },
      },
      async ({ actor, params: { id } }) => {
        const found = await findRemoved(db, kind, id);
        if (found) assertOwn(actor, found, kind);
        const restored = savedOrThrow(await restore(db, id, authorOf(actor), clock.now()));
        wake();
        return restored;
      },
    );

    app.post(
      `/${path}/:id/erase`,
      {
        config: { rights: ADMINS },
        schema: {
          tags: [path],
          summary: `Erase a removed ${what} whose time is over, for good; for administrators`,
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params: { id } }, reply) => {
        const found = await findRemoved(db, kind, id);
        if (found) assertOwn(actor, found, kind);
        const now = clock.now();
        savedOrThrow(await erase(db, id, endOfKeeping(keep.afterEnd, now), authorOf(actor), now));
        return reply.status(204).send(null);
      },
    );
  }
}
