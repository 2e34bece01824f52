import { MonthReport, ReportQuery } from '#contracts/http/report.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { readReport } from '#store/report/read-report.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';

/** What the office hands to the district. */
export function reportRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/reports/month',
    {
      config: { rights: OFFICE },
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
      return readReport(db, community, month, now);
    },
  );
}
