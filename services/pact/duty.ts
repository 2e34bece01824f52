import { Temporal } from 'temporal-polyfill';
import type { Roster } from './alert.ts';
import { LADDER_ROLES, type Ladder, type LadderRole } from './ladder.ts';
import type { Weekday } from './pact.ts';

/** Civil times of a day; `until` itself no longer belongs to it, and at or before `from` it is of the next day. */
export type Hours = { from: Temporal.PlainTime; until: Temporal.PlainTime };

/** When a person serves, week after week. */
export type DutyHours = Hours & { weekday: Weekday };

/** By person. Who has none is always on duty. */
export type Duties = ReadonlyMap<string, readonly DutyHours[]>;

/** Somebody does not serve on these days, both included; only between `hours` of each where they are given. */
export type Absence = {
  personId: string;
  fromOn: Temporal.PlainDate;
  untilOn: Temporal.PlainDate;
  hours?: Hours;
  standIn?: string;
};

/** What is agreed about who serves when, in one place's civil time. */
export type Rota = { duties: Duties; absences: readonly Absence[]; timeZone: string };

/**
 * Who of `assigned` serves at an instant, in their order: whoever is absent is replaced by their stand-in, and
 * that one by their own; who has no stand-in, or is off duty, is left out. A stand-in has agreed to serve, and
 * does so outside their own hours too. Nobody is named twice.
 */
export function whoServes(
  assigned: readonly string[],
  { duties, absences, timeZone }: Rota,
  at: Temporal.Instant,
): string[] {
  const today = at.toZonedDateTimeISO(timeZone).toPlainDate();
  const away = new Map(
    absences
      .filter((absence) => holdsAt(absence, at, today, timeZone))
      .map((absence) => [absence.personId, absence.standIn]),
  );
  const serving = assigned.flatMap((person) => {
    if (away.has(person)) return lastStandIn(person, away) ?? [];
    return isOnDuty(duties.get(person) ?? [], at, today, timeZone) ? person : [];
  });
  return [...new Set(serving)];
}

/** The end of a chain of stand-ins; a chain that comes back to itself ends with nobody. */
function lastStandIn(person: string, away: ReadonlyMap<string, string | undefined>): string | undefined {
  const asked = new Set<string>();
  let who: string | undefined = person;
  while (who !== undefined && away.has(who)) {
    if (asked.has(who)) return undefined;
    asked.add(who);
    who = away.get(who);
  }
  return who;
}

function isOnDuty(
  duty: readonly DutyHours[],
  at: Temporal.Instant,
  today: Temporal.PlainDate,
  timeZone: string,
): boolean {
  if (duty.length === 0) return true;
  // Yesterday's hours may reach into this morning.
  const dates = [today.subtract({ days: 1 }), today];
  return dates.some((date) =>
    duty.some((hours) => hours.weekday === date.dayOfWeek && holdHours(hours, date, at, timeZone)),
  );
}

function holdsAt(
  absence: Absence,
  at: Temporal.Instant,
  today: Temporal.PlainDate,
  timeZone: string,
): boolean {
  const { fromOn, untilOn, hours } = absence;
  if (isBefore(today, fromOn) || isBefore(untilOn, today)) return false;
  return hours === undefined || holdHours(hours, today, at, timeZone);
}

/** Both ends are read as a pact's deadline is (see `windowOf`), so that hours which follow each other leave no hole. */
function holdHours(
  { from, until }: Hours,
  date: Temporal.PlainDate,
  at: Temporal.Instant,
  timeZone: string,
): boolean {
  const instantOf = (day: Temporal.PlainDate, plainTime: Temporal.PlainTime) =>
    day.toZonedDateTime({ timeZone, plainTime }).toInstant();
  const overnight = Temporal.PlainTime.compare(until, from) <= 0;
  const begins = instantOf(date, from);
  const ends = instantOf(overnight ? date.add({ days: 1 }) : date, until);
  return Temporal.Instant.compare(begins, at) <= 0 && Temporal.Instant.compare(at, ends) < 0;
}

/** Who each role means now, and who is called in an emergency: then everybody, whatever the rota says. */
export type DutyRoster = { onDuty: Roster; everybody: Roster };

