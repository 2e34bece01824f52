import { useQueryClient } from '@tanstack/react-query';
import type { AbsenceView, RotaView } from '#contracts/http/register/duty.ts';
import { remove } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { AbsenceForm } from './absence-form.tsx';
import { dayOf } from './week.ts';

/** Whose day was picked in the week, if any. */
export type Picked = { personId?: string; date?: string };

/** What is noted for somebody's day, to be taken back; else the form to note something. */
export function AbsenceSheet({
  rota,
  picked,
  onClose,
}: {
  rota: RotaView;
  picked: Picked;
  onClose: () => void;
}) {
  const words = useText();
  const { personId, date } = picked;
  const name = rota.stewards.find(({ id }) => id === personId)?.name;
  const noted = rota.absences.filter(
    (absence) =>
      absence.personId === personId &&
      date !== undefined &&
      absence.fromOn <= date &&
      date <= absence.untilOn,
  );
  const isFull = noted.some(({ fromTime }) => fromTime === null);
  const title = name && date ? words.rota.change(name, dayOf(date, words)) : words.rota.add;
  return (
    <Sheet title={title} kind="box" onClose={onClose}>
      {noted.length > 0 ? <Noted absences={noted} onDone={onClose} /> : null}
      {isFull ? null : <AbsenceForm rota={rota} picked={picked} onDone={onClose} />}
    </Sheet>
  );
}

function Noted({ absences, onDone }: { absences: readonly AbsenceView[]; onDone: () => void }) {
  const words = useText();
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');

  async function takeBack(id: string) {
    const done = await run(() => remove(`/absences/${id}`), words.rota.removed);
    await queries.invalidateQueries({ queryKey: ['rota'] });
    if (done) onDone();
  }

  return (
    <section className="noted">
      <h3>{words.rota.existing}</h3>
      <ProblemNote problem={problem} />
      <ul>
        {absences.map((absence) => (
          <li key={absence.id}>
            <span>
              <b>{words.rota.signMeanings[absence.swapId ? 'swap' : 'away']}</b> {spanOf(absence)}{' '}
              {absence.standIn ? words.rota.replacedBy(absence.standIn) : words.rota.nobodyStandsIn}
            </span>
            <button
              type="button"
              className="button danger"
              disabled={pending}
              onClick={() => void takeBack(absence.id)}
            >
              {absence.swapId ? words.rota.removeSwap : words.rota.remove}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );

  function spanOf({ fromOn, untilOn, fromTime, untilTime }: AbsenceView): string {
    const days =
      fromOn === untilOn ? dayOf(fromOn, words) : `${dayOf(fromOn, words)} – ${dayOf(untilOn, words)}`;
    return fromTime && untilTime ? `${days} ${words.rota.hours(fromTime, untilTime)}` : days;
  }
}
