import type { MonthReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';

/** Who had how much to do, the most first. */
export function Stewards({ stewards }: { stewards: MonthReport['stewards'] }) {
  const words = useTextOf(BOARD_REPORT_TEXT).stewards;
  const heads = useTextOf(REPORT_TEXT).stewards;
  const busy = stewards.filter(({ pages, acknowledged, visits }) => pages + acknowledged + visits > 0);
  const most = Math.max(1, ...busy.map(({ pages }) => pages));
  const columns = ['homes', 'pages', 'acknowledged', 'visits'] as const;
  return (
    <section className="report-part" aria-label={heads.title}>
      <h3>{heads.title}</h3>
      {busy.length === 0 ? (
        <p className="hint">{words.none}</p>
      ) : (
        <table className="record-rows numbers">
          <thead>
            <tr>
              <th scope="col">{heads.name}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {heads[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {busy.map((steward) => (
              <tr key={steward.personId}>
                <th scope="row">{steward.name}</th>
                {columns.map((column) => (
                  <td key={column} data-label={heads[column]}>
                    {column === 'pages' ? (
                      <i className="bar" style={{ width: `${(steward.pages / most) * 60}px` }} />
                    ) : null}
                    {steward[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {busy.length > 0 && busy.length < stewards.length ? (
        <p className="hint">{words.rest(stewards.length - busy.length)}</p>
      ) : null}
    </section>
  );
}
