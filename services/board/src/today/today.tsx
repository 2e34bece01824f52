import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { TodayView } from '#contracts/http/today.ts';
import { Alerts } from '../alerts/alerts.tsx';
import { useText } from '../app/language.ts';
import type { Shared } from '../app/page-name.ts';
import { Counts } from '../facade/counts.tsx';
import { Facade } from '../facade/facade.tsx';
import { HomeRows } from '../facade/home-rows.tsx';
import { HomeSheet } from '../facade/home-sheet.tsx';
import type { Filter } from '../facade/look.ts';
import { EVERYTHING, narrow } from '../facade/narrow.ts';
import { type Layout, NarrowBar } from '../facade/narrow-bar.tsx';
import { Messages } from '../messages/messages.tsx';
import { Header } from './header.tsx';
import { clockOf } from './local-time.ts';
import { NoHomes, Problem, Skeleton } from './states.tsx';
import { useLiveToday } from './use-live-today.ts';
import { Warnings } from './warnings.tsx';

/** Before the first import: how homes come, and already the ways out and in. */
export function NoCommunity(shared: Shared) {
  return (
    <div className="board">
      <Header page="today" today={undefined} communityId="" liveness={{ state: 'connecting' }} {...shared} />
      <NoHomes />
    </div>
  );
}

/** The morning of one community. */
export function Today({ community, ...shared }: Shared & { community: CommunityView }) {
  const words = useText();
  const { today: query, liveness } = useLiveToday(community.id);
  const today = query.data;

  useEffect(() => {
    const open = today?.alerts.length ?? 0;
    document.title = `${open > 0 ? `(${open}) ` : ''}${words.name}`;
  }, [today?.alerts.length, words]);

  return (
    <div className="board" data-dropped={liveness.state === 'dropped' || undefined}>
      {today && today.homes.length > 0 ? (
        <a className="skip" href="#alerts">
          {words.skip}
        </a>
      ) : null}
      <Header page="today" today={today} communityId={community.id} liveness={liveness} {...shared} />
      {liveness.state === 'dropped' && today ? (
        <div className="not-live" role="alert">
          <b>
            {words.notLive(clockOf(Math.max(liveness.since ?? 0, Date.parse(today.now)), community.timeZone))}
          </b>
          <span>{words.notLiveHint}</span>
          <button type="button" className="button" onClick={liveness.retry}>
            {words.reconnect}
          </button>
        </div>
      ) : null}
      {today ? <Warnings today={today} /> : null}
      {today ? (
        <Morning today={today} community={community} />
      ) : query.isError ? (
        <Problem problem={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton />
      )}
    </div>
  );
}

/** Where this machine remembers how somebody likes the homes to be shown. */
const LAYOUT = 'pact.layout';

function Morning({ today, community }: { today: TodayView; community: CommunityView }) {
  const words = useText();
  const [filter, setFilter] = useState<Filter>('enrolled');
  const [openHome, setOpenHome] = useState<string>();
  const [narrowing, setNarrowing] = useState(EVERYTHING);
  const homes = useMemo(() => narrow(today.homes, narrowing), [today.homes, narrowing]);
  const [layout, setLayout] = useState<Layout>(() =>
    localStorage.getItem(LAYOUT) === 'list' ? 'list' : 'facade',
  );
  function changeLayout(next: Layout) {
    localStorage.setItem(LAYOUT, next);
    setLayout(next);
  }
  const open = useCallback((id: string) => setOpenHome(id), []);
  const home = today.homes.find((one) => one.householdId === openHome);
  const begun = today.homes.some((one) => one.state !== 'unprotected');

  function showAlert(alertId: string) {
    setOpenHome(undefined);
    // The dialog first hands the focus back; then the alert takes it.
    requestAnimationFrame(() => {
      const card = document.getElementById(`alert-${alertId}`);
      card?.scrollIntoView({ block: 'center' });
      card?.focus();
    });
  }

  if (today.homes.length === 0) return <NoHomes />;
  return (
    <main className="morning">
      <Counts today={today} filter={filter} onFilter={setFilter} />
      <div className="beside">
        <Alerts today={today} emergencyNumber={community.emergencyNumber} />
        <Messages messages={today.messages} timeZone={today.timeZone} />
      </div>
      <div className="homes">
        {begun ? null : <p className="hint box">{words.facade.notOpened}</p>}
        {filter === 'enrolled' ? null : (
          <p className="filtered" role="status">
            <b>{words.facade.filtered(words.counts[filter])}</b>
            <button type="button" className="link" onClick={() => setFilter('enrolled')}>
              {words.facade.showAll}
            </button>
          </p>
        )}
        <NarrowBar
          homes={today.homes}
          shown={homes.length}
          narrowing={narrowing}
          onNarrow={setNarrowing}
          layout={layout}
          onLayout={changeLayout}
        />
        {layout === 'list' ? (
          <HomeRows homes={homes} timeZone={today.timeZone} filter={filter} onOpen={open} />
        ) : (
          <Facade homes={homes} timeZone={today.timeZone} filter={filter} onOpen={open} />
        )}
      </div>
      {home ? (
        <HomeSheet home={home} today={today} onClose={() => setOpenHome(undefined)} onAlert={showAlert} />
      ) : null}
    </main>
  );
}
