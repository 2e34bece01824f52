import type { MonthNumbers, Responses } from '#contracts/http/report.ts';
import type { LedgerCounts } from '#contracts/http/today.ts';
import { benignPer45, percentOf, RESPONSE_TARGETS, responseTimes } from '#pact/response-times.ts';
import type { AlertRecord, GridFacts } from './read-grid-facts.ts';

/** The numbers of these grids together: of one, of a community's, of all that lie in a street or a district. */
export function addUp(grids: readonly GridFacts[]): MonthNumbers {
  const counts = sumOf(
    NO_COUNTS,
    grids.map((grid) => grid.counts),
  );
  const sensors = sumOf(
    { inUse: 0, usedSeconds: 0, silentSeconds: 0 },
    grids.map((grid) => grid.sensors),
  );
  const reasons = [...new Set(grids.flatMap(({ excusedBy }) => Object.keys(excusedBy)))].sort();
  return {
    counts,
    missed: counts.keptLate + counts.visited + counts.unresolved,
    excusedBy: Object.fromEntries(
      reasons.map((reason) => [reason, grids.reduce((sum, grid) => sum + (grid.excusedBy[reason] ?? 0), 0)]),
    ),
    onTimePercent: percentOf(counts.kept, counts.enrolled - counts.excused - counts.awaiting),
    responses: responsesOf(
      grids.flatMap(({ alerts }) => alerts),
      counts.enrolled,
    ),
    sensors: {
      inUse: sensors.inUse,
      uptimePercent: percentOf(sensors.usedSeconds - sensors.silentSeconds, sensors.usedSeconds),
    },
  };
}

const NO_COUNTS: LedgerCounts = {
  enrolled: 0,
  awaiting: 0,
  kept: 0,
  keptLate: 0,
  visited: 0,
  excused: 0,
  unresolved: 0,
  unprotected: 0,
};

const sumOf = <T extends Record<string, number>>(none: T, all: readonly T[]): T =>
  Object.fromEntries(
    Object.keys(none).map((name) => [name, all.reduce((sum, one) => sum + (one[name] ?? 0), 0)]),
  ) as T;

function responsesOf(alerts: readonly AlertRecord[], homeDays: number): Responses {
  const needed = alerts.filter((alert) => alert.closedBy !== 'signal' || alert.acknowledged !== null);
  const seconds = (name: 'paged' | 'acknowledged' | 'door', list: readonly AlertRecord[]) =>
    list.map((alert) => alert[name] ?? undefined);
  const outcomes = Map.groupBy(
    alerts.flatMap(({ outcome }) => outcome ?? []),
    (outcome) => outcome,
  );
  const benign = alerts.filter(
    ({ outcome, closedBy }) => closedBy === 'signal' || outcome === 'safe' || outcome === 'away',
  );
  return {
    alerts: alerts.length,
    paged: responseTimes(seconds('paged', alerts), []),
    acknowledged: responseTimes(seconds('acknowledged', needed), RESPONSE_TARGETS.acknowledged),
    door: responseTimes(
      seconds(
        'door',
        needed.filter(({ closedBy }) => closedBy !== 'signal'),
      ),
      RESPONSE_TARGETS.door,
    ),
    endedBySignal: alerts.filter(({ closedBy }) => closedBy === 'signal').length,
    open: alerts.filter(({ status }) => status !== 'closed').length,
    outcomes: Object.fromEntries([...outcomes].map(([outcome, list]) => [outcome, list.length])),
    benign: benign.length,
    benignPer45: benignPer45(benign.length, homeDays),
  };
}
