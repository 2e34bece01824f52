import type { DriftView } from '#contracts/http/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { useText, useTextOf } from '../app/language.ts';
import { dateOf } from '../today/local-time.ts';

const WIDTH = 380;
const HEIGHT = 150;
const LEFT = 46;
const BOTTOM = 24;
const TOP = 8;
const DAY_MS = 86_400_000;
const SHOWN_DAYS = 28;

type Day = DriftView['days'][number];

/** Why a must-visit was asked for: the days themselves, with the line through them, and the numbers behind. */
export function DriftChart({ drift }: { drift: DriftView }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const { kind, from, to } = drift;
  const says = kind === 'later' ? words.drift.later(clockOf(from), clockOf(to)) : words.drift.fewer(from, to);
  const xOf = placesOf(drift);
  return (
    <figure className="drift" data-kind={kind}>
      <figcaption>
        <b>{says}</b> <small>{words.drift.raised(dateOf(drift.raisedOn, common))}</small>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
        {kind === 'later' ? <Openings drift={drift} xOf={xOf} /> : <Contacts drift={drift} xOf={xOf} />}
        {[drift.days[0], drift.days[drift.days.length - 1]].map((day, index) =>
          day ? (
            <text key={day.on} x={xOf(day)} y={HEIGHT - 6} textAnchor={index === 0 ? 'start' : 'end'}>
              {shortDate(day.on)}
            </text>
          ) : null,
        )}
      </svg>
      <details>
        <summary>{words.drift.table}</summary>
        <table className="drift-table">
          <thead>
            <tr>
              <th scope="col">{words.drift.day}</th>
              <th scope="col">{words.drift.opened}</th>
              <th scope="col">{words.drift.contacts}</th>
            </tr>
          </thead>
          <tbody>
            {drift.days.map((day) => (
              <tr key={day.on}>
                <th scope="row">{dateOf(day.on, common)}</th>
                <td>{day.minute === null ? words.drift.none : clockOf(day.minute)}</td>
                <td>{day.contacts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Days stand where they are in the four weeks before it was raised; those left out leave a gap. */
function placesOf({ raisedOn }: DriftView): (day: Day) => number {
  const start = Date.parse(raisedOn) - SHOWN_DAYS * DAY_MS;
  return ({ on }) => LEFT + ((Date.parse(on) - start) / DAY_MS / (SHOWN_DAYS - 1)) * (WIDTH - LEFT - 8);
}

type Drawn = { drift: DriftView; xOf: (day: Day) => number };

/** One dot a morning, later ones higher, and the line that the mornings follow. */
function Openings({ drift, xOf }: Drawn) {
  const { days, from, to } = drift;
  const minutes = [from, to, ...days.flatMap(({ minute }) => (minute === null ? [] : [minute]))];
  const least = Math.floor(Math.min(...minutes) / 60) * 60;
  const most = Math.ceil((Math.max(...minutes) + 1) / 60) * 60;
  const yOf = (minute: number) =>
    HEIGHT - BOTTOM - ((minute - least) / (most - least)) * (HEIGHT - BOTTOM - TOP);
  const step = (most - least) / 60 > 4 ? 120 : 60;
  const hours: number[] = [];
  for (let hour = least; hour <= most; hour += step) hours.push(hour);
  return (
    <>
      {hours.map((hour) => (
        <g key={hour}>
          <line className="grid" x1={LEFT} x2={WIDTH} y1={yOf(hour)} y2={yOf(hour)} />
          <text x={LEFT - 6} y={yOf(hour) + 5} textAnchor="end">
            {clockOf(hour)}
          </text>
        </g>
      ))}
      <line className="trend" x1={LEFT} x2={WIDTH - 8} y1={yOf(from)} y2={yOf(to)} />
      {days.map((day) =>
        day.minute === null ? null : <circle key={day.on} cx={xOf(day)} cy={yOf(day.minute)} r={4} />,
      )}
    </>
  );
}

/** One bar a day, and a mark where nobody was heard of. */
function Contacts({ drift, xOf }: Drawn) {
  const { days } = drift;
  const most = Math.max(1, ...days.map(({ contacts }) => contacts));
  const base = HEIGHT - BOTTOM;
  return (
    <>
      <line className="grid" x1={LEFT} x2={WIDTH} y1={base} y2={base} />
      <text x={LEFT - 6} y={TOP + 12} textAnchor="end">
        {most}
      </text>
      <text x={LEFT - 6} y={base + 5} textAnchor="end">
        0
      </text>
      {days.map((day) => {
        const height = (day.contacts / most) * (base - TOP);
        return day.contacts > 0 ? (
          <rect key={day.on} x={xOf(day) - 4} y={base - height} width={8} height={height} />
        ) : (
          <circle key={day.on} className="none" cx={xOf(day)} cy={base - 6} r={4} />
        );
      })}
    </>
  );
}

const clockOf = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(Math.round(minutes) % 60).padStart(2, '0')}`;

const shortDate = (date: string): string => `${Number(date.slice(5, 7))}/${Number(date.slice(8))}`;
