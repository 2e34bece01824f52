import { sayMonth } from '#contracts/report/month-lines.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';
import { monthAfter } from './months.ts';

const MONTHS_BACK = 24;

/** Which month: the one before, the one after, or any of the last two years. */
export function MonthChoice(props: { month: string; latest: string; hrefOf: (month: string) => string }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  const { month, latest, hrefOf } = props;
  const listed = Array.from({ length: MONTHS_BACK }, (_, back) => monthAfter(latest, -back));
  return (
    <nav className="month-choice" aria-label={words.month}>
      <a className="button" href={hrefOf(monthAfter(month, -1))}>
        ‹ {words.earlier}
      </a>
      <select
        aria-label={words.month}
        value={month}
        onChange={(event) => {
          location.hash = hrefOf(event.target.value);
        }}
      >
        {[...new Set([...listed, month])]
          .sort()
          .reverse()
          .map((value) => (
            <option key={value} value={value}>
              {sayMonth(value, report)}
            </option>
          ))}
      </select>
      {month < latest ? (
        <a className="button" href={hrefOf(monthAfter(month, 1))}>
          {words.later} ›
        </a>
      ) : null}
    </nav>
  );
}
