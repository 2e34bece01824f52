import type { RotaView } from '#contracts/http/register/duty.ts';
import { useText } from '../app/language.ts';
import type { Picked } from './absence-sheet.tsx';
import { Marks } from './marks.tsx';
import { dayOf, isOrdinary, marksOf } from './week.ts';

/** The week on a phone: for each day its gaps and whoever is not simply on duty. */
export function RotaList({ rota, onPick }: { rota: RotaView; onPick: (picked: Picked) => void }) {
  const words = useText();
  return (
    <ol className="rota-days">
      {rota.days.map(({ date, uncovered }, index) => {
        const day = dayOf(date, words);
        const cells = rota.stewards.flatMap(({ id, name, days }) => {
          const cell = days[index];
          return cell && !isOrdinary(cell) ? { id, name, cell } : [];
        });
        const ordinary = rota.stewards.length - cells.length;
        return (
          <li key={date} data-today={date === rota.today || undefined}>
            <h3>
              {day} {date === rota.today ? <small>{words.rota.today}</small> : null}
            </h3>
            {uncovered.length > 0 ? (
              <p className="problem box">
                {words.rota.gap(uncovered.map(({ code }) => code).join(words.listJoin))}
              </p>
            ) : null}
            {cells.map(({ id, name, cell }) => (
              <button key={id} type="button" className="cell" onClick={() => onPick({ personId: id, date })}>
                <b>{name}</b> <Marks marks={marksOf(cell, words)} />
              </button>
            ))}
            {ordinary > 0 ? (
              <p className="hint">
                {cells.length > 0 ? words.rota.others(ordinary) : words.rota.everybody(ordinary)}
              </p>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
