import type { MonthReport } from '#contracts/http/report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useText, useTextOf } from '../app/language.ts';
import { dateOf } from '../today/local-time.ts';

const COLUMNS = ['enrolled', 'kept', 'keptLate', 'visited', 'unresolved', 'excused'] as const;

/** The days in numbers, for who may know how many and not who. */
export function DaysTable({ days }: { days: MonthReport['days'] }) {
  const common = useText();
  const words = useTextOf(REPORT_TEXT);
  return (
    <section className="report-part" aria-label={words.days.title}>
      <h3>{words.days.title}</h3>
      <table className="record-rows numbers">
        <thead>
          <tr>
            <th scope="col">{words.days.date}</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {words.columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ date, counts }) => (
            <tr key={date}>
              <th scope="row">{dateOf(date, common)}</th>
              {COLUMNS.map((name) => (
                <td key={name} data-label={words.columns[name]}>
                  {counts[name]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
