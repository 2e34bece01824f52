import type { MonthNumbers } from '#contracts/http/report.ts';
import { monthLines, sayDuration, sayValue, timesLines } from '#contracts/report/month-lines.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';

/** The sums of a month under their headings. */
export function Numbers({ numbers }: { numbers: MonthNumbers }) {
  const report = useTextOf(REPORT_TEXT);
  return (
    <div className="number-parts">
      {monthLines(numbers, report).map(({ title, lines }) => (
        <section key={title} className="number-part" aria-label={title}>
          <h3>{title}</h3>
          <dl>
            {lines.map((line) => (
              <div key={line.label} data-part={line.isPart || undefined}>
                <dt>
                  <span>{line.label}</span>
                  {line.target ? <Target {...line.target} /> : null}
                </dt>
                <dd>{sayValue(line)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

/** How long it took from the deadline, against what the service owes people. */
export function Times({ numbers }: { numbers: MonthNumbers }) {
  const report = useTextOf(REPORT_TEXT);
  const { times } = report;
  return (
    <section className="report-part" aria-label={times.title}>
      <h3>{times.title}</h3>
      <div className="times">
        {timesLines(numbers, report).map(({ label, times: { count, medianSeconds, within } }) => (
          <dl key={label}>
            <dt>{label}</dt>
            <dd>
              <b>{sayDuration(medianSeconds, report)}</b>{' '}
              <small>
                {times.median} · {times.count} {count}
              </small>
            </dd>
            {within.map(({ withinSeconds, percent, target }) => (
              <dd key={withinSeconds} className="within">
                <span>
                  {times.within(withinSeconds / 60)} {percent}%
                </span>
                <Target text={times.target(target)} met={percent >= target} />
              </dd>
            ))}
          </dl>
        ))}
      </div>
    </section>
  );
}

function Target({ text, met }: { text: string; met: boolean }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  return (
    <small className="target" data-met={met}>
      {text} · {met ? words.met : words.unmet}
    </small>
  );
}
