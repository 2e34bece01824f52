import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useText } from './language.ts';
import { ProblemNote } from './problem-note.tsx';

/** What was asked for, once it is there; until then that it is asked for, and what went wrong with the way to try again. */
export function Loaded<T>(props: {
  query: UseQueryResult<T>;
  loading: string;
  children: (data: T) => ReactNode;
}) {
  const words = useText();
  const { query } = props;
  return (
    <>
      {query.isError ? (
        <div className="actions">
          <ProblemNote problem={query.error} />
          <button type="button" className="button" onClick={() => void query.refetch()}>
            {words.retry}
          </button>
        </div>
      ) : null}
      {query.data !== undefined ? (
        props.children(query.data)
      ) : query.isError ? null : (
        <section className="state" aria-busy="true">
          <p role="status">{props.loading}</p>
        </section>
      )}
    </>
  );
}
