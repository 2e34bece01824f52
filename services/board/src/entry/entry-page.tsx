import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useText } from '../app/language.ts';
import { LanguageSwitch } from '../app/language-switch.tsx';
import { problemText } from '../app/toast.tsx';

type Props = {
  title: string;
  lead: string;
  action: string;
  /** Sends the form; what it throws is shown above the button, in words. */
  onSubmit: () => Promise<void>;
  explain?: (error: unknown) => string | undefined;
  children: ReactNode;
  footer?: ReactNode;
};

/** The frame of the two forms that lead in. */
export function EntryPage({ title, lead, action, onSubmit, explain, children, footer }: Props) {
  const words = useText();
  const [problem, setProblem] = useState<string>();
  const [pending, setPending] = useState(false);
  const busy = useRef(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    setProblem(undefined);
    try {
      await onSubmit();
    } catch (error) {
      setProblem(explain?.(error) ?? problemText(error, words));
    } finally {
      busy.current = false;
      setPending(false);
    }
  }

  return (
    <main className="entry">
      <form onSubmit={submit} noValidate>
        <p className="brand">
          <b>{words.name[0]}</b>
          {words.name.slice(1)}
          <LanguageSwitch />
        </p>
        <h1>{title}</h1>
        <p className="lead">{lead}</p>
        {children}
        {problem ? (
          <p className="problem box" role="alert">
            {problem}
          </p>
        ) : null}
        <button type="submit" className="button strong wide" aria-busy={pending} disabled={pending}>
          {pending ? words.entry.working : action}
        </button>
        {footer}
      </form>
    </main>
  );
}
