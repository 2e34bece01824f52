import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';

/** A list that is fetched: what it says while it comes, where it does not come, and where nothing is in it. */
export function Listed<T>(props: {
  query: UseQueryResult<T[]>;
  none: string;
  children: (items: T[]) => ReactNode;
}) {
  const words = useTextOf(SETTINGS_TEXT);
  const { data, isError, error } = props.query;
  if (data) return data.length === 0 ? <p className="hint">{props.none}</p> : props.children(data);
  if (isError) return <ProblemNote problem={error} />;
  return (
    <p className="hint" role="status">
      {words.loading}
    </p>
  );
}
