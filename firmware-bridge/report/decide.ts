import type { Contact, Decision, DeviceState, Message, Report } from './device-state.ts';

/** What of a device's settings decides. */
export type Rules = {
  polarityKnown: boolean;
  openPercent: number;
  closedPercent: number;
  motorCounts: boolean;
};

/** A device's or a network's time is believed within these bounds of its receipt (DESIGN §6). Milliseconds. */
const OLDEST_MS = 48 * 3_600_000;
const NEWEST_MS = 2 * 60_000;

/** A clock that says less was never set: it counts from its own start. */
const FIRST_TIME = Date.UTC(2020, 0, 1);

/** Life is told no more often than this; what happened is told at once. Milliseconds. */
const HEARTBEAT_MS = 60_000;

const MINUTE_MS = 60_000;

/** By the clocks of a device and of its network one opening may be so far apart. Milliseconds. */
const SAME_MS = 2 * MINUTE_MS;
/** So many openings are remembered. */
const MOST_OPENINGS = 32;

/** What a device that knows of its battery only that it is low is told to have: little enough for a ticket. */
const LOW_PERCENT = 10;

/**
 * What one report of a device comes to, by what was known of it (docs/adr/0015):
 * - an opening is said only where the stored state was closed, or a counter of openings rose, and this report was
 *   heard live;
 * - the first report ever, a replayed one, and the first after the gateway's restart show how things stand, no more; nor
 *   does the change back where such a one contradicts what was known before;
 * - where messages were lost in between, the change may be as old as the last one heard and is dated so: an opening of
 *   last night never proves this morning;
 * - what a device had buffered is said with its own times.
 */
