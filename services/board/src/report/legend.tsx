import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { useTextOf } from '../app/language.ts';
import { CLOSINGS, sayClosing } from './closing.ts';

/** What the colours and signs of a heat map mean. */
export function Legend() {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  return (
    <ul className="heat-legend" aria-label={words.heat.legend}>
      {CLOSINGS.map((closing) => (
        <li key={closing}>
          <i data-closing={closing}>{words.marks[closing]}</i> {sayClosing(closing, report, words)}
        </li>
      ))}
    </ul>
  );
}
