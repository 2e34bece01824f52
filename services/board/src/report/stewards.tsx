import { useState } from 'react';
import type { MonthReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';

/** So many of the busiest at first: one line each, and on a phone a card. */
const AT_FIRST = 8;

/** Who had how much to do, the most first. */
export function Stewards({ stewards }: { stewards: MonthReport['stewards'] }) {
  const words = useTextOf(BOARD_REPORT_TEXT).stewards;
  const heads = useTextOf(REPORT_TEXT).stewards;
  const busy = stewards.filter(({ pages, acknowledged, visits }) => pages + acknowledged + visits > 0);
  const most = Math.max(1, ...busy.map(({ pages }) => pages));
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? busy : busy.slice(0, AT_FIRST);
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
            {shown.map((steward) => (
              <tr key={steward.personId}>
                <th scope="row">{steward.name}</th>
                {columns.map((column) => (
                  <td key={column} data-label={heads[column]}>
                    <span>
                      {column === 'pages' ? (
                        <i className="bar" style={{ width: `${(steward.pages / most) * 60}px` }} />
                      ) : null}
                      {steward[column]}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < busy.length ? (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          {words.more(busy.length - shown.length)}
        </button>
      ) : null}
      {isWhole && busy.length < stewards.length ? (
        <p className="hint">{words.rest(stewards.length - busy.length)}</p>
      ) : null}
    </section>
  );
}
