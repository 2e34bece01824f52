import Type from 'typebox';
import { IdParams } from '#contracts/http/register/paging.ts';
import { AreaQuery, AreaReport, HomeMonthReport, MonthReport, ReportQuery } from '#contracts/http/report.ts';
import { CommunitySummary } from '#contracts/http/today.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { findHousehold } from '#store/register/read-household.ts';
import { monthAt, readAreas, readHomeMonth, readReport } from '#store/report/read-report.ts';
import { listCommunities } from '#store/today/communities.ts';
import { readSummaries } from '#store/today/read-summaries.ts';
import { assertInSight, knowsNames } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { authorOf } from '../register/refused.ts';
import { COUNTS, HOMES } from '../rights.ts';

/** What the office hands to the district, and what it is made of. */
export function reportRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/summary',
    {
      config: { rights: COUNTS },
      schema: {
        tags: ['ledger'],
        summary: 'Today in numbers, community by community',
        response: { 200: Type.Object({ items: Type.Array(CommunitySummary) }) },
      },
    },
    async ({ actor }) => ({ items: await readSummaries(db, actor.communityIds, clock.now()) }),
  );

  app.get(
    '/reports/month',
    {
      config: { rights: COUNTS },
      schema: {
        tags: ['ledger'],
        summary:
          'A month in numbers: the ledger, response times, sensors, stewards, grids, every home’s days',
        querystring: ReportQuery,
        response: { 200: MonthReport },
      },
    },
    async ({ actor, query }) => {
      const community = await getCommunity(db, actor, query.community);
      const now = clock.now();
      const report = await readReport(db, community, query.month ?? monthAt(now, community.timeZone), now);
      return knowsNames(actor) ? report : { ...report, stewards: [], homes: [] };
    },
  );

  app.get(
    '/reports/areas',
    {
      config: { rights: COUNTS },
      schema: {
        tags: ['ledger'],
        summary: 'A month of all communities that you may see, by district and street: numbers, no names',
        querystring: AreaQuery,
        response: { 200: AreaReport },
      },
    },
    async ({ actor, query }) => {
      const communities = await listCommunities(db, actor.communityIds);
      const now = clock.now();
      const month = query.month ?? monthAt(now, communities[0]?.timeZone ?? 'Asia/Shanghai');
      return readAreas(db, communities, month, now);
    },
  );

  app.get(
    '/households/:id/month',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['households'],
        summary: 'A home’s month, day by day; reading it is written to the audit log',
        params: IdParams,
        querystring: AreaQuery,
        response: { 200: HomeMonthReport },
      },
    },
    async ({ actor, params: { id }, query }) => {
      const home = await findHousehold(db, id);
      const found = await assertInSight(db, actor, home && { ...home, householdId: id }, 'household');
      const community = await getCommunity(db, actor, found.communityId);
      const now = clock.now();
      await recordAudit(
        db,
        { actor: authorOf(actor), action: 'household.month', subjectKind: 'household', subjectId: id },
        now,
      );
      return readHomeMonth(db, community, id, query.month ?? monthAt(now, community.timeZone), now);
    },
  );
}
