import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { MonthReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { dateOf } from '../today/local-time.ts';
import { Areas } from './areas.tsx';
import { DaysTable } from './days-table.tsx';
import { Exports } from './exports.tsx';
import { HeatMap } from './heat-map.tsx';
import { MonthChoice } from './month-choice.tsx';
import { Numbers, Times } from './numbers.tsx';
import { NumbersTable } from './numbers-table.tsx';
import { Stewards } from './stewards.tsx';
import { useThisMonth } from './use-this-month.ts';

/** A community's month: the sums, how fast people were, every home and day, each grid, each steward. */
export function MonthView(props: {
  community: CommunityView;
  communities: readonly CommunityView[];
  month: string | undefined;
}) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const { community, month: asked } = props;
  const thisMonth = useThisMonth(community.timeZone);
  const ofMonth = asked ? `&month=${encodeURIComponent(asked)}` : '';
  const query = useQuery({
    queryKey: ['report', community.id, asked],
    queryFn: ({ signal }) => get<MonthReport>(`/reports/month?community=${community.id}${ofMonth}`, signal),
    placeholderData: keepPreviousData,
  });
  const month = asked ?? query.data?.month;
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {words.title} <small>{community.name}</small>
          </h2>
          <p className="hint">{words.lead}</p>
        </div>
        {month ? (
          <MonthChoice month={month} latest={thisMonth} hrefOf={(value) => `#report/${value}`} />
        ) : null}
      </header>
      <Loaded query={query} loading={words.loading}>
        {(report) => (
          <div className="report-body" aria-busy={query.isPlaceholderData || undefined}>
            {report.counts.enrolled === 0 ? (
              <section className="state">
                <h2>{words.emptyTitle}</h2>
                <p>{words.emptyLead}</p>
              </section>
            ) : (
              <Month report={report} isUnfinished={report.month === thisMonth} />
            )}
          </div>
        )}
      </Loaded>
      {month && props.communities.length > 1 ? <Areas month={month} /> : null}
    </>
  );
}

function Month({ report, isUnfinished }: { report: MonthReport; isUnfinished: boolean }) {
  const common = useText();
  const words = useTextOf(BOARD_REPORT_TEXT);
  const { grids } = useTextOf(REPORT_TEXT);
  return (
    <>
      <Exports report={report}>{isUnfinished ? words.until(dateOf(report.to, common)) : null}</Exports>
      <Numbers numbers={report} />
      <Times numbers={report} />
      {report.homes.length > 0 ? (
        <HeatMap key={report.month} report={report} />
      ) : (
        <DaysTable days={report.days} />
      )}
      <NumbersTable
        title={grids.title}
        head={grids.grid}
        rows={[
          ...report.grids.map((grid) => ({ key: grid.grid, name: grid.grid, numbers: grid, depth: 0 })),
          { key: 'all', name: words.grids.community, numbers: report, depth: 0, isSum: true },
        ]}
      />
      {report.stewards.length > 0 ? <Stewards stewards={report.stewards} /> : null}
    </>
  );
}