/**
 * Reads the rota into a home's roster. The office is on no rota. Where it would leave the ladder with nobody at
 * all, not even an office, those who are off duty are paged: better the wrong person than none.
 */
export function rosterAt(assigned: Roster, ladder: Ladder, rota: Rota, at: Temporal.Instant): DutyRoster {
  const serving = withoutDoubles(
    assigned,
    byRole((role) => serversOf(role, assigned, rota, at)),
    ladder,
  );
  const isSilent = !isCovered(serving, ladder) && assigned.office.length === 0;
  return {
    onDuty: isSilent ? assigned : serving,
    everybody: byRole((role) => [...new Set([...serving[role], ...assigned[role]])]),
  };
}

/** Who each role means by the rota alone. */
export const servingAt = (assigned: Roster, ladder: Ladder, rota: Rota, at: Temporal.Instant): Roster =>
  withoutDoubles(
    assigned,
    byRole((role) => serversOf(role, assigned, rota, at)),
    ladder,
  );

/** Whether anybody but the office would be paged. */
export const isCovered = (roster: Roster, ladder: Ladder): boolean =>
  rolesOf(ladder).some((role) => role !== 'office' && roster[role].length > 0);

const serversOf = (role: LadderRole, assigned: Roster, rota: Rota, at: Temporal.Instant) =>
  role === 'office' ? assigned.office : whoServes(assigned[role], rota, at);

/** Whoever stands in for somebody is asked in one role only, the first that the ladder reaches. */
function withoutDoubles(assigned: Roster, serving: Roster, ladder: Ladder): Roster {
  const asked = new Map<string, { standsIn: boolean }>();
  const kept = new Map<LadderRole, readonly string[]>();
  for (const role of rolesOf(ladder)) {
    const people = serving[role].filter((person) => {
      const standsIn = !assigned[role].includes(person);
      const before = asked.get(person);
      if (before && (standsIn || before.standsIn)) return false;
      asked.set(person, { standsIn });
      return true;
    });
    kept.set(role, people);
  }
  return byRole((role) => kept.get(role) ?? serving[role]);
}

/** The roles that a ladder names, in the order in which it reaches them. */
const rolesOf = (ladder: Ladder): LadderRole[] => [
  ...new Set(ladder.steps.flatMap((step) => step.to.map(({ role }) => role))),
];

const byRole = (of: (role: LadderRole) => readonly string[]): Roster =>
  Object.fromEntries(LADDER_ROLES.map((role) => [role, of(role)])) as Roster;

/** On one and the same day each would be away for the other. */
export type SwapProblem = 'swap_with_oneself' | 'swap_same_day';

/** Why a rota is refused. */
export type RotaRefusal =
  | 'not_on_rota'
  | 'own_stand_in'
  | 'stand_in_unfit'
  | 'absence_overlaps'
  | 'hours_incomplete'
  | 'hours_end_before_they_start'
  | 'hours_twice'
  | 'ends_before_it_starts'
  | 'already_over'
  | 'already_closed'
  | SwapProblem;

/** Two people exchange a day each: the other one stands in on both. */
export function swapDays(
  one: { personId: string; on: Temporal.PlainDate },
  other: { personId: string; on: Temporal.PlainDate },
): { ok: true; absences: readonly [Absence, Absence] } | { ok: false; problem: SwapProblem } {
  if (one.personId === other.personId) return { ok: false, problem: 'swap_with_oneself' };
  if (one.on.equals(other.on)) return { ok: false, problem: 'swap_same_day' };
  const dayOff = (who: typeof one, standIn: string): Absence => ({
    personId: who.personId,
    fromOn: who.on,
    untilOn: who.on,
    standIn,
  });
  return { ok: true, absences: [dayOff(one, other.personId), dayOff(other, one.personId)] };
}

type Span = Pick<Absence, 'fromOn' | 'untilOn' | 'hours'>;

/** Whether one person would be absent twice at the same time. */
export function overlap(one: Span, other: Span): boolean {
  if (isBefore(one.untilOn, other.fromOn) || isBefore(other.untilOn, one.fromOn)) return false;
  if (!one.hours || !other.hours) return true;
  return (
    Temporal.PlainTime.compare(one.hours.from, other.hours.until) < 0 &&
    Temporal.PlainTime.compare(other.hours.from, one.hours.until) < 0
  );
}

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0;
