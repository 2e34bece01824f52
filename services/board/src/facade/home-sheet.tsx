import { type ReactNode, useState } from 'react';
import type { HomeView, TodayView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { OutcomeSheet } from '../alerts/outcome-sheet.tsx';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useIsOffice } from '../app/session.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useServerTime } from '../today/clock.ts';
import { agoOf, timeOf, timeOnDay } from '../today/local-time.ts';
import { placeOf, reasonOf } from './home-words.ts';
import { lookOf } from './look.ts';
import { WindowPicture } from './pictures.tsx';

type Props = { home: HomeView; today: TodayView; onClose: () => void; onAlert: (alertId: string) => void };

/** One home: what is known of it today, and the word of somebody who has just seen the person. */
export function HomeSheet({ home, today, onClose, onAlert }: Props) {
  const words = useText();
  const nowMs = useServerTime();
  const isOffice = useIsOffice();
  const [asking, setAsking] = useState(false);
  const [correcting, setCorrecting] = useState(false);
  const { run, pending, problem } = useAction('inline');
  const look = lookOf(home, nowMs);
  const { timeZone, date } = today;
  const alert = today.alerts.find((one) => one.householdId === home.householdId);
  const mayBeSeen =
    home.lookIn !== null || (home.state !== 'kept' && home.state !== 'excused' && home.state !== 'visited');

  async function seen() {
    const path = `/households/${home.householdId}/signals`;
    if (await run(() => post(path, { kind: 'seen' }), words.home.seenDone(home.salutation))) onClose();
  }

  return (
    <Sheet title={`${words.home.code(home.code)} · ${placeOf(home, words)}`} kind="drawer" onClose={onClose}>
      <div className="home-head">
        <span className="sample large" data-tone={look.tone}>
          <WindowPicture picture={look.picture} tone={look.tone} />
        </span>
        <div>
          <p className="salutation">{home.salutation}</p>
          <p className="verdict" data-tone={look.tone}>
            {words.looks[look.tone]}
          </p>
        </div>
      </div>
      {home.reason ? <p className="lead">{reasonOf(home.reason, words)}</p> : null}
      {home.lateFrom && look.tone === 'unusual' ? (
        <p className="lead">{words.home.unusual(timeOf(home.lateFrom, timeZone))}</p>
      ) : null}
      {home.lookIn ? (
        <p className="amber box">{words.home.lookIn(timeOnDay(home.lookIn, timeZone, date))}</p>
      ) : null}
      {home.missing.length > 0 ? (
        <p className="amber box">
          {words.home.missing(home.missing.map((step) => words.missing[step]).join(words.listJoin))}{' '}
          {isOffice ? <a href={`#enrol/${home.householdId}`}>{words.home.goOn}</a> : null}
        </p>
      ) : null}
      {home.outcome ? <p className="lead">{words.home.outcome(outcomeOf(home.outcome, words))}</p> : null}
      {home.proofAt ? <p className="lead">{words.home.proof(timeOf(home.proofAt, timeZone))}</p> : null}
      <dl className="facts">
        <Fact name={words.home.steward}>{home.steward ?? words.home.noSteward}</Fact>
        <Fact name={words.home.deadline}>
          {home.deadlineAt ? timeOf(home.deadlineAt, timeZone) : words.home.none}
        </Fact>
        <Fact name={words.home.curtain}>{words.home.curtains[home.curtain]}</Fact>
        <Fact name={words.home.lastSeen}>
          {home.lastSeenAt
            ? `${timeOnDay(home.lastSeenAt, timeZone, date)} · ${agoOf(home.lastSeenAt, nowMs, words)}`
            : words.home.never}
        </Fact>
        <Fact name={words.home.battery}>{home.battery === null ? words.home.none : `${home.battery}%`}</Fact>
        <Fact name={words.home.tickets}>
          {words.home.ticketCount(home.openTickets)}{' '}
          {home.openTickets > 0 && isOffice ? (
            <a href={`#sensors/home/${home.householdId}`}>{words.home.toTickets}</a>
          ) : null}
        </Fact>
        {home.unread ? (
          <Fact name={words.home.unread}>
            {words.home.unreadCount(home.unread.count, unreadOf(home.unread.lastReason, words))}
          </Fact>
        ) : null}
        <Fact name={words.home.grid}>{home.grid}</Fact>
      </dl>
      <div className="actions">
        {alert ? (
          <button type="button" className="button" onClick={() => onAlert(alert.id)}>
            {words.home.toAlert}
          </button>
        ) : null}
        {mayBeSeen && !asking ? (
          <button type="button" className="button strong" onClick={() => setAsking(true)}>
            {words.home.seen}
          </button>
        ) : null}
      </div>
      {home.state === 'visited' && home.alertId && isOffice ? (
        <Mistaken
          alert={{ id: home.alertId, place: placeOf(home, words), salutation: home.salutation }}
          correcting={correcting}
          onCorrect={setCorrecting}
        />
      ) : null}
      {mayBeSeen && asking ? (
        <div className="ask">
          <p>{(home.lookIn ? words.home.lookInAsk : words.home.seenAsk)(home.salutation)}</p>
          <ProblemNote problem={problem} />
          <div className="actions">
            <button
              type="button"
              className="button strong"
              aria-busy={pending}
              disabled={pending}
              onClick={seen}
            >
              {words.home.seenYes}
            </button>
            <button type="button" className="button" onClick={() => setAsking(false)}>
              {words.cancel}
            </button>
          </div>
        </div>
      ) : null}
    </Sheet>
  );
}

const outcomeOf = (outcome: string, words: BoardText): string =>
  words.outcomes[outcome as keyof typeof words.outcomes] ?? outcome;

const unreadOf = (reason: string, words: BoardText): string =>
  words.unreadReasons[reason as keyof typeof words.unreadReasons] ?? reason;

type MistakenProps = {
  alert: { id: string; place: string; salutation: string };
  correcting: boolean;
  onCorrect: (correcting: boolean) => void;
};

/** What was recorded may be wrong: another outcome, or nobody was seen after all. */
function Mistaken({ alert, correcting, onCorrect }: MistakenProps) {
  const words = useText();
  const { run, pending } = useAction();
  const reopen = () => void run(() => post(`/alerts/${alert.id}/reopen`, {}), words.alerts.done.reopen);
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => onCorrect(true)}>
        {words.outcome.correct}
      </button>
      <button type="button" className="button danger" aria-busy={pending} disabled={pending} onClick={reopen}>
        {words.outcome.mistaken}
      </button>
      {correcting ? <OutcomeSheet alert={alert} isCorrection onClose={() => onCorrect(false)} /> : null}
    </div>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
