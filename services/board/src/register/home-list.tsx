import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { FoundHousehold } from '#contracts/http/register/household.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';
import { placeOf } from '../facade/home-words.ts';

const PAGE = 60;
type Found = { items: FoundHousehold[]; total: number };

/** Homes, narrowed by whatever is typed. What was typed is there again on the way back from a home. */
export function HomeList({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const { draft, change } = useDraft(`pact.register.${communityId}`, { question: '' });
  const [limit, setLimit] = useState(PAGE);
  const question = useDeferredValue(draft.question.trim());
  const query = useQuery({
    queryKey: ['households', communityId, question, limit],
    queryFn: () => post<Found>('/households/search', { community: communityId, question, limit }),
    placeholderData: keepPreviousData,
  });
  const found = query.data;
  return (
    <>
      <div className="find">
        <Field
          label={words.search}
          hint={words.searchHint}
          type="search"
          autoComplete="off"
          value={draft.question}
          onChange={(event) => {
            change({ question: event.target.value });
            setLimit(PAGE);
          }}
        />
        <a className="button" href="#enrol/new">
          {words.toEnrol}
        </a>
      </div>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {!found ? (
        query.isError ? null : (
          <p className="hint" role="status">
            {words.loading}
          </p>
        )
      ) : found.total === 0 && question === '' ? (
        <section className="state">
          <h2>{words.emptyTitle}</h2>
          <p>{words.emptyLead}</p>
          <p className="actions">
            <a className="button strong" href="#enrol/new">
              {words.toEnrol}
            </a>
            <a className="button" href="#exchange">
              {words.toSheet}
            </a>
          </p>
        </section>
      ) : (
        <>
          <p className="hint" role="status">
            {found.total === 0 ? words.nobody : words.found(found.total)}
          </p>
          <ul className="home-list">
            {found.items.map((home) => (
              <li key={home.id}>
                <a href={`#register/${home.id}`}>
                  <b>{words.code(home.code)}</b>
                  <span>
                    {home.salutation} <small>{home.residents?.join('、')}</small>
                  </span>
                  <span>{placeOf(home, common)}</span>
                  <span>{home.grid}</span>
                  <span>{home.steward ? words.steward(home.steward) : words.noSteward}</span>
                </a>
              </li>
            ))}
          </ul>
          {found.items.length < found.total && limit < 200 ? (
            <button type="button" className="button" onClick={() => setLimit(200)}>
              {words.more}
            </button>
          ) : null}
        </>
      )}
    </>
  );
}
