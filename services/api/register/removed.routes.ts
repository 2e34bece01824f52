import Type from 'typebox';
import { IdParams } from '#contracts/http/register/paging.ts';
import { RemovedView, RestoredView } from '#contracts/http/register/removed.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import {
  findRemoved,
  listRemoved,
  restoreHousehold,
  restorePerson,
  restoreResident,
} from '#store/register/removal.ts';
import { assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const RESTORED = [
  { path: 'households', kind: 'household', restore: restoreHousehold, summary: 'Bring a removed home back' },
  { path: 'residents', kind: 'resident', restore: restoreResident, summary: 'Bring a removed resident back' },
  { path: 'stewards', kind: 'person', restore: restorePerson, summary: 'Bring a removed person back' },
] as const;

/** What was taken out of the register, and the way back. */
export function removedRoutes(app: ApiApp, { db, clock, wake }: ApiContext): void {
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
      return listRemoved(db, id);
    },
  );

  for (const { path, kind, restore, summary } of RESTORED) {
    app.post(
      `/${path}/:id/restore`,
      {
        config: { rights: OFFICE },
        schema: { tags: [path], summary, params: IdParams, response: { 200: RestoredView } },
      },
      async ({ actor, params: { id } }) => {
        const found = await findRemoved(db, kind, id);
        if (found) assertOwn(actor, found, kind);
        const restored = savedOrThrow(await restore(db, id, authorOf(actor), clock.now()));
        wake();
        return restored;
      },
    );
  }
}
