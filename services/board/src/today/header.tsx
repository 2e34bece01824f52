import type { CommunityView } from '#contracts/http/account.ts';
import type { TodayView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { LanguageSwitch } from '../app/language-switch.tsx';
import { PAGE_NAMES, type PageName } from '../app/page-name.ts';
import { pagesOf, useSession } from '../app/session.tsx';
import { useServerTime } from './clock.ts';
import { deadlinesOf, nextDeadlineOf } from './deadlines.ts';
import { clockOf, dateOf } from './local-time.ts';
import type { Liveness } from './use-live-today.ts';

type Props = {
  today: TodayView | undefined;
  communities: readonly CommunityView[];
  communityId: string;
  liveness: Liveness;
  /** The page that it stands on. */
  page: PageName;
  onCommunity: (id: string) => void;
  /** Only for who may manage them. */
  onAccounts: (() => void) | undefined;
  onSignOut: () => void;
  onSignOutEverywhere: () => void;
};

/** On a phone the pages are wider than the screen: the one that is open is shown. */
const bringIntoSight = (link: HTMLElement | null) =>
  link?.scrollIntoView({ block: 'nearest', inline: 'center' });

/** Which community, which day, what was agreed, and whether what follows is live. */
export function Header({
  today,
  communities,
  communityId,
  liveness,
  page,
  onCommunity,
  onAccounts,
  onSignOut,
  onSignOutEverywhere,
}: Props) {
  const words = useText();
  const pages = pagesOf(useSession().role);
  const unfinished = today?.homes.filter(({ missing }) => missing.length > 0).length ?? 0;
  return (
    <header className="head">
      <h1>
        <b>{words.name[0]}</b>
        {words.name.slice(1)}
      </h1>
      <div className="where">
        {communities.length > 1 ? (
          <select
            aria-label={words.community}
            value={communityId}
            onChange={(event) => onCommunity(event.target.value)}
          >
            {communities.map((community) => (
              <option key={community.id} value={community.id}>
                {community.name}
              </option>
            ))}
          </select>
        ) : (
          <span>{communities[0]?.name}</span>
        )}
        {today ? <span>{dateOf(today.date, words)}</span> : null}
        {today && today.homes.length > 0 ? <Deadlines today={today} /> : null}
      </div>
      <div className="tools">
        {today ? <Live today={today} liveness={liveness} /> : null}
        <LanguageSwitch />
        {onAccounts ? (
          <button type="button" className="link" onClick={onAccounts}>
            {words.accounts.open}
          </button>
        ) : null}
        <button type="button" className="link" onClick={onSignOut}>
          {words.signOut}
        </button>
        <button
          type="button"
          className="link"
          title={words.signOutEverywhereHint}
          onClick={onSignOutEverywhere}
        >
          {words.signOutEverywhere}
        </button>
      </div>
      <nav className="pages" aria-label={words.pagesLabel}>
        {PAGE_NAMES.filter((name) => pages.includes(name)).map((name) => (
          <a
            key={name}
            href={`#${name}`}
            aria-current={name === page ? 'page' : undefined}
            ref={name === page ? bringIntoSight : undefined}
          >
            {words.pages[name]}
            {name === 'enrol' && unfinished > 0 ? (
              <b className="badge" title={words.unfinished(unfinished)}>
                {unfinished}
              </b>
            ) : null}
          </a>
        ))}
      </nav>
    </header>
  );
}

function Deadlines({ today }: { today: TodayView }) {
  const words = useText();
  const nowMs = useServerTime();
  const times = deadlinesOf(today.homes, today.timeZone).join(words.listJoin);
  const next = nextDeadlineOf(today.homes, nowMs);
  const sayRemaining = (ms: number) => words.remaining(Math.floor(ms / 60_000), Math.floor(ms / 1000) % 60);
  return (
    <>
      {times ? <span>{words.deadlines(times)}</span> : null}
      {next === undefined ? null : <span className="remaining">{sayRemaining(next - nowMs)}</span>}
    </>
  );
}

function Live({ today, liveness }: { today: TodayView; liveness: Liveness }) {
  const words = useText();
  const nowMs = useServerTime();
  if (liveness.state === 'connecting') return <span className="live">{words.connecting}</span>;
  if (liveness.state === 'dropped') return null;
  return (
    <span className="live" data-live>
      {words.live} <time>{clockOf(nowMs, today.timeZone)}</time>
      {today.clockSpeed > 1 ? <small>{words.speed(today.clockSpeed)}</small> : null}
    </span>
  );
}
