import { useSyncExternalStore } from 'react';
import type { BoardText } from '#pact/text/board.ts';
import { ApiProblem } from './api.ts';
import { useText } from './language.ts';

/** What takes a thing back that was just done. */
export type Undo = { label: string; run: () => void };

type Toast = { id: number; tone: 'good' | 'bad'; text: string; small?: string; undo?: Undo };

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Says briefly that something was done; longer where it can be taken back. */
export const sayDone = (text: string, undo?: Undo) =>
  show({ tone: 'good', text, ...(undo ? { undo } : {}) }, undo ? 20_000 : 6_000);

/** Says what went wrong and what to do; stays long enough to be read. */
export function sayProblem(error: unknown, words: BoardText): void {
  const requestId = requestIdOf(error);
  const small = requestId ? { small: words.problem.requestId(requestId) } : {};
  show({ tone: 'bad', text: problemText(error, words), ...small }, 15_000);
}

/** What to tell whoever runs the service: the same id stands in its log. */
export const requestIdOf = (error: unknown): string | undefined =>
  error instanceof ApiProblem ? error.requestId : undefined;

/** What a problem means to the person at the board, in their own language. */
export function problemText(error: unknown, words: BoardText): string {
  if (!(error instanceof ApiProblem)) return words.problem.other;
  if (error.code === 'OFFLINE') return words.problem.offline;
  const reason = (error.details as { reason?: unknown } | undefined)?.reason;
  const refusal = typeof reason === 'string' ? words.problem.refusals[reason] : undefined;
  return refusal ?? words.problem.codes[error.code] ?? words.problem.other;
}

export function Toasts() {
  const words = useText();
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" aria-live="polite">
      {shown.map((toast) => (
        <div
          key={toast.id}
          className="toast"
          data-tone={toast.tone}
          role={toast.tone === 'bad' ? 'alert' : 'status'}
        >
          <span>
            {toast.text}
            {toast.small ? <small>{toast.small}</small> : null}
          </span>
          {toast.undo ? <UndoButton id={toast.id} undo={toast.undo} /> : null}
          <button type="button" className="quiet" aria-label={words.close} onClick={() => dismiss(toast.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}

function UndoButton({ id, undo }: { id: number; undo: Undo }) {
  const press = () => {
    dismiss(id);
    undo.run();
  };
  return (
    <button type="button" className="button" onClick={press}>
      {undo.label}
    </button>
  );
}

function show(toast: Omit<Toast, 'id'>, milliseconds: number) {
  lastId += 1;
  const id = lastId;
  change([...toasts.filter((other) => other.text !== toast.text), { ...toast, id }].slice(-2));
  setTimeout(() => dismiss(id), milliseconds);
}

const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

function change(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
