import { useText } from './language.ts';
import { problemText, requestIdOf } from './toast.tsx';

/** A problem where it happened: in a dialog, which hides what lies behind it, and on a page of its own. */
export function ProblemNote({ problem }: { problem: unknown }) {
  const words = useText();
  if (problem === undefined) return null;
  const requestId = requestIdOf(problem);
  return (
    <p className="problem box" role="alert">
      {problemText(problem, words)}
      {requestId ? <small> {words.problem.requestId(requestId)}</small> : null}
    </p>
  );
}
