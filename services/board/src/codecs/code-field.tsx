import { useId, useRef, useState } from 'react';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { useTextOf } from '../app/language.ts';

/** The maker's code: pasted, chosen as a file, or dropped onto the box. */
export function CodeField(props: { code: string; most: number; onChange: (code: string) => void }) {
  const words = useTextOf(CODECS_TEXT);
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [isTooLong, setTooLong] = useState(false);
  async function take(picked: File | undefined) {
    if (!picked) return;
    setTooLong(picked.size > props.most);
    if (picked.size <= props.most) props.onChange(await picked.text());
  }
  return (
    <div className="field">
      <label htmlFor={id}>{words.code}</label>
      <textarea
        id={id}
        className="code"
        rows={14}
        spellCheck={false}
        autoCapitalize="off"
        maxLength={props.most}
        aria-describedby={`${id}-note`}
        value={props.code}
        onChange={(event) => props.onChange(event.target.value)}
        onDrop={(event) => {
          const [dropped] = event.dataTransfer.files;
          if (!dropped) return;
          event.preventDefault();
          void take(dropped);
        }}
      />
      <p id={`${id}-note`} className={isTooLong ? 'problem' : 'hint'} role={isTooLong ? 'alert' : undefined}>
        {isTooLong ? words.tooLong : words.codeHint}
      </p>
      <input
        ref={file}
        hidden
        type="file"
        accept=".js,.mjs,.cjs,.txt,text/javascript"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <button type="button" className="button" onClick={() => file.current?.click()}>
        {words.pick}
      </button>{' '}
      <small className="hint">{words.dropped}</small>
    </div>
  );
}
