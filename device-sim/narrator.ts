import { Temporal } from 'temporal-polyfill';
import type { AlertEntryView, AlertView, HomeView, MessageView } from '#contracts/http/today.ts';
import type { Narration } from '#pact/text/narration.ts';
import type { MissReason } from '#pact/verdict.ts';
import type { MorningUpdate } from './board-client.ts';

export type Narrator = { see(update: MorningUpdate): void };

/** Of one moment: what somebody wrote, what it made happen, what was sent because of it. */
const TURN = { reply: 0, fact: 1, message: 2 } as const;
type Turn = (typeof TURN)[keyof typeof TURN];

/**
 * Tells the morning line by line from what the board shows, so that the terminal cannot know more than the
 * office does.
 */
export function createNarrator(words: Narration, timeZone: string, write: (line: string) => void): Narrator {
  const homes = new Map<string, HomeView>();
  const heard = new Set<string>();
  /** What one update tells; it is written in the order in which it happened. */
  let told: { turn: Turn; at: number; lines: string[] }[] = [];
  let swept = false;

  const timeOf = (instant: string) =>
    Temporal.Instant.from(instant)
      .toZonedDateTimeISO(timeZone)
      .toPlainTime()
      .toString({ smallestUnit: 'minute' });
  const tell = (turn: Turn, at: string, code: string | null, what: string, more: readonly string[] = []) =>
    told.push({
      turn,
      at: Date.parse(at),
      lines: [`${timeOf(at)}  ${code ? `${words.home(code)} ` : ''}${what}`, ...more],
    });

  const tellHome = (home: HomeView, before: HomeView | undefined, now: string) => {
    if (before && home.openTickets > before.openTickets)
      tell(TURN.fact, now, home.code, words.sensorNeedsVisit);
    if (!before || before.state === home.state) return;
    if (home.state === 'kept' && before.state === 'awaiting')
      tell(TURN.fact, home.proofAt ?? now, home.code, words.drewCurtain);
    else if (home.state === 'kept') {
      tell(TURN.fact, now, home.code, words.drewCurtainBefore({ at: timeOf(home.proofAt ?? now) }));
    } else if (home.state === 'kept_late')
      tell(TURN.fact, home.proofAt ?? now, home.code, words.drewCurtainLate);
  };

  const tellSweep = (now: string, missed: readonly HomeView[]) => {
    const all = [...homes.values()];
    const kept = all.filter((home) => home.state === 'kept').length;
    const excused = all.filter((home) => home.state === 'excused').length;
    const list = missed.map((home) => {
      const reason = words.reason[home.reason as MissReason] ?? home.reason;
      const place = `${home.building}${home.unit ?? ''}${home.room}`;
      return `       ${words.home(home.code)} ${place} ${home.salutation}  ${reason}`;
    });
    tell(
      TURN.fact,
      missed[0]?.deadlineAt ?? now,
      null,
      words.swept({ kept, missed: all.length - kept - excused, excused }),
      list,
    );
  };

  const tellEntry = (alert: AlertView, entry: AlertEntryView) => {
    const person = entry.person ?? '';
    const said = (what: string) => tell(TURN.fact, entry.at, alert.code, what);
    if (entry.kind === 'acknowledged') said(words.setOut({ person }));
    else if (entry.kind === 'passed') said(words.cannotGo({ person }));
    else if (entry.kind === 'acknowledgement_expired') said(words.promiseExpired({ person }));
    else if (entry.kind === 'emergency_called') said(words.emergency({ person }));
    else if (entry.kind === 'page_failed' && entry.detail.failure !== 'stood_down') {
      said(words.lost({ person, call: entry.detail.channel === 'voice' }));
    } else if (entry.kind === 'outcome_recorded') {
      said(words.outcome({ outcome: String(entry.detail.outcome), person: entry.person }));
    } else if (entry.kind === 'closed' && entry.detail.because === 'signal') said(words.closedBySignal);
  };

  const tellMessages = (messages: readonly MessageView[]) => {
    const fresh = messages.filter((message) => isTold(message) && !heard.has(message.id));
    for (const message of fresh) heard.add(message.id);
    // People paged or stood down for one home at one moment share a line.
    const groups = Map.groupBy(fresh, (message) =>
      message.kind === 'page' || message.kind === 'stand_down'
        ? `${message.kind}/${message.channel}/${message.alertId}/${message.createdAt}`
        : message.id,
    );
    for (const group of groups.values()) {
      const [first] = group;
      if (!first) continue;
      const name = (message: MessageView) =>
        words.person({ name: message.person ?? '?', kind: message.personKind });
      const { createdAt: at, code } = first;
      const people = group.map(name);
      if (first.kind === 'page' && first.channel === 'voice')
        tell(TURN.message, at, code, words.called({ people }));
      else if (first.kind === 'page') tell(TURN.message, at, code, words.paged({ people }));
      else if (first.kind === 'notice') {
        tell(TURN.message, at, code, words.notice({ person: name(first), text: first.text }));
      } else if (first.kind === 'stand_down')
        tell(TURN.message, at, code, words.stoodDown({ people: group.length }));
      else if (first.kind === 'reply')
        tell(TURN.reply, at, null, words.replied({ person: name(first), text: first.text }));
      // An answer that belongs to no alert is one to a reply that was not understood.
      else if (!first.alertId) tell(TURN.message, at, null, words.answered({ person: name(first) }));
    }
  };

  return {
    see({ now, homes: changed, alerts, messages }) {
      const before = new Map(changed.map((home) => [home.householdId, homes.get(home.householdId)]));
      for (const home of changed) homes.set(home.householdId, home);
      for (const home of changed) tellHome(home, before.get(home.householdId), now);
      const isJudged = [...homes.values()].every((home) => home.state !== 'awaiting');
      if (!swept && isJudged && homes.size > 0) {
        swept = true;
        tellSweep(
          now,
          [...homes.values()].filter((home) => home.state === 'missed' || home.state === 'going'),
        );
      }
      tellMessages(messages);
      for (const alert of alerts) {
        for (const entry of alert.timeline) {
          // By what it says and not by its place: a message's fate may be filed in before what is told already.
          const key = `${alert.id}/${entry.at}/${entry.kind}/${entry.person}`;
          if (!heard.has(key)) tellEntry(alert, entry);
          heard.add(key);
        }
      }
      told.sort((a, b) => a.at - b.at || a.turn - b.turn);
      for (const { lines } of told) lines.forEach(write);
      told = [];
    },
  };
}

/** What we send once a gateway has taken it, and whatever people write. */
const isTold = (message: MessageView): boolean => message.direction === 'in' || message.acceptedAt !== null;
