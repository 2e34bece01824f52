import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { RemovedView } from '#contracts/http/register/removed.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { RIGHTS_TEXT } from '#pact/text/board-rights.ts';
import { get, post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { placeOf } from '../facade/home-words.ts';
import { useServerTime } from '../today/clock.ts';
import { momentOf } from './moment.ts';
import { useRestore } from './use-restore.ts';

type Line = {
  id: string;
  name: string;
  about: string;
  removedAt: string;
  removedBy: string | null;
  eraseFrom: string;
};

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
  const { mayErase } = data;
  const shared = { timeZone: community.timeZone, mayErase };
  return (
    <>
      <p className="hint">{isEmpty ? labels.none : labels.lead}</p>
      <Part title={labels.homes} kind="households" lines={homes} {...shared} />
      <Part title={labels.residents} kind="residents" lines={residents} {...shared} />
      <Part title={labels.people} kind="stewards" lines={people} {...shared} />
    </>
  );
}

function Part(props: {
  title: string;
  kind: 'households' | 'residents' | 'stewards';
  lines: readonly Line[];
  timeZone: string;
  mayErase: boolean;
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
              <EraseWhen line={line} timeZone={props.timeZone} />
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
            {props.mayErase ? <Erase kind={props.kind} line={line} /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** From when on nobody is to know of them any more. */
function EraseWhen({ line, timeZone }: { line: Line; timeZone: string }) {
  const words = useTextOf(RIGHTS_TEXT).erase;
  const nowMs = useServerTime(60_000);
  const day = momentOf(line.eraseFrom, timeZone).slice(0, 10);
  return <span>{isDue(line, nowMs) ? words.due : words.from(day)}</span>;
}

/** For an administrator, once the time is over: said what goes and what stays, and then for good. */
function Erase({ kind, line }: { kind: string; line: Line }) {
  const words = useTextOf(RIGHTS_TEXT).erase;
  const queries = useQueryClient();
  const nowMs = useServerTime(60_000);
  const { run, pending } = useAction();
  const [asking, setAsking] = useState(false);
  if (!isDue(line, nowMs)) return null;
  async function erase() {
    await run(() => post(`/${kind}/${line.id}/erase`, {}), words.done);
    await queries.invalidateQueries({ queryKey: ['removed'] });
  }
  return (
    <div className="more">
      <button
        type="button"
        className="link"
        aria-expanded={asking}
        aria-label={`${words.button}: ${line.name}`}
        onClick={() => setAsking(!asking)}
      >
        {words.button}
      </button>
      {asking ? (
        <div className="amber box" role="alert">
          <p>{kind === 'households' ? words.lead(line.name) : words.leadPerson(line.name)}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void erase()}>
            {words.confirm}
          </button>
        </div>
      ) : null}
    </div>
  );
}

/** Without the service's clock nothing is due. */
const isDue = ({ eraseFrom }: Line, nowMs: number): boolean => nowMs > 0 && Date.parse(eraseFrom) <= nowMs;
