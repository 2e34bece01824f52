import type { RotaView } from '#contracts/http/register/duty.ts';
import { useText } from '../app/language.ts';
import type { Picked } from './absence-sheet.tsx';
import { Marks } from './marks.tsx';
import { dayNames, dayOf, isOrdinary, marksOf } from './week.ts';

/** Stewards as rows, days as columns; above them the homes that would have nobody. */
export function RotaGrid({ rota, onPick }: { rota: RotaView; onPick: (picked: Picked) => void }) {
  const words = useText();
  return (
    <>
      <div className="rota-scroll">
        <table className="rota-grid">
          <thead>
            <tr>
              <th scope="col">{words.rota.steward}</th>
              {rota.days.map(({ date }) => {
                const { weekday, day } = dayNames(date, words);
                const isToday = date === rota.today;
                return (
                  <th key={date} scope="col" data-today={isToday || undefined}>
                    {weekday} <span>{day}</span>
                    {isToday ? <small>{words.rota.today}</small> : null}
                  </th>
                );
              })}
            </tr>
            <tr className="gaps">
              <th scope="row">{words.rota.gaps}</th>
              {rota.days.map(({ date, uncovered }) => (
                <td key={date} data-gap={uncovered.length > 0 || undefined}>
                  {uncovered.length > 0
                    ? uncovered.map(({ code }) => code).join(words.listJoin)
                    : words.rota.noGaps}
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {rota.stewards.map((steward) => (
              <tr key={steward.id}>
                <th scope="row">{steward.name}</th>
                {steward.days.map((cell) => (
                  <td key={cell.date} data-today={cell.date === rota.today || undefined}>
                    <button
                      type="button"
                      className="cell"
                      data-ordinary={isOrdinary(cell) || undefined}
                      onClick={() => onPick({ personId: steward.id, date: cell.date })}
                    >
                      <span className="unseen">
                        {words.rota.change(steward.name, dayOf(cell.date, words))}
                      </span>
                      <Marks marks={marksOf(cell, words)} />
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Legend />
    </>
  );
}

const SIGNS = ['on', 'off', 'away', 'swap', 'standIn'] as const;

function Legend() {
  const words = useText();
  return (
    <ul className="rota-legend" aria-label={words.rota.legend}>
      {SIGNS.map((sign) => (
        <li key={sign} className="mark" data-sign={sign}>
          <b>{words.rota.signs[sign]}</b> {words.rota.signMeanings[sign]}
        </li>
      ))}
    </ul>
  );
}
