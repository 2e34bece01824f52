import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Absence, Duties, DutyHours, Rota } from '#pact/duty.ts';
import type { Weekday } from '#pact/pact.ts';
import type { Db, Tx } from '../database.ts';

export type LoadedRota = Omit<Rota, 'timeZone'> & {
  /** Everybody who stands in for somebody. */
  standIns: readonly string[];
};

/** The homes whose people it is about, or a whole community. */
type Whose = { householdIds: readonly string[] } | { communityId: string };

/**
 * What the rota says of those people at an instant, or between two: their weekly hours, their absences and those
 * of whoever stands in for them. A stand-in who was removed from the register stands in for nobody.
 */
export async function loadRota(
  db: Db | Tx,
  whose: Whose,
  from: Temporal.Instant,
  until: Temporal.Instant = from,
): Promise<LoadedRota> {
  const people =
    'communityId' in whose
      ? sql`select id from person where community_id = ${whose.communityId} and removed_at is null`
      : sql`select person_id as id from assignment where household_id = any (${whose.householdIds}::uuid[])`;
  // A day more at either end: the people's calendars are not yet known here.
  const first = dateOf(from).subtract({ days: 1 }).toString();
  const last = dateOf(until).add({ days: 1 }).toString();
  const { rows: hours } = await sql<{ personId: string; weekday: Weekday; from: string; until: string }>`
      select person_id as "personId", weekday, from_time as "from", until_time as "until" from duty_hours
      where person_id in (${people})`.execute(db);
  const { rows: absences } = await sql<AbsenceRow>`
      with recursive asked as (
        select id as person_id from (${people}) p
        union
        select a.stand_in_id from absence a join asked on a.person_id = asked.person_id
        where a.cancelled_at is null and a.stand_in_id is not null and a.until_on >= ${first} and a.from_on <= ${last}
      )
      select a.person_id as "personId", a.from_on as "fromOn", a.until_on as "untilOn", a.from_time as "fromTime",
        a.until_time as "untilTime", s.id as "standIn"
      from asked join absence a on a.person_id = asked.person_id
      left join person s on s.id = a.stand_in_id and s.removed_at is null
      where a.cancelled_at is null and a.until_on >= ${first} and a.from_on <= ${last}
      order by a.created_at, a.id`.execute(db);
  const read = absences.map(absenceOf);
  return {
    duties: dutiesOf(hours),
    absences: read,
    standIns: [...new Set(read.flatMap(({ standIn }) => standIn ?? []))],
  };
}

type AbsenceRow = {
  personId: string;
  fromOn: string;
  untilOn: string;
  fromTime: string | null;
  untilTime: string | null;
  standIn: string | null;
};

/** An absence as the domain reads it. */
export function absenceOf({ personId, fromOn, untilOn, fromTime, untilTime, standIn }: AbsenceRow): Absence {
  return {
    personId,
    fromOn: Temporal.PlainDate.from(fromOn),
    untilOn: Temporal.PlainDate.from(untilOn),
    ...(fromTime && untilTime ? { hours: hoursOf(fromTime, untilTime) } : {}),
    ...(standIn ? { standIn } : {}),
  };
}

function dutiesOf(
  rows: readonly { personId: string; weekday: Weekday; from: string; until: string }[],
): Duties {
  const hours = (row: (typeof rows)[number]): DutyHours => ({
    weekday: row.weekday,
    ...hoursOf(row.from, row.until),
  });
  const byPerson = Map.groupBy(rows, (row) => row.personId);
  return new Map([...byPerson].map(([personId, own]) => [personId, own.map(hours)]));
}

const hoursOf = (from: string, until: string) => ({
  from: Temporal.PlainTime.from(from),
  until: Temporal.PlainTime.from(until),
});

const dateOf = (at: Temporal.Instant) => at.toZonedDateTimeISO('UTC').toPlainDate();