export function decide(state: DeviceState, report: Report, rules: Rules): Decision {
  const { reading } = report;
  const now = timeOf(report);
  if (isLate(state, report, now))
    return { state, messages: [], became: 'nothing', missed: 0, restarted: false };
  const restarted = hasRestarted(state, report);
  const isSnapshot = report.retained || state.contact === null || report.gatewayLife !== state.gatewayLife;
  const next: DeviceState = { ...state };
  const messages: Message[] = [];
  const battery = reading.battery ?? (reading.batteryLow === true ? LOW_PERCENT : null);
  const say = (type: Message['type'], at: number | null, snapshot = false): void => {
    const counts = type !== 'heartbeat';
    if (counts) next.seq += 1;
    messages.push({
      type,
      at,
      seq: counts ? next.seq : null,
      position: type === 'opened' || type === 'closed' ? restingPosition(report) : null,
      battery,
      rssi: report.rssi,
      firmware: reading.firmware,
      snapshot,
    });
  };
  const sayContact = (contact: Contact, at: number, snapshot = false): void => {
    if (!rules.polarityKnown) return;
    say(contact === 'open' ? 'opened' : 'closed', at, snapshot);
    next.toldContact = contact;
  };
  const remember = (at: number, isCertain: boolean): void => {
    next.heardOpen = [...next.heardOpen.slice(1 - MOST_OPENINGS), { at, until: at, isCertain }];
  };

  for (const { at, contact, changes, since } of recordsOf(state, report)) {
    // What had no answer stands there as well, and between two records stands what was heard.
    const isKnown = next.heardOpen.some(
      (heard) => heard.at >= since - SAME_MS && heard.at <= at + (heard.isCertain ? SAME_MS : -SAME_MS),
    );
    if (changes && !(contact === 'open' && isKnown)) {
      // It was shut and opened again between words that all said open.
      const wasHeard = next.heardOpen.some((heard) => heard.at < since && heard.until > since);
      sayContact(contact, contact === 'open' && wasHeard ? since : at);
      if (contact === 'open') {
        remember(at, true);
        // The next word that we take counts it as well.
        if (next.openings !== null && at > (state.contactAt ?? 0)) next.openings += 1;
      }
    }
    if (at > (next.contactAt ?? 0)) Object.assign(next, { contact, contactAt: at, doubt: null });
    next.historyAt = at;
  }

  const contact = contactOf(next, report, rules);
  const knownAt = Math.min(next.contactAt ?? now, now);
  const hasGap = restarted || mayHaveMissed(next, report);
  const rise = isSnapshot || restarted ? 0 : riseOf(next.openings, reading.openings);
  let became: Decision['became'] = 'nothing';
  let missed = 0;
  if (contact !== null) {
    const changes = contact !== next.contact;
    const isUnheard = rise > 0 && !(changes && contact === 'open');
    const mayBeNone = changes && rise === 0 && next.doubt !== null;
    if (isSnapshot || mayBeNone || !isBySomebody(state, report, rules)) {
      if (changes || contact !== next.toldContact) sayContact(contact, now, true);
    } else {
      if (isUnheard) sayContact('open', knownAt);
      if (changes || contact !== next.toldContact) {
        const at = changes ? whenChanged(report, now, hasGap ? knownAt : now, knownAt) : now;
        sayContact(contact, at, !changes && !isUnheard);
      }
    }
    // One that is dated by the last word before it may be told again, by a device that remembers when it was.
    const isCertain = isSnapshot || !hasGap || reading.minutesSince !== null;
    if (contact === 'open' && (changes || isUnheard)) remember(now, isCertain && !isUnheard);
    const last = next.heardOpen.at(-1);
    if (!changes && !isUnheard && contact === 'open' && last)
      next.heardOpen = next.heardOpen.with(-1, { ...last, until: now });
    missed = Math.max(0, rise - (changes && contact === 'open' ? 1 : 0));
    const doubt = doubtOf(next, report, { changes, isSnapshot });
    // What was replayed may be older than what we know.
    const isOlder = doubt !== null && changes && state.contactAt !== null;
    Object.assign(next, {
      contact,
      contactAt: isOlder ? state.contactAt : now,
      hasGap: isOlder || (report.retained && state.hasGap),
      doubt,
    });
  } else if (!report.retained) next.hasGap = hasGap;
  const said = messages.findLast(({ type }) => type === 'opened' || type === 'closed');
  if (said)
    became = said.snapshot
      ? 'snapshot'
      : messages.some(({ type, snapshot }) => type === 'opened' && !snapshot)
        ? 'opened'
        : 'closed';

  next.movedBy = reading.moving === true ? (reading.movedBy ?? state.movedBy) : null;
  if (report.retained) {
    // Kept by its broker, it is how things stood when we connected; it says nothing of whether the device lives.
    return { state: next, messages, became, missed, restarted: false };
  }

  if (reading.tamper === true && !state.tamper) say('tamper', now);
  next.tamper = reading.tamper ?? state.tamper;
  const isDue = state.toldAt === null || report.receivedAt - state.toldAt >= HEARTBEAT_MS;
  const isNews = battery !== null && battery !== state.battery;
  if (!messages.some(({ snapshot }) => !snapshot) && (isDue || isNews || messages.length > 0)) {
    say('heartbeat', null);
    if (became === 'nothing') became = 'heartbeat';
  }
  Object.assign(next, {
    gatewayLife: contact === null ? state.gatewayLife : report.gatewayLife,
    frameCounter: report.frameCounter ?? state.frameCounter,
    openings: reading.openings ?? (restarted ? null : next.openings),
    events: reading.events ?? (restarted ? null : state.events),
    battery: battery ?? state.battery,
    toldAt: messages.length > 0 ? report.receivedAt : state.toldAt,
  } satisfies Partial<DeviceState>);
  return { state: next, messages, became, missed, restarted };
}

/**
 * Whether a state has to be borne out. What a gateway says after its restart comes from its cache, and so does every
 * repetition: only a change shows what is true. What a broker kept is borne out by the next live word.
 */
function doubtOf(
  state: DeviceState,
  { retained }: Report,
  { changes, isSnapshot }: { changes: boolean; isSnapshot: boolean },
): DeviceState['doubt'] {
  if (!isSnapshot) return changes || state.doubt === 'kept' ? null : state.doubt;
  if (!changes) return state.doubt;
  if (retained) return 'kept';
  return state.contact === null ? null : 'replayed';
}

