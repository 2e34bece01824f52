import { useQuery } from '@tanstack/react-query';
import type { UnfinishedHome } from '#contracts/http/register/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { placeOf } from '../facade/home-words.ts';
import { NewHome } from './new-home.tsx';
import { Path } from './path.tsx';
import '../style/enrol.css';

/** From a home in the register to one that is protected: which are left, and the guided path of one. */
export default function EnrolPage(props: PageProps) {
  const words = useTextOf(ENROL_TEXT);
  const [which] = props.rest;
  return (
    <PageFrame page="enrol" title={words.title} shared={props}>
      {which === undefined ? (
        <Unfinished communityId={props.community.id} />
      ) : which === 'new' ? (
        <NewHome community={props.community} />
      ) : (
        <Path key={which} householdId={which} community={props.community} />
      )}
    </PageFrame>
  );
}

function Unfinished({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT);
  const query = useQuery({
    queryKey: ['enrolments', communityId],
    queryFn: async ({ signal }) =>
      (await get<{ items: UnfinishedHome[] }>(`/enrolments?community=${communityId}`, signal)).items,
    refetchInterval: 30_000,
  });
  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="button strong" href="#enrol/new">
            {words.add}
          </a>
        </nav>
      </header>
      {query.data ? (
        <UnfinishedList homes={query.data} />
      ) : query.isError ? (
        <section className="state">
          <h2>{words.failed}</h2>
          <ProblemNote problem={query.error} />
          <button type="button" className="button strong" onClick={() => void query.refetch()}>
            {common.retry}
          </button>
        </section>
      ) : (
        <section className="state" aria-busy="true">
          <p role="status">{words.loading}</p>
        </section>
      )}
    </>
  );
}

function UnfinishedList({ homes }: { homes: readonly UnfinishedHome[] }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT);
  if (homes.length === 0) {
    return (
      <section className="state">
        <h2>{words.allDoneTitle}</h2>
        <p>{words.allDoneLead}</p>
      </section>
    );
  }
  return (
    <>
      <p className="amber box" role="status">
        {common.unfinished(homes.length)}
      </p>
      <ul className="unfinished">
        {homes.map((home) => (
          <li key={home.householdId}>
            <span>
              <b>{words.code(home.code)}</b> {home.salutation} <small>{placeOf(home, common)}</small>
            </span>
            <span className="lacks">
              {home.missing.map((step) => (
                <i key={step}>{common.missing[step]}</i>
              ))}
            </span>
            <a
              className="button"
              href={`#enrol/${home.householdId}`}
              aria-label={`${words.goOn}: ${words.code(home.code)} ${home.salutation}`}
            >
              {words.goOn}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
