import { useCallback, useEffect, useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { TodayView } from '#contracts/http/today.ts';
import { Alerts } from '../alerts/alerts.tsx';
import { useText } from '../app/language.ts';
import type { Shared } from '../app/page-name.ts';
import { useDraft } from '../app/use-draft.ts';
import { Counts } from '../facade/counts.tsx';
import { HomeSheet } from '../facade/home-sheet.tsx';
import { Shapes } from '../facade/pictures.tsx';
import { Messages } from '../messages/messages.tsx';
import { Homes } from '../views/homes.tsx';
import { EVERYTHING } from '../views/narrowing.ts';
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

function Morning({ today, community }: { today: TodayView; community: CommunityView }) {
  const words = useText();
  // What is looked at stays in this tab alone: names stand in no address and outlive no session.
  const { draft: narrowing, change: narrow } = useDraft(`pact.narrowing.${community.id}`, EVERYTHING);
  const [openHome, setOpenHome] = useState<string>();
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
      <Shapes />
      <Counts today={today} filter={narrowing.state} onFilter={(state) => narrow({ state })} />
      <div className="beside">
        <Alerts today={today} emergencyNumber={community.emergencyNumber} />
        <Messages messages={today.messages} timeZone={today.timeZone} />
      </div>
      <div className="homes">
        {begun ? null : <p className="hint box">{words.facade.notOpened}</p>}
        <Homes today={today} narrowing={narrowing} onNarrow={narrow} onOpen={open} />
      </div>
      {home ? (
        <HomeSheet home={home} today={today} onClose={() => setOpenHome(undefined)} onAlert={showAlert} />
      ) : null}
    </main>
  );
}