/** The best time of a report that can be believed: the network's, the device's, or that of its receipt. */
export function timeOf({ reading, networkAt, receivedAt }: Report): number {
  for (const at of [networkAt, reading.deviceAt]) if (at !== null && isBelievable(at, receivedAt)) return at;
  return receivedAt;
}

const isBelievable = (at: number, receivedAt: number): boolean =>
  at >= FIRST_TIME && at >= receivedAt - OLDEST_MS && at <= receivedAt + NEWEST_MS;

/** Overtaken on its way by a younger frame: how things stood then is no news, and no restart either. */
function isLate(state: DeviceState, { frameCounter, retained }: Report, now: number): boolean {
  return (
    !retained && fell(state.frameCounter, frameCounter) && state.contactAt !== null && now < state.contactAt
  );
}

/** A counter that falls: the device began anew, and what it had counted is gone. */
function hasRestarted(state: DeviceState, { reading, frameCounter, retained }: Report): boolean {
  if (retained) return false;
  return (
    fell(state.frameCounter, frameCounter) ||
    fell(state.openings, reading.openings) ||
    fell(state.events, reading.events)
  );
}

/** Whether something that the device said may not have reached us. */
function mayHaveMissed(state: DeviceState, { reading, frameCounter, linkedSince }: Report): boolean {
  if (state.hasGap || (state.contactAt !== null && state.contactAt < linkedSince)) return true;
  return riseOf(state.frameCounter, frameCounter) > 1 || riseOf(state.events, reading.events) > 1;
}

const fell = (before: number | null, now: number | null): boolean =>
  before !== null && now !== null && now < before;

const riseOf = (before: number | null, now: number | null): number =>
  before === null || now === null ? 0 : Math.max(0, now - before);

/** By the device's own count of minutes, else as late as is certain; never before it was last known to be otherwise. */
function whenChanged({ reading, beganAt }: Report, now: number, certain: number, knownAt: number): number {
  if (reading.minutesSince !== null) return Math.max(knownAt, now - reading.minutesSince * MINUTE_MS);
  return Math.min(certain, beganAt ?? certain);
}

/** Open from one threshold up, closed from another down, and between them as it was. */
function contactOf(state: DeviceState, { reading }: Report, rules: Rules): Contact | null {
  if (reading.moving === true) return null;
  if (reading.position === null) return reading.contact;
  if (reading.position >= rules.openPercent) return 'open';
  return reading.position <= rules.closedPercent ? 'closed' : state.contact;
}

const restingPosition = ({ reading }: Report): number | null =>
  reading.moving === true ? null : reading.position;

/** A motor may go by a timer: it counts where somebody is known to have asked, or where the office says that it does. */
function isBySomebody(state: DeviceState, { reading }: Report, { motorCounts }: Rules): boolean {
  const movedBy = reading.movedBy ?? state.movedBy;
  if (movedBy !== null) return movedBy === 'person' || motorCounts;
  return reading.position === null || motorCounts;
}

/**
 * What the device had buffered and we have not taken, in its order. Changes are counted from the first state that is
 * known: what a device remembers from before it was paired happened in another home.
 */
function recordsOf(state: DeviceState, { reading, receivedAt, retained }: Report) {
  if (retained || state.contact === null) return [];
  const fresh = reading.history
    .filter(({ at }) => isBelievable(at, receivedAt) && at > (state.historyAt ?? 0))
    .toSorted((a, b) => a.at - b.at);
  let before: Contact | null = null;
  let beforeAt = 0;
  return fresh.map(({ at, contact }) => {
    const isBetween = state.contactAt !== null && state.contactAt <= at && state.contactAt > beforeAt;
    if (isBetween && state.doubt === null) before = state.contact;
    const changes = before !== null && before !== contact;
    const since = isBetween ? (state.contactAt ?? 0) : beforeAt;
    [before, beforeAt] = [contact, at];
    return { at, contact, changes, since };
  });
}
