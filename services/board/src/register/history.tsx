import { useQuery } from '@tanstack/react-query';
import type { RegisterChange } from '#contracts/http/register/household.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { describeChange } from '#pact/text/change-words.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { momentOf } from './moment.ts';
import { Section } from './section.tsx';

/** Every change of a home: when, by whom, what, from what to what. */
export function History({ id, timeZone }: { id: string; timeZone: string }) {
  const words = useTextOf(REGISTER_TEXT);
  const query = useQuery({
    queryKey: ['history', id],
    queryFn: async ({ signal }) =>
      (await get<{ items: RegisterChange[] }>(`/households/${id}/history`, signal)).items,
  });
  return (
    <Section title={words.history.title}>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {query.data?.length === 0 ? <p className="hint">{words.history.none}</p> : null}
      <ul className="lines">
        {query.data?.map((change) => (
          <li key={change.id}>
            <small>
              {momentOf(change.at, timeZone)} {words.history.who(change.who)}
            </small>{' '}
            <span>{describeChange(change, words)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
