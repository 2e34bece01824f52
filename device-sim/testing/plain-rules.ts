import { Temporal } from 'temporal-polyfill';
import type { Pact } from '#pact/pact.ts';
import { endOfDay, type LedgerColumn, windowOf } from '#pact/pact-day.ts';
import type { MissReason } from '#pact/verdict.ts';

/** What happens in one home on one day; minutes are counted from its deadline. */
type HomeDay = {
  /** The curtain opens, and the news is heard so many minutes later. */
  opening: { minutes: number; heardAfter: number } | null;
  onLeave: boolean;
  /** What the steward's phone says. */
  reply: { minutes: number; text: string } | null;
};

export type HomeStory = {
  sensor: 'well' | 'silent' | 'never' | 'none';
  openSinceYesterday: boolean;
  /** Whether the curtain is drawn again in the evening. */
  closes: boolean;
  signalCloses: boolean;
  days: readonly HomeDay[];
};

export type Town = { pact: Pact; timeZone: string; dates: readonly Temporal.PlainDate[] };

/** When the service is awake; whatever happens in between is met at the next of these. */
type Wakings = readonly Temporal.Instant[];

type ExpectedDay = { closedAs: LedgerColumn; reason: MissReason | undefined };

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;
const REPLY_SAFE = ['2', '没事'];
const EVENING = Temporal.PlainTime.from('20:20');

/** When what happens is met by a service that is awake now and then. */
const wakingAfter = (wakings: Wakings, at: Temporal.Instant): number => {
  const index = wakings.findIndex((waking) => !isBefore(waking, at));
  return index < 0 ? wakings.length : index;
};

/** The times of a story's day; only a sensor that is well tells of an opening. */
export function timesOf(story: HomeStory, index: number, { pact, timeZone, dates }: Town) {
  const date = dates[index]!;
  const day = story.days[index]!;
  const window = windowOf(pact, date, timeZone);
  const opening = story.sensor === 'well' ? day.opening : null;
  const openedAt = opening ? window.deadlineAt.add({ minutes: opening.minutes }) : undefined;
  return {
    ...window,
    date,
    day,
    openedAt,
    heardAt: openedAt?.add({ minutes: opening?.heardAfter ?? 0 }),
    repliedAt: day.reply ? window.deadlineAt.add({ minutes: day.reply.minutes }) : undefined,
    closesAt: date.toZonedDateTime({ timeZone, plainTime: EVENING }).toInstant(),
    endsAt: endOfDay(date, timeZone),
  };
}

/**
 * What the ledger must say of a home, told from its story alone: a second, plain reading of the pact's rules,
 * from one waking of the service to the next.
 */
export function expectDays(story: HomeStory, town: Town, wakings: Wakings): ExpectedDay[] {
  const days = town.dates.map((_, index) => timesOf(story, index, town));
  const state = days.map(({ day }) => ({
    closedAs: (day.onLeave ? 'excused' : undefined) as LedgerColumn | undefined,
    reason: undefined as MissReason | undefined,
    isAlerted: false,
  }));
  let isOpen = story.openSinceYesterday;
  for (const [waking, now] of wakings.entries()) {
    const meets = (at: Temporal.Instant | undefined) =>
      at !== undefined && wakingAfter(wakings, at) === waking;
    const hasMet = (at: Temporal.Instant | undefined) =>
      at !== undefined && wakingAfter(wakings, at) <= waking;
    for (const { heardAt, closesAt } of days) {
      if (meets(heardAt)) isOpen = true;
      if (story.closes && meets(closesAt)) isOpen = false;
    }
    for (const [index, day] of days.entries()) {
      const own = state[index]!;
      const { openedAt, heardAt, earliestAt, deadlineAt, endsAt } = day;
      if (own.closedAs === 'excused' || own.closedAs === 'visited') continue;
      const isProof =
        openedAt && hasMet(heardAt) && !isBefore(openedAt, earliestAt) && isBefore(openedAt, endsAt);
      if (isProof && !isBefore(deadlineAt, openedAt)) {
        own.closedAs = 'kept';
        own.isAlerted = false;
        continue;
      }
      if (own.closedAs === undefined && isBefore(deadlineAt, now)) {
        own.closedAs = 'unresolved';
        own.reason = reasonOf(story, isOpen);
        const next = days[index + 1];
        own.isAlerted = !next || isBefore(now.add({ seconds: 62 }), next.earliestAt);
      }
      if (isProof && own.closedAs === 'unresolved' && story.signalCloses) {
        own.closedAs = 'kept_late';
        own.isAlerted = false;
      }
    }
    for (const { day, repliedAt } of days) {
      if (!meets(repliedAt) || !REPLY_SAFE.includes(day.reply?.text ?? '')) continue;
      // An outcome is about the person: it answers every alert of the home that is still open.
      for (const own of state.filter(({ isAlerted }) => isAlerted)) {
        own.closedAs = 'visited';
        own.isAlerted = false;
      }
    }
  }
  return state.map(({ closedAs, reason }) => ({
    closedAs: closedAs ?? 'unresolved',
    reason: closedAs === 'unresolved' || closedAs === 'visited' ? reason : undefined,
  }));
}

function reasonOf(story: HomeStory, isOpen: boolean): MissReason {
  switch (story.sensor) {
    case 'none':
      return 'not_seen';
    case 'never':
      return 'never_reported';
    case 'silent':
      return 'sensor_silent';
    case 'well':
      return isOpen ? 'left_open' : 'no_signal';
    default:
      return story.sensor satisfies never;
  }
}
