import Type from 'typebox';
import { MonthReport, ReportQuery } from '#contracts/http/report.ts';
import { CommunitySummary } from '#contracts/http/today.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { readReport } from '#store/report/read-report.ts';
import { readSummaries } from '#store/today/read-summaries.ts';
import { knowsNames } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { COUNTS } from '../rights.ts';

/** What the office hands to the district. */
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
        summary: 'A month in numbers: the ledger, response times, sensors, stewards, grids',
        querystring: ReportQuery,
        response: { 200: MonthReport },
      },
    },
    async ({ actor, query }) => {
      const community = await getCommunity(db, actor, query.community);
      const now = clock.now();
      const month = query.month ?? localDateAt(now, community.timeZone).toPlainYearMonth().toString();
      const report = await readReport(db, community, month, now);
      return knowsNames(actor) ? report : { ...report, stewards: [] };
    },
  );
}
