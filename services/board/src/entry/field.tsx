import { type InputHTMLAttributes, useId, useState } from 'react';
import { useText } from '../app/language.ts';

type Props = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: string;
  problem?: string | undefined;
};

/** A labelled input with its hint, and its problem where there is one. A password may be looked at. */
export function Field({ label, hint, problem, type, ...input }: Props) {
  const words = useText();
  const id = useId();
  const [visible, setVisible] = useState(false);
  const note = problem ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="input">
        <input
          {...input}
          id={id}
          type={visible ? 'text' : type}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {type === 'password' ? (
          <button type="button" className="link" aria-pressed={visible} onClick={() => setVisible(!visible)}>
            {visible ? words.entry.hide : words.entry.show}
          </button>
        ) : null}
      </div>
      {note ? (
        <p id={`${id}-note`} className={problem ? 'problem' : 'hint'}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
