import type { FormEvent } from 'react';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import type { FileProps } from './home-file.tsx';
import { momentOf } from './moment.ts';
import { Section } from './section.tsx';

/** What people have noted of a home, with who and when; struck where it was wrong. */
export function Notes({ file, onChange, timeZone }: FileProps & { timeZone: string }) {
  const words = useTextOf(REGISTER_TEXT).notes;
  const { run, pending } = useAction();
  const { draft, change, forget } = useDraft(`pact.note.${file.id}`, { note: '' });
  async function write(event: FormEvent) {
    event.preventDefault();
    if (!(await run(() => post(`/households/${file.id}/notes`, { note: draft.note }), words.written))) return;
    forget();
    await onChange();
  }
  async function strike(id: string) {
    if (await run(() => post(`/households/${file.id}/notes/${id}/strike`, {}), words.struck))
      await onChange();
  }
  return (
    <Section title={words.title}>
      <form className="inline-form" onSubmit={write}>
        <input
          aria-label={words.write}
          placeholder={words.write}
          required
          maxLength={500}
          value={draft.note}
          onChange={(event) => change({ note: event.target.value })}
        />
        <button type="submit" className="button" disabled={pending}>
          {words.write}
        </button>
      </form>
      {file.notes.length === 0 ? <p className="hint">{words.none}</p> : null}
      <ul className="lines">
        {file.notes.map((note) => (
          <li key={note.id} className={note.struckAt ? 'struck' : undefined}>
            <small>{words.by(note.writtenBy, momentOf(note.writtenAt, timeZone))}</small>{' '}
            <span>{note.note}</span>{' '}
            {note.struckAt ? null : (
              <button
                type="button"
                className="link"
                disabled={pending}
                aria-label={`${words.strike}: ${note.note}`}
                onClick={() => void strike(note.id)}
              >
                {words.strike}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
