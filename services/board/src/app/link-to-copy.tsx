import { useId, useRef, useState } from 'react';
import { useText } from './language.ts';

/** A link to hand on. Where the browser lets no page copy (plain HTTP in the office's network), it is selected. */
export function LinkToCopy({ link, label, hint }: { link: string; label: string; hint?: string }) {
  const words = useText();
  const id = useId();
  // Where the service does not know its own address, phones reach it as this browser does.
  const address = new URL(link, location.origin).href;
  const input = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState<string>();

  async function copy() {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(address);
      setTold(words.accounts.copied);
    } catch {
      // No clipboard here, or not for this page: the person copies what is selected.
      setTold(words.accounts.copyByHand);
    }
  }

  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="input">
        <input ref={input} id={id} readOnly value={address} onFocus={(event) => event.target.select()} />
        <button type="button" className="button" onClick={() => void copy()}>
          {words.accounts.copy}
        </button>
      </div>
      <p className="hint" role="status">
        {told ?? hint}
      </p>
    </div>
  );
}
