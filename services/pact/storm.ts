import type { Temporal } from 'temporal-polyfill';
import type { OutageCause } from './text/notices.ts';

/** A home as far as outages are concerned. */
export type StormHome = {
  householdId: string;
  /** Since when its sensors are all silent; absent while one is heard. */
  silentSince: Temporal.Instant | undefined;
  /** What it hangs on, where that is known. */
  gateway: string | undefined;
  building: string;
  broker: string | undefined;
};

/** Homes with a common cause. */
export type Outage = {
  cause: OutageCause;
  /** The gateway, the building or the broker; empty for a whole community. */
  subject: string;
  beganAt: Temporal.Instant;
  householdIds: readonly string[];
};

export type StormInput = {
  /** Homes with a sensor. */
  homes: readonly StormHome[];
  /** Homes that have missed their deadline and are still open, with when; sensors or none. */
  missing: readonly { householdId: string; since: Temporal.Instant }[];
  enrolled: number;
  /** The share of a community in percent that must miss at once. */
  stormPercent: number;
};

export const LEAST_TOGETHER = 3;
export const LEAST_SHARE_PERCENT = 60;
export const TOGETHER_MINUTES = 15;
export const LEAST_MISSING = 5;
/** An outage whose homes are for the most part told of already adds nothing. */
const COVERED_PERCENT = 80;

/**
 * What homes that are silent or missing have in common, each cause once, the one that explains most first: a
 * narrower cause that the wider one explains is left out. It only names causes: every home stays as alarming as it was.
 */
export function findOutages(input: StormInput): Outage[] {
  const causes = [
    ...groupsOf(input.homes, 'gateway', ({ gateway }) => gateway),
    ...groupsOf(input.homes, 'building', ({ building }) => building),
    ...groupsOf(input.homes, 'broker', ({ broker }) => broker),
    ...missingTogether(input),
  ].sort(
    (a, b) =>
      b.householdIds.length - a.householdIds.length ||
      RANK[a.cause] - RANK[b.cause] ||
      (a.subject < b.subject ? -1 : 1),
  );
  const told = new Set<string>();
  return causes.filter(({ householdIds }) => {
    if (isCovered(householdIds, told)) return false;
    for (const id of householdIds) told.add(id);
    return true;
  });
}

/** Whether most of these homes are in an outage that people know of. */
export function isCovered(householdIds: readonly string[], told: ReadonlySet<string>): boolean {
  const known = householdIds.filter((id) => told.has(id)).length;
  return known * 100 >= householdIds.length * COVERED_PERCENT;
}

/** Whether an outage is over: at least half of its homes are heard, or seen, again. */
export function isOver(householdIds: readonly string[], stillGone: ReadonlySet<string>): boolean {
  return householdIds.filter((id) => stillGone.has(id)).length * 2 <= householdIds.length;
}

/** Of equal causes the one that is mended at one place. */
const RANK: Record<OutageCause, number> = { gateway: 0, building: 1, broker: 2, community: 3 };

function groupsOf(
  homes: readonly StormHome[],
  cause: OutageCause,
  subjectOf: (home: StormHome) => string | undefined,
): Outage[] {
  const groups = Map.groupBy(homes, subjectOf);
  return [...groups].flatMap(([subject, on]) => {
    if (subject === undefined) return [];
    const together = largestCluster(on);
    if (together.length < LEAST_TOGETHER || together.length * 100 < on.length * LEAST_SHARE_PERCENT)
      return [];
    const [first] = together;
    return first
      ? [{ cause, subject, beganAt: first.since, householdIds: together.map(({ id }) => id).sort() }]
      : [];
  });
}

type Silent = { id: string; since: Temporal.Instant };

/** The most homes that fell silent within a quarter of an hour of each other, the first of them first. */
function largestCluster(homes: readonly StormHome[]): Silent[] {
  const silent = homes
    .flatMap(({ householdId: id, silentSince: since }) => (since ? [{ id, since }] : []))
    .sort((a, b) => a.since.epochMilliseconds - b.since.epochMilliseconds);
  let best: Silent[] = [];
  for (let from = 0, to = 0; from < silent.length; from += 1) {
    const startMs = silent[from]?.since.epochMilliseconds ?? 0;
    while (
      (silent[to]?.since.epochMilliseconds ?? Number.POSITIVE_INFINITY) - startMs <=
      TOGETHER_MINUTES * 60_000
    )
      to += 1;
    if (to - from > best.length) best = silent.slice(from, to);
  }
  return best;
}

function missingTogether({ missing, enrolled, stormPercent }: StormInput): Outage[] {
  if (missing.length < LEAST_MISSING || missing.length * 100 <= enrolled * stormPercent) return [];
  const byTime = missing.toSorted((a, b) => a.since.epochMilliseconds - b.since.epochMilliseconds);
  const [first] = byTime;
  const householdIds = byTime.map(({ householdId }) => householdId).sort();
  return first ? [{ cause: 'community', subject: '', beganAt: first.since, householdIds }] : [];
}
