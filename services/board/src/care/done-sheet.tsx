import { type FormEvent, useId, useState } from 'react';
import type { CareItem } from '#contracts/http/care.ts';
import { CONTACT_WAYS, type ContactWay, WAY_OF } from '#pact/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { careTitle } from '#pact/text/care.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { newKey } from '../app/new-key.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { useCareAgain } from './use-care.ts';

/** The office notes that something was done: how, and a word about it. */
export function DoneSheet({ item, onClose }: { item: CareItem; onClose: () => void }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const id = useId();
  const again = useCareAgain();
  const { run, pending, problem } = useAction('inline');
  // Made once: pressed twice, or again after no answer came, it is one tick.
  const [key] = useState(newKey);
  const { draft, change, forget } = useDraft(`pact.care.done.${item.id}`, {
    note: '',
    way: item.kind === 'look_in' ? 'visit' : WAY_OF[item.kind],
  });

  async function save(event: FormEvent) {
    event.preventDefault();
    const note = draft.note.trim();
    const body = { key, way: draft.way, ...(note ? { note } : {}) };
    const undo = {
      label: words.undo,
      run: () => void run(() => post(`/care/contacts/${key}/undo`, undefined), words.undone).then(again),
    };
    if (!(await run(() => post(`/care/tasks/${item.id}/done`, body), words.saved, undo))) return;
    forget();
    await again();
    onClose();
  }
  return (
    <Sheet title={words.doneTitle(careTitle(item, words))} kind="box" onClose={onClose}>
      <p className="lead">
        {common.home.code(item.code)} {item.salutation}
      </p>
      <form onSubmit={save}>
        <fieldset className="checks">
          <legend>{words.way}</legend>
          {CONTACT_WAYS.map((way: ContactWay) => (
            <label key={way}>
              <input type="radio" name="way" checked={draft.way === way} onChange={() => change({ way })} />
              {words.ways[way]}
            </label>
          ))}
        </fieldset>
        <div className="field">
          <label htmlFor={id}>{words.note}</label>
          <textarea
            id={id}
            rows={2}
            maxLength={200}
            aria-describedby={`${id}-hint`}
            value={draft.note}
            onChange={(event) => change({ note: event.target.value })}
          />
          <p id={`${id}-hint`} className="hint">
            {words.noteHint}
          </p>
        </div>
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {words.save}
        </button>
      </form>
    </Sheet>
  );
}
