import { type FormEvent, useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';

/** What somebody saw at the door. Choosing and confirming are two steps: an outcome closes the alert for good. */
export function OutcomeSheet({ alert, onClose }: { alert: AlertView; onClose: () => void }) {
  const words = useText();
  const { run, pending, problem } = useAction('inline');
  const [outcome, setOutcome] = useState<keyof typeof words.outcomes>();
  const [note, setNote] = useState('');

  async function record(event: FormEvent) {
    event.preventDefault();
    if (!outcome) return;
    const body = { outcome, ...(note.trim() ? { note: note.trim() } : {}) };
    if (await run(() => post(`/alerts/${alert.id}/outcome`, body), words.alerts.done.outcome)) onClose();
  }

  return (
    <Sheet title={words.outcome.title} kind="box" onClose={onClose}>
      <p className="lead">
        <b>
          {alert.place} · {alert.salutation}
        </b>
        <br />
        {words.outcome.lead}
      </p>
      <form onSubmit={record}>
        <fieldset className="outcomes">
          <legend className="unseen">{words.outcome.title}</legend>
          {(Object.keys(words.outcomes) as (keyof typeof words.outcomes)[]).map((name) => (
            <label key={name} data-outcome={name}>
              <input
                type="radio"
                name="outcome"
                value={name}
                checked={outcome === name}
                onChange={() => setOutcome(name)}
              />
              <b>{words.outcomes[name]}</b>
              <span>{words.outcomeHints[name]}</span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span>{words.outcome.note}</span>
          <textarea
            rows={2}
            maxLength={1000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <ProblemNote problem={problem} />
        <div className="actions">
          <button type="submit" className="button strong" aria-busy={pending} disabled={!outcome || pending}>
            {outcome ? words.outcome.confirm(words.outcomes[outcome]) : words.outcome.choose}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {words.cancel}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
