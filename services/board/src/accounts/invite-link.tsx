import { useId, useRef, useState } from 'react';
import { useText } from '../app/language.ts';

/** A link to hand on. Where the browser lets no page copy (plain HTTP in the office's network), it is selected. */
export function InviteLink({ link }: { link: string }) {
  const words = useText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState<string>();

  async function copy() {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setTold(words.accounts.copied);
    } catch {
      // No clipboard here, or not for this page: the person copies what is selected.
      setTold(words.accounts.copyByHand);
    }
  }

  return (
    <div className="field">
      <label htmlFor={id}>{words.accounts.link}</label>
      <div className="input">
        <input ref={input} id={id} readOnly value={link} onFocus={(event) => event.target.select()} />
        <button type="button" className="button" onClick={() => void copy()}>
          {words.accounts.copy}
        </button>
      </div>
      <p className="hint" role="status">
        {told ?? words.accounts.linkHint}
      </p>
    </div>
  );
}
