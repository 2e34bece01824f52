import { useQuery } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { RetentionView } from '#contracts/http/retention.ts';
import { RETENTION_KINDS } from '#pact/retention.ts';
import { RIGHTS_TEXT } from '#pact/text/board-rights.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Fact, Section } from '../register/section.tsx';
import { dateOf } from '../today/local-time.ts';
import { Listed } from './listed.tsx';

/** For how long what is kept, what the last nights have removed, and who is to be taken out of the register. */
export function Retention({ community }: { community: CommunityView }) {
  const words = useTextOf(RIGHTS_TEXT).retention;
  const query = useQuery({
    queryKey: ['retention', community.id],
    queryFn: async () => [await get<RetentionView>(`/retention?community=${community.id}`)],
    staleTime: 0,
  });
  return (
    <Section title={words.title}>
      <p className="hint">{words.lead}</p>
      <Listed query={query} none="">
        {([view]) => (view ? <Kept view={view} /> : null)}
      </Listed>
    </Section>
  );
}

function Kept({ view: { keepDays, runs, overdue } }: { view: RetentionView }) {
  const common = useText();
  const words = useTextOf(RIGHTS_TEXT).retention;
  const names = Object.keys(words.keeps) as (keyof typeof words.keeps)[];
  const saidOf = (removed: Readonly<Record<string, number>>) =>
    RETENTION_KINDS.filter((kind) => (removed[kind] ?? 0) > 0)
      .map((kind) => words.counted(words.kinds[kind], removed[kind] ?? 0))
      .join(common.listJoin);
  return (
    <>
      <dl className="facts">
        {names.map((name) => (
          <Fact key={name} name={words.keeps[name]}>
            {words.days(keepDays[name])}
          </Fact>
        ))}
      </dl>
      {overdue.length > 0 ? (
        <div className="amber box">
          <p>{words.overdue}</p>
          <ul>
            {overdue.map(({ householdId, code, salutation, endedOn }) => (
              <li key={householdId}>
                <a href={`#register/${householdId}`}>
                  {words.overdueHome(code, salutation, dateOf(endedOn, common))}
                </a>
              </li>
            ))}
          </ul>
          <p>{words.overdueLead}</p>
        </div>
      ) : null}
      <h4>{words.runs}</h4>
      {runs.length === 0 ? <p className="hint">{words.noRuns}</p> : null}
      <ul className="lines">
        {runs.map(({ on, completedAt, removed }) => (
          <li key={on}>
            <small>
              {dateOf(on, common)} {completedAt ? null : words.underWay}
            </small>{' '}
            <span>{saidOf(removed) || words.nothing}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
