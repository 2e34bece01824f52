import { useState } from 'react';
import type { AlertEntryView } from '#contracts/http/today.ts';
import { describeEntry } from '#pact/text/entry-words.ts';
import { useText } from '../app/language.ts';
import { timeOf } from '../today/local-time.ts';

/** So many of the latest entries are always there; the earlier ones on demand. */
const LATEST = 4;

export function Timeline({ entries, timeZone }: { entries: readonly AlertEntryView[]; timeZone: string }) {
  const words = useText();
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, entries.length - LATEST);
  return (
    <>
      {entries.length > LATEST ? (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.alerts.less : words.alerts.more(hidden)}
        </button>
      ) : null}
      <ol className="timeline">
        {entries.slice(hidden).map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever appended, their place is their identity
          <li key={hidden + index} data-kind={entry.kind}>
            <time dateTime={entry.at}>{timeOf(entry.at, timeZone)}</time>
            <span>{describeEntry(entry, words, (at) => timeOf(at, timeZone))}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
