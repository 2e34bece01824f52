import { type FormEvent, useState } from 'react';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';

/** A word for the timeline; it stays closed until somebody wants it. */
export function NoteForm({ path }: { path: string }) {
  const words = useText();
  const { run, pending } = useAction();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');

  async function save(event: FormEvent) {
    event.preventDefault();
    if (!note.trim()) return;
    if (await run(() => post(`${path}/notes`, { note: note.trim() }), words.alerts.done.note)) {
      setNote('');
      setOpen(false);
    }
  }

  if (!open) {
    return (
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {words.alerts.addNote}
      </button>
    );
  }
  return (
    <form className="inline-form" onSubmit={save}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
        autoFocus
        aria-label={words.alerts.addNote}
        placeholder={words.alerts.notePlaceholder}
        maxLength={1000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="button strong" disabled={pending || !note.trim()}>
        {words.alerts.saveNote}
      </button>
      <button type="button" className="button" onClick={() => setOpen(false)}>
        {words.cancel}
      </button>
    </form>
  );
}
