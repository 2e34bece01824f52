import Type from 'typebox';
import { type MonthReport, ReportFileQuery } from '#contracts/http/report.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { monthAt, readReport } from '#store/report/read-report.ts';
import type { Actor } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { authorOf } from '../register/refused.ts';
import { COUNTS, OFFICE, type Rights } from '../rights.ts';
import { drawMonthDocument, type Maker } from './month-document.ts';
import { writeMonthWorkbook } from './month-workbook.ts';

const FILES = {
  pdf: {
    rights: COUNTS,
    type: 'application/pdf',
    summary: 'The month to print and hand on: numbers only; written to the audit log',
    make: drawMonthDocument,
  },
  xlsx: {
    rights: OFFICE,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    summary: 'The month as .xlsx, with each steward’s load and each home’s days; written to the audit log',
    make: writeMonthWorkbook,
  },
} satisfies Record<
  string,
  { rights: Rights; type: string; summary: string; make: (report: MonthReport, by: Maker) => Promise<Buffer> }
>;

/** The month's report as files. Each carries who made it, and when. */
export function reportFileRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  for (const [format, { rights, type, summary, make }] of Object.entries(FILES)) {
    app.get(
      `/reports/month.${format}`,
      {
        config: { rights },
        schema: {
          tags: ['ledger'],
          summary,
          querystring: ReportFileQuery,
          produces: [type],
          response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
        },
      },
      async ({ actor, query }, reply) => {
        const community = await getCommunity(db, actor, query.community);
        const { report, maker } = await prepare(actor, community, query);
        return reply
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="report-${report.month}.${format}"`)
          .type(type)
          .send(await make(report, maker));
      },
    );
  }

  async function prepare(
    actor: Actor,
    community: Awaited<ReturnType<typeof getCommunity>>,
    { month, language }: { month?: string; language?: Maker['language'] },
  ): Promise<{ report: MonthReport; maker: Maker }> {
    const { id, timeZone } = community;
    const now = clock.now();
    const report = await readReport(db, community, month ?? monthAt(now, timeZone), now);
    await recordAudit(
      db,
      { actor: authorOf(actor), action: 'report.export', subjectKind: 'community', subjectId: id },
      now,
    );
    const at = now.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });
    return {
      report,
      maker: {
        language: language ?? community.language,
        who: actor.name,
        at: at.replace('T', ' '),
        madeAt: new Date(now.epochMilliseconds),
      },
    };
  }
}
