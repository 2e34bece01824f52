import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Shapes, WindowPicture } from '../facade/pictures.tsx';

const PANES = Array.from({ length: 24 }, (_, index) => `pane-${index}`);

/** While the first answer is under way: the shape of what is coming. */
export function Skeleton() {
  const words = useText();
  return (
    <main className="state" aria-busy="true">
      <p role="status">{words.loading}</p>
      <div className="skeleton" aria-hidden="true">
        {PANES.map((pane) => (
          <i key={pane} />
        ))}
      </div>
    </main>
  );
}

export function Problem({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  const words = useText();
  return (
    <main className="state">
      <h2>{words.problem.todayTitle}</h2>
      <ProblemNote problem={problem} />
      <button type="button" className="button strong" onClick={onRetry}>
        {words.retry}
      </button>
    </main>
  );
}

/** A board without homes tells how they come. */
export function NoHomes() {
  const words = useText();
  return (
    <main className="state">
      <Shapes />
      <span className="sample large" data-tone="awaiting">
        <WindowPicture picture="drawn" tone="awaiting" />
      </span>
      <h2>{words.facade.noneTitle}</h2>
      <p>{words.facade.noneLead}</p>
      <pre>npm run -s pact -- import docs/register-sample.csv</pre>
      <p>{words.facade.noneAfter}</p>
    </main>
  );
}
