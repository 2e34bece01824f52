import { useQuery } from '@tanstack/react-query';
import type { CommunitySummary } from '#contracts/http/today.ts';
import { OVERVIEW_TEXT } from '#pact/text/board-overview.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';

const COLUMNS = [
  'enrolled',
  'awaiting',
  'kept',
  'keptLate',
  'visited',
  'excused',
  'unresolved',
  'openAlerts',
] as const;
type Column = (typeof COLUMNS)[number];

/** What a district sees: whether everybody was seen, community by community, in numbers. */
export default function OverviewPage(props: PageProps) {
  const words = useTextOf(OVERVIEW_TEXT);
  return (
    <PageFrame page="overview" title={words.title} shared={props}>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
      </header>
      <Summaries />
      <p>
        <a className="button" href="#report">
          {words.toMonth}
        </a>
      </p>
    </PageFrame>
  );
}

function Summaries() {
  const words = useTextOf(OVERVIEW_TEXT);
  const query = useQuery({
    queryKey: ['summary'],
    queryFn: async ({ signal }) => (await get<{ items: CommunitySummary[] }>('/summary', signal)).items,
    refetchInterval: 30_000,
  });
  return (
    <Loaded query={query} loading={words.loading}>
      {(items) =>
        items.length === 0 ? (
          <section className="state">
            <h2>{words.emptyTitle}</h2>
            <p>{words.emptyLead}</p>
          </section>
        ) : (
          <table className="record-rows">
            <thead>
              <tr>
                <th scope="col">{words.community}</th>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col">
                    {words.columns[column]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Row
                  key={item.communityId}
                  name={`${item.community} ${item.date}`}
                  of={(column) => numberOf(item, column)}
                />
              ))}
              {items.length > 1 ? (
                <Row
                  name={words.sum}
                  of={(column) => items.reduce((sum, item) => sum + numberOf(item, column), 0)}
                />
              ) : null}
            </tbody>
          </table>
        )
      }
    </Loaded>
  );
}

const numberOf = (item: CommunitySummary, column: Column): number =>
  column === 'openAlerts' ? item.openAlerts : item.counts[column];

function Row({ name, of }: { name: string; of: (column: Column) => number }) {
  const words = useTextOf(OVERVIEW_TEXT);
  return (
    <tr>
      <th scope="row">{name}</th>
      {COLUMNS.map((column) => (
        <td key={column} data-label={words.columns[column]}>
          {of(column)}
        </td>
      ))}
    </tr>
  );
}
