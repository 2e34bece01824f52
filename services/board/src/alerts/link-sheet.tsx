import { type FormEvent, useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { likeliest } from './likeliest.ts';
import { PeopleChoice, usePeople } from './people-choice.tsx';

/** Somebody's own link to this home's page, to be handed on by WeChat where a text does not arrive. */
export function LinkSheet({ alert, onClose }: { alert: AlertView; onClose: () => void }) {
  const words = useText();
  const labels = words.alerts.link;
  const { run, pending, problem } = useAction('inline');
  const [chosenId, setChosenId] = useState<string>();
  const [made, setMade] = useState<{ link: string; name: string }>();
  const people = usePeople(alert.id);
  const chosen =
    people.data?.find(({ personId }) => personId === chosenId) ?? likeliest(people.data ?? [], 'arrive');

  async function make(event: FormEvent) {
    event.preventDefault();
    if (!chosen) return;
    const { personId, name } = chosen;
    await run(async () => {
      const { link } = await post<{ link: string }>(`/alerts/${alert.id}/links`, { personId });
      setMade({ link, name });
    }, labels.made);
  }

  return (
    <Sheet title={labels.title} kind="box" onClose={onClose}>
      <p className="lead">
        <b>
          {alert.place} · {alert.salutation}
        </b>
        <br />
        {labels.lead}
      </p>
      <form onSubmit={make}>
        <PeopleChoice
          title={labels.title}
          people={people.data}
          chosen={chosen}
          onChoose={(personId) => {
            setChosenId(personId);
            setMade(undefined);
          }}
        />
        <ProblemNote problem={problem ?? people.error ?? undefined} />
        {made ? (
          <LinkToCopy link={made.link} label={labels.name(made.name)} hint={labels.hint} />
        ) : (
          <div className="actions">
            <button type="submit" className="button strong" aria-busy={pending} disabled={!chosen || pending}>
              {chosen ? labels.make(chosen.name) : labels.title}
            </button>
            <button type="button" className="button" onClick={onClose}>
              {words.cancel}
            </button>
          </div>
        )}
      </form>
    </Sheet>
  );
}
