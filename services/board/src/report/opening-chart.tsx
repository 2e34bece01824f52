import type { HomeMonth } from '#contracts/http/report.ts';
import { sayMinute } from '#contracts/report/month-lines.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { useTextOf } from '../app/language.ts';
import { wasMissed } from './closing.ts';
import { datesOf } from './months.ts';
import { hoursOf, middleOf } from './opening-scale.ts';

const WIDTH = 680;
const HEIGHT = 300;
const LEFT = 74;
const TOP = 20;
const FOOT = 30;

/** When the curtain was opened, day by day: the later, the lower, as a morning goes down a page. */
export function OpeningChart({ home, month }: { home: HomeMonth; month: string }) {
  const words = useTextOf(BOARD_REPORT_TEXT).home;
  const openings = home.days.flatMap(({ openedMinute }) => openedMinute ?? []);
  const middle = middleOf(openings);
  if (middle === undefined) return <p className="hint">{words.chartNone}</p>;
  const dates = datesOf(month);
  const step = (WIDTH - LEFT) / dates.length;
  const { from, until } = hoursOf(home);
  const x = (date: string) => LEFT + (Number(date.slice(8)) - 0.5) * step;
  const y = (minute: number) => TOP + ((minute - from) / (until - from)) * (HEIGHT - TOP - FOOT);
  const hours = Array.from({ length: (until - from) / 60 + 1 }, (_, hour) => from + hour * 60);
  const says = words.chartSays(
    openings.length,
    sayMinute(Math.min(...openings)),
    sayMinute(Math.max(...openings)),
    sayMinute(middle),
  );
  return (
    <>
      <p>{says}</p>
      <p className="hint">
        {home.middleHalf
          ? words.half(sayMinute(home.middleHalf.from), sayMinute(home.middleHalf.until))
          : words.halfNone}
      </p>
      <svg className="opening-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
        {home.middleHalf ? (
          <rect
            className="half"
            x={LEFT}
            width={WIDTH - LEFT}
            y={y(home.middleHalf.from)}
            height={y(home.middleHalf.until) - y(home.middleHalf.from)}
          />
        ) : null}
        {hours.map((minute) => (
          <g key={minute}>
            <line className="hour" x1={LEFT} x2={WIDTH} y1={y(minute)} y2={y(minute)} />
            <text x={LEFT - 8} y={y(minute) + 6} textAnchor="end">
              {sayMinute(minute)}
            </text>
          </g>
        ))}
        {home.days.map(({ date, deadlineMinute }) => (
          <line
            key={date}
            className="deadline"
            x1={x(date) - step / 2}
            x2={x(date) + step / 2}
            y1={y(deadlineMinute)}
            y2={y(deadlineMinute)}
          />
        ))}
        {dates
          .filter((date) => Number(date.slice(8)) % 5 === 1)
          .map((date) => (
            <text key={date} x={x(date)} y={HEIGHT - 6} textAnchor="middle">
              {Number(date.slice(8))}
            </text>
          ))}
        {home.days.map((day) =>
          day.openedMinute === null ? null : (
            <circle
              key={day.date}
              className={wasMissed(day) ? 'late' : 'opened'}
              cx={x(day.date)}
              cy={y(day.openedMinute)}
              r={5.5}
            />
          ),
        )}
      </svg>
      <ul className="heat-legend" aria-hidden="true">
        <li>
          <i className="dot" /> {words.opened}
        </li>
        <li>
          <i className="dot late" /> {words.late}
        </li>
        <li>
          <i className="dash" /> {words.deadline}
        </li>
      </ul>
    </>
  );
}
