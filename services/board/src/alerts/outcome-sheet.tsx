import { type FormEvent, useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useIsOffice } from '../app/session.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';

type Props = {
  alert: Pick<AlertView, 'id' | 'place' | 'salutation'>;
  /** Sets an outcome right that was recorded before. */
  isCorrection?: boolean;
  onClose: () => void;
};

/** What somebody saw at the door. Choosing and confirming are two steps, and a slip can be taken back. */
export function OutcomeSheet({ alert, isCorrection = false, onClose }: Props) {
  const words = useText();
  const { run, pending, problem } = useAction('inline');
  const { run: runUndo } = useAction();
  const isOffice = useIsOffice();
  const title = isCorrection ? words.outcome.correct : words.outcome.title;
  const [outcome, setOutcome] = useState<keyof typeof words.outcomes>();
  const [note, setNote] = useState('');

  async function record(event: FormEvent) {
    event.preventDefault();
    if (!outcome) return;
    const body = { outcome, ...(note.trim() ? { note: note.trim() } : {}) };
    const reopen = () => void runUndo(() => post(`/alerts/${alert.id}/reopen`, {}), words.alerts.done.reopen);
    const isDone = isCorrection
      ? await run(() => post(`/alerts/${alert.id}/correction`, body), words.alerts.done.correction)
      : await run(
          () => post(`/alerts/${alert.id}/outcome`, body),
          words.alerts.done.outcome,
          isOffice ? { label: words.outcome.mistaken, run: reopen } : undefined,
        );
    if (isDone) onClose();
  }

  return (
    <Sheet title={title} kind="box" onClose={onClose}>
      <p className="lead">
        <b>
          {alert.place} · {alert.salutation}
        </b>
        <br />
        {isCorrection ? words.outcome.correctLead : words.outcome.lead}
      </p>
      <form onSubmit={record}>
        <fieldset className="outcomes">
          <legend className="unseen">{title}</legend>
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
