import { memo, useState } from 'react';
import type { HomeMonth, MonthReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';
import { closingOf, sayDay, wasMissed } from './closing.ts';
import { Legend } from './legend.tsx';
import { datesOf } from './months.ts';

/** So many rows at first, and with each press: a community of a thousand homes is no longer page than one of fifty. */
const ROWS = 60;

/** The whole community: a row a home, a column a day. The table itself is the picture. */
export function HeatMap({ report }: { report: MonthReport }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const { homes: heads } = useTextOf(REPORT_TEXT);
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const [rows, setRows] = useState(ROWS);
  const dates = datesOf(report.month);
  const counts = new Map(report.days.map((day) => [day.date, day.counts]));
  const homes = onlyTrouble ? report.homes.filter(({ days }) => days.some(wasMissed)) : report.homes;
  return (
    <section className="report-part" aria-label={words.heat.title}>
      <header>
        <h3>{words.heat.title}</h3>
        <label className="check">
          <input
            type="checkbox"
            checked={onlyTrouble}
            onChange={(event) => setOnlyTrouble(event.target.checked)}
          />{' '}
          {words.heat.trouble}
        </label>
      </header>
      <p className="hint">{words.heat.lead}</p>
      <Legend />
      {homes.length === 0 ? (
        <p className="well box">{words.heat.allWell}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <section className="heat-scroll" tabIndex={0} aria-label={words.heat.title}>
          <table className="heat">
            <thead>
              <tr>
                <th scope="col">{heads.code}</th>
                {dates.map((date) => (
                  <th key={date} scope="col">
                    {counts.has(date) ? (
                      <a href={`#report/day/${date}`} aria-label={words.dayOf(Number(date.slice(8)))}>
                        {Number(date.slice(8))}
                      </a>
                    ) : (
                      Number(date.slice(8))
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {homes.slice(0, rows).map((home) => (
                <Row key={home.householdId} home={home} month={report.month} />
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{words.heat.missed}</th>
                {dates.map((date) => {
                  const day = counts.get(date);
                  const missed = day ? day.keptLate + day.visited + day.unresolved : 0;
                  return <td key={date}>{missed || ''}</td>;
                })}
              </tr>
            </tfoot>
          </table>
        </section>
      )}
      {homes.length > rows ? (
        <button type="button" className="button" onClick={() => setRows(rows + ROWS)}>
          {words.heat.more(Math.min(ROWS, homes.length - rows))}
        </button>
      ) : null}
    </section>
  );
}

const Row = memo(function Row({ home, month }: { home: HomeMonth; month: string }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  const byDate = new Map(home.days.map((day) => [day.date, day]));
  return (
    <tr>
      <th scope="row">
        <a href={`#report/home/${home.householdId}/${month}`}>
          {words.code(home.code)} {home.salutation}
        </a>
      </th>
      {datesOf(month).map((date) => {
        const day = byDate.get(date);
        const closing = closingOf(day);
        const said = sayDay(day, report, words);
        return (
          <td key={date} data-closing={closing} title={`${date} ${said}`} aria-label={said}>
            {words.marks[closing]}
          </td>
        );
      })}
    </tr>
  );
});
