import { RIGHTS_TEXT } from '#pact/text/board-rights.ts';
import { useLanguage, useTextOf } from '../app/language.ts';
import { fetchFile } from '../app/save-file.ts';
import { useAction } from '../app/use-action.ts';
import { Section } from './section.tsx';

/** Everything that is kept of a home, for the person who asks for it, in the language of the page. */
export function ExportSection({ id, code }: { id: string; code: string }) {
  const words = useTextOf(RIGHTS_TEXT).file;
  const language = useLanguage();
  const { run, pending } = useAction();
  const save = (format: 'pdf' | 'json') =>
    run(
      () => fetchFile(`/households/${id}/file.${format}?language=${language}`, `file-${code}.${format}`),
      words.saved,
    );
  return (
    <Section title={words.title}>
      <p className="hint">{words.lead}</p>
      <p className="actions" aria-busy={pending}>
        <button type="button" className="button" disabled={pending} onClick={() => void save('pdf')}>
          {words.pdf}
        </button>
        <button type="button" className="button" disabled={pending} onClick={() => void save('json')}>
          {words.json}
        </button>
      </p>
    </Section>
  );
}
