import { useQuery } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { RemovedView } from '#contracts/http/register/removed.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { placeOf } from '../facade/home-words.ts';
import { momentOf } from './moment.ts';
import { useRestore } from './use-restore.ts';

type Line = { id: string; name: string; about: string; removedAt: string; removedBy: string | null };

/** What was taken out of the register, and the way back. */
export function RemovedList({ community }: { community: CommunityView }) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.removals;
  const query = useQuery({
    queryKey: ['removed', community.id],
    queryFn: () => get<RemovedView>(`/register/removed?community=${community.id}`),
    staleTime: 0,
  });
  const { data } = query;
  if (!data) {
    return query.isError ? (
      <ProblemNote problem={query.error} />
    ) : (
      <p className="hint" role="status">
        {words.loading}
      </p>
    );
  }
  const homes = data.homes.map((home) => {
    const name = `${words.code(home.code)} ${home.salutation}`;
    return { ...home, name, about: placeOf(home, common) };
  });
  const residents = data.residents.map((one) => ({ ...one, about: words.code(one.code) }));
  const people = data.people.map((one) => ({
    ...one,
    about: `${words.persons.kinds[one.kind]} ${one.phone}`,
  }));
  const isEmpty = homes.length + residents.length + people.length === 0;
  const { timeZone } = community;
  return (
    <>
      <p className="hint">{isEmpty ? labels.none : labels.lead}</p>
      <Part title={labels.homes} kind="households" lines={homes} timeZone={timeZone} />
      <Part title={labels.residents} kind="residents" lines={residents} timeZone={timeZone} />
      <Part title={labels.people} kind="stewards" lines={people} timeZone={timeZone} />
    </>
  );
}

function Part(props: {
  title: string;
  kind: 'households' | 'residents' | 'stewards';
  lines: readonly Line[];
  timeZone: string;
}) {
  const labels = useTextOf(REGISTER_TEXT).removals;
  const { restore, pending } = useRestore();
  if (props.lines.length === 0) return null;
  return (
    <section aria-label={props.title}>
      <h3>
        {props.title} <small>{props.lines.length}</small>
      </h3>
      <ul className="home-list">
        {props.lines.map((line) => (
          <li key={line.id}>
            <div className="person">
              <b>{line.name}</b>
              <span>{line.about}</span>
              <span>{labels.when(momentOf(line.removedAt, props.timeZone), line.removedBy)}</span>
              <span />
              <button
                type="button"
                className="button"
                disabled={pending}
                aria-label={`${labels.restore}: ${line.name}`}
                onClick={() => void restore(props.kind, line.id)}
              >
                {labels.restore}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
