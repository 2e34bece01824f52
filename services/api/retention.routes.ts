import Type from 'typebox';
import { RetentionView } from '#contracts/http/retention.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { listOverdueHomes } from '#store/erasure/find-due.ts';
import { endOfKeepingOn, listRetentionRuns } from '#store/retention/retention-run.ts';
import { getCommunity } from './community.ts';
import type { ApiApp, ApiContext } from './context.ts';
import { OFFICE } from './rights.ts';

const NIGHTS = 14;

/** What is kept for how long, and what the nights have removed. */
export function retentionRoutes(app: ApiApp, { db, clock, keep }: ApiContext): void {
  app.get(
    '/retention',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['operations'],
        summary: 'For how long what is kept, what the last nights have removed, and who is to be taken out',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: RetentionView },
      },
    },
    async ({ actor, query }) => {
      const { id, timeZone } = await getCommunity(db, actor, query.community);
      const before = endOfKeepingOn(keep.afterEnd, timeZone, clock.now());
      return {
        keepDays: keep,
        runs: await listRetentionRuns(db, NIGHTS),
        overdue: await listOverdueHomes(db, id, before.toString()),
      };
    },
  );
}
