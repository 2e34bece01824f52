import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { AlertView, TodayView } from '#contracts/http/today.ts';
import { WALL_TEXT } from '#pact/text/board-wall.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import type { PageProps } from '../app/page-name.ts';
import { useSession } from '../app/session.tsx';
import { useAction } from '../app/use-action.ts';
import { reasonOf } from '../facade/home-words.ts';
import { lookOf } from '../facade/look.ts';
import { useServerTime } from '../today/clock.ts';
import { nextDeadlineOf } from '../today/deadlines.ts';
import { clockOf, dateOf, spanOf, timeOf } from '../today/local-time.ts';
import { byUrgency } from '../today/merge.ts';
import { type Liveness, useLiveToday } from '../today/use-live-today.ts';
import { useAlarm, useWakeLock } from './use-alarm.ts';
import '../style/wall.css';

/** As many reds as a screen has room for; the others are counted. */
const MOST_REDS = 8;
const NONE: readonly AlertView[] = [];

/** The morning for a wall: dark, large, without a touch, for days. It says when it is not live. */
export default function WallPage({ community, onSignOut }: PageProps) {
  const words = useTextOf(WALL_TEXT);
  const { today: query, liveness } = useLiveToday(community.id);
  const today = query.data;
  const alerts = today?.alerts ?? NONE;
  const reds = useMemo(() => alerts.map(({ id }) => id), [alerts]);
  const { isOn, turnOn } = useAlarm(reds);
  useWakeLock();
  const { role } = useSession();
  const queries = useQueryClient();
  const { run, pending } = useAction();
  const hang = () =>
    run(async () => {
      await post('/session/wall', {});
      await queries.invalidateQueries({ queryKey: ['session'] });
    }, words.hung);
  useEffect(() => {
    document.title = words.title;
  }, [words]);
  return (
    <main className="wall" data-dropped={liveness.state === 'dropped' || undefined}>
      {today ? <Head today={today} liveness={liveness} /> : <p className="wall-big">{words.loading}</p>}
      {liveness.state === 'dropped' ? <NotLive liveness={liveness} timeZone={community.timeZone} /> : null}
      {today ? (
        <div className="wall-body">
          <Windows today={today} />
          <Reds today={today} />
        </div>
      ) : null}
      <footer>
        {isOn ? null : (
          <button type="button" onClick={turnOn}>
            <b>{words.soundOff}</b> · {words.start}
          </button>
        )}
        {role === 'wall' ? (
          <button type="button" onClick={onSignOut}>
            {words.takeDown}
          </button>
        ) : (
          <>
            <button type="button" disabled={pending} title={words.hangLead} onClick={() => void hang()}>
              <b>{words.hang}</b> · {words.hangLead}
            </button>
            <a href="#today">{words.leave}</a>
          </>
        )}
      </footer>
    </main>
  );
}

function Head({ today, liveness }: { today: TodayView; liveness: Liveness }) {
  const common = useText();
  const words = useTextOf(WALL_TEXT);
  const nowMs = useServerTime();
  const next = nextDeadlineOf(today.homes, nowMs);
  const { counts, canary } = today;
  const tiles = [
    ['enrolled', counts.enrolled],
    ['kept', counts.kept + counts.keptLate],
    ['missed', counts.unresolved],
    ['visited', counts.visited],
    ['awaiting', counts.awaiting],
    ['excused', counts.excused],
  ] as const;
  return (
    <header>
      <div>
        <h1>{today.community}</h1>
        <p>{dateOf(today.date, common)}</p>
        {canary ? <p data-canary={canary.state}>{words.canary[canary.state]}</p> : null}
      </div>
      <ul>
        {tiles.map(([name, count]) => (
          <li key={name} data-name={name} data-some={count > 0 || undefined}>
            <b>{count}</b> {common.counts[name]}
          </li>
        ))}
      </ul>
      <div>
        <time data-live={liveness.state === 'live' || undefined}>{clockOf(nowMs, today.timeZone)}</time>
        {next === undefined ? null : <p>{words.next(timeOf(next, today.timeZone), spanOf(next - nowMs))}</p>}
      </div>
    </header>
  );
}

function NotLive({
  liveness,
  timeZone,
}: {
  liveness: Extract<Liveness, { state: 'dropped' }>;
  timeZone: string;
}) {
  const words = useTextOf(WALL_TEXT);
  return (
    <div className="wall-not-live" role="alert">
      <b>{words.notLive(liveness.since === undefined ? '—' : clockOf(liveness.since, timeZone))}</b>
      <span>{words.notLiveLead}</span>
    </div>
  );
}

/** Every home as a small window with its number. */
function Windows({ today }: { today: TodayView }) {
  const common = useText();
  const nowMs = useServerTime(10_000);
  const dense = today.homes.length > 150;
  return (
    <ul className="wall-windows" data-dense={dense || undefined}>
      {today.homes.map((home) => {
        const { tone, picture } = lookOf(home, nowMs);
        return (
          <li
            key={home.householdId}
            data-tone={tone}
            data-unknown={picture === 'unknown' || undefined}
            title={common.looks[tone]}
          >
            {home.code}
          </li>
        );
      })}
    </ul>
  );
}

function Reds({ today }: { today: TodayView }) {
  const common = useText();
  const words = useTextOf(WALL_TEXT);
  const nowMs = useServerTime();
  const alerts = [...today.alerts].sort(byUrgency);
  const { counts } = today;
  const isQuiet = counts.awaiting === 0 && counts.unresolved === 0 && counts.enrolled > 0;
  if (alerts.length === 0) {
    return (
      <section className="wall-reds">
        <p className="wall-big">{isQuiet ? words.well : words.noReds}</p>
      </section>
    );
  }
  return (
    <section className="wall-reds" aria-live="polite">
      <ol>
        {alerts.slice(0, MOST_REDS).map((alert) => (
          <li key={alert.id} data-tone={alert.emergencyAt ? 'emergency' : alert.status}>
            <b>
              {common.home.code(alert.code)} {alert.salutation}
            </b>
            <span>{alert.place}</span>
            <small>{reasonOf(alert.reason, common)}</small>
            <em>
              {alert.status === 'acknowledged'
                ? (alert.arrivedAt ? words.arrived : words.going)(
                    alert.acknowledgedBy ?? common.alerts.somebody,
                  )
                : words.waiting}{' '}
              · {words.since(spanOf(nowMs - Date.parse(alert.deadlineAt)))}
            </em>
          </li>
        ))}
      </ol>
      {alerts.length > MOST_REDS ? <p className="wall-big">{words.more(alerts.length - MOST_REDS)}</p> : null}
    </section>
  );
}
