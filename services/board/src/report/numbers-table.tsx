import type { MonthNumbers } from '#contracts/http/report.ts';
import { sayDuration } from '#contracts/report/month-lines.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';

export type NumbersRow = {
  key: string;
  name: string;
  numbers: MonthNumbers;
  /** How deep it lies in what stands above it. */
  depth: number;
  isSum?: boolean;
};

/** The same numbers of several places, one a row. */
export function NumbersTable(props: { title: string; head: string; rows: readonly NumbersRow[] }) {
  const report = useTextOf(REPORT_TEXT);
  const { columns } = report;
  const cells = ({ counts, onTimePercent, missed, responses, sensors }: MonthNumbers) =>
    [
      [columns.enrolled, counts.enrolled],
      [columns.onTime, `${onTimePercent}%`],
      [columns.missed, missed],
      [columns.excused, counts.excused],
      [columns.alerts, responses.alerts],
      [columns.door, sayDuration(responses.door.medianSeconds, report)],
      [columns.benign, responses.benignPer45],
      [columns.uptime, `${sensors.uptimePercent}%`],
    ] as const;
  const [first] = props.rows;
  return (
    <section className="report-part" aria-label={props.title}>
      <h3>{props.title}</h3>
      <table className="record-rows numbers">
        <thead>
          <tr>
            <th scope="col">{props.head}</th>
            {first
              ? cells(first.numbers).map(([name]) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))
              : null}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, name, numbers, depth, isSum }) => (
            <tr key={key} data-sum={isSum || undefined}>
              <th scope="row" data-depth={depth || undefined}>
                {name}
              </th>
              {cells(numbers).map(([label, value]) => (
                <td key={label} data-label={label}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
