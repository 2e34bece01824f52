import { useRef, useState } from 'react';
import {
  SOURCE_FORMAT_NAMES,
  SOURCE_FORMATS,
  SOURCE_KINDS,
  type SourceFormat,
} from '#contracts/bridge/formats.ts';
import type { SourceWithSecret } from '#contracts/http/register/source.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Sheet } from '../app/sheet.tsx';
import { EditSheet } from '../register/edit-sheet.tsx';
import { PushAddress } from './push-address.tsx';
import { offeredFor, sourceFields, typed } from './source-fields.ts';
import { useAskAgain } from './use-sources.ts';

/** Adds a source: chosen by what people know, then what to enter, then, where it pushes, what to enter over there. */
export function AddSource({ communityId, onClose }: { communityId: string; onClose: () => void }) {
  const words = useTextOf(SOURCES_TEXT);
  const askAgain = useAskAgain();
  const [format, setFormat] = useState<SourceFormat>();
  const [made, setMade] = useState<SourceWithSecret>();
  const isToBeCopied = useRef(false);
  if (made?.secret) {
    return (
      <Sheet title={words.push.title} kind="box" onClose={onClose}>
        <PushAddress source={made} secret={made.secret} />
        <button type="button" className="button strong wide" onClick={onClose}>
          {words.push.done}
        </button>
      </Sheet>
    );
  }
  if (!format) return <Choice onChoose={setFormat} onClose={onClose} />;
  return (
    <EditSheet
      title={words.formats[format] ?? format}
      draftKey={`source.new.${communityId}.${format}`}
      fields={sourceFields(format, words, true)}
      values={{}}
      offered={offeredFor(format)}
      onSave={async (changes) => {
        const added = await post<SourceWithSecret>('/sources', {
          ...{ communityId, format },
          ...dropEmpty(typed(changes, format)),
        });
        await askAgain();
        isToBeCopied.current = added.secret !== null;
        setMade(added);
      }}
      // What pushes has something to be copied first.
      onClose={() => {
        if (!isToBeCopied.current) onClose();
      }}
    />
  );
}

const dropEmpty = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

function Choice(props: { onChoose: (format: SourceFormat) => void; onClose: () => void }) {
  const words = useTextOf(SOURCES_TEXT);
  return (
    <Sheet title={words.choose} kind="box" onClose={props.onClose}>
      {SOURCE_KINDS.map((kind) => (
        <section key={kind} className="source-choice">
          <h3>{words.groups[kind]}</h3>
          <ul>
            {SOURCE_FORMAT_NAMES.filter((format) => SOURCE_FORMATS[format].kind === kind).map((format) => (
              <li key={format}>
                <button type="button" className="button" onClick={() => props.onChoose(format)}>
                  <b>{words.formats[format]}</b>
                  <small>{words.about[format]}</small>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Sheet>
  );
}
