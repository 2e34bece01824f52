import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { CareDayView, CareItem } from '#contracts/http/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { addDays } from '../rota/week.ts';
import { dateOf } from '../today/local-time.ts';
import { AskSheet } from './ask-sheet.tsx';
import { CareRow } from './care-row.tsx';
import { StewardLink } from './steward-link.tsx';

/** One day, steward by steward, in the order in which they walk. */
export function CareDay({ community }: { community: CommunityView }) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const [date, setDate] = useState<string>();
  const [asking, setAsking] = useState<'must_visit' | 'service'>();
  const query = useQuery({
    queryKey: ['care', community.id, date],
    queryFn: ({ signal }) =>
      get<CareDayView>(`/care?community=${community.id}${date ? `&date=${date}` : ''}`, signal),
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
    refetchInterval: 15_000,
  });
  const shown = query.data?.date;
  const go = (days: number) => shown && setDate(addDays(shown, days));
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {words.title} <small>{shown ? dateOf(shown, common) : ''}</small>
          </h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.tabs.day}>
          <button type="button" className="button" onClick={() => go(-1)}>
            ‹ {words.earlier}
          </button>
          <button type="button" className="button" onClick={() => setDate(undefined)}>
            {words.today}
          </button>
          <button
            type="button"
            className="button"
            disabled={query.data && query.data.date >= query.data.today}
            onClick={() => go(1)}
          >
            {words.later} ›
          </button>
          <button type="button" className="button strong" onClick={() => setAsking('must_visit')}>
            {words.addMustVisit}
          </button>
          <button type="button" className="button" onClick={() => setAsking('service')}>
            {words.addService}
          </button>
        </nav>
      </header>
      <Loaded query={query} loading={words.loading}>
        {(day) => <Stewards day={day} communityId={community.id} />}
      </Loaded>
      {asking ? (
        <AskSheet kind={asking} communityId={community.id} onClose={() => setAsking(undefined)} />
      ) : null}
    </>
  );
}

const COLUMNS = ['home', 'what', 'state', 'act'] as const;

function Stewards({ day, communityId }: { day: CareDayView; communityId: string }) {
  const words = useTextOf(CARE_TEXT);
  const { items } = day;
  if (items.length === 0) {
    return (
      <section className="state">
        <h2>{words.emptyTitle}</h2>
        <p>{words.emptyLead}</p>
        <a className="button strong" href="#care/plans">
          {words.tabs.plans}
        </a>
      </section>
    );
  }
  const count = (state: CareItem['state']) => items.filter((item) => item.state === state).length;
  const late = items.filter((item) => item.state === 'open' && item.missedSince !== null).length;
  return (
    <>
      <p className={late + count('missed') > 0 ? 'amber box' : 'well box'} role="status">
        {words.summary(items.length - count('excused'), count('done'), count('missed'))}
        {late > 0 ? ` · ${words.late(late)}` : ''}
      </p>
      {byOwner(items).map(([ownerId, own]) => {
        const owner = own[0]?.owner;
        const left = own.filter((item) => item.state === 'open').length;
        return (
          <section key={ownerId ?? ''} className="care-steward" aria-label={owner ?? words.nobody}>
            <header>
              <h3>{owner ?? words.nobody}</h3>
              {day.date === day.today ? <small>{words.left(left)}</small> : null}
              {ownerId && owner ? (
                <StewardLink communityId={communityId} personId={ownerId} name={owner} />
              ) : null}
            </header>
            <table className="record-rows">
              <thead>
                <tr>
                  {COLUMNS.map((name) => (
                    <th key={name} scope="col">
                      {words.columns[name]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {own.map((item) => (
                  <CareRow key={item.id} item={item} day={day} />
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </>
  );
}

/** Homes that nobody goes to come first: they need somebody. */
function byOwner(items: readonly CareItem[]): [string | null, CareItem[]][] {
  const owners = new Map<string | null, CareItem[]>();
  for (const item of items) {
    const own = owners.get(item.ownerId);
    if (own) own.push(item);
    else owners.set(item.ownerId, [item]);
  }
  return [...owners].sort(
    ([a, [first]], [b, [second]]) =>
      Number(a !== null) - Number(b !== null) ||
      (first?.owner ?? '').localeCompare(second?.owner ?? '', 'zh-CN'),
  );
}
