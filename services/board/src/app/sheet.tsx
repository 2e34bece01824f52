import { type ReactNode, useEffect, useRef } from 'react';
import { useText } from './language.ts';

/** A modal dialog: the browser keeps the focus inside, closes on Esc and hands the focus back. */
export function Sheet(props: {
  title: string;
  kind: 'drawer' | 'box';
  onClose: () => void;
  children: ReactNode;
}) {
  const words = useText();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself; the click is on its backdrop
    <dialog
      ref={ref}
      className={`sheet ${props.kind}`}
      aria-label={props.title}
      onClose={props.onClose}
      onClick={(event) => event.target === ref.current && ref.current?.close()}
    >
      <div className="sheet-body">
        <header>
          <h2>{props.title}</h2>
          <button
            type="button"
            className="quiet"
            aria-label={words.close}
            onClick={() => ref.current?.close()}
          >
            ✕
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
