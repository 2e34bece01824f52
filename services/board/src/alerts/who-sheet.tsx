import { type FormEvent, useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { likeliest } from './likeliest.ts';
import { PeopleChoice, usePeople } from './people-choice.tsx';

export type WhoAction = 'acknowledge' | 'arrive' | 'reassign' | 'pass';

type Props = { alert: AlertView; action: WhoAction; onClose: () => void };

/** For whom the office speaks: whoever is likeliest stands chosen already, so that it is one press more. */
export function WhoSheet({ alert, action, onClose }: Props) {
  const words = useText();
  const { run, pending, problem } = useAction('inline');
  const [chosenId, setChosenId] = useState<string>();
  const people = usePeople(alert.id);
  const chosen =
    people.data?.find(({ personId }) => personId === chosenId) ?? likeliest(people.data ?? [], action);
  const ask = words.alerts.who[action];

  async function say(event: FormEvent) {
    event.preventDefault();
    if (!chosen) return;
    const { personId } = chosen;
    const isDone = await run(
      () => post(`/alerts/${alert.id}/${action}`, { personId }),
      words.alerts.done[action],
    );
    if (isDone) onClose();
  }

  return (
    <Sheet title={ask.title} kind="box" onClose={onClose}>
      <p className="lead">
        <b>
          {alert.place} · {alert.salutation}
        </b>
        <br />
        {ask.lead}
      </p>
      <form onSubmit={say}>
        <PeopleChoice title={ask.title} people={people.data} chosen={chosen} onChoose={setChosenId} />
        <ProblemNote problem={problem ?? people.error ?? undefined} />
        <div className="actions">
          <button type="submit" className="button strong" aria-busy={pending} disabled={!chosen || pending}>
            {chosen ? ask.confirm(chosen.name) : ask.title}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {words.cancel}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
