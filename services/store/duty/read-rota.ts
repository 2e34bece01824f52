import { Temporal } from 'temporal-polyfill';
import type { CommunityView } from '#contracts/http/account.ts';
import type { AbsenceView, RotaCell, RotaView } from '#contracts/http/register/duty.ts';
import { type Rota, whoServes } from '#pact/duty.ts';
import { endOfDay } from '#pact/pact-day.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '../database.ts';
import { listAbsences } from './absence.ts';
import { findUncoveredHomes } from './find-uncovered-homes.ts';
import { loadRota } from './load-rota.ts';

const MOST = 10_000;
const NOON = Temporal.PlainTime.from('12:00');

/** The week of `date`, Monday to Sunday: every steward's days, who stands in, and the homes without anybody. */
export async function readRota(
  db: Db,
  community: CommunityView,
  date: Temporal.PlainDate | undefined,
  now: Temporal.Instant,
): Promise<RotaView> {
  const { id: communityId, name, timeZone } = community;
  const today = localDateAt(now, timeZone);
  const asked = date ?? today;
  const monday = asked.subtract({ days: asked.dayOfWeek - 1 });
  const dates = Array.from({ length: 7 }, (_, days) => monday.add({ days }));
  const sunday = monday.add({ days: 6 });
  const people = await db
    .selectFrom('person')
    .select(['id', 'name', 'kind'])
    .where('community_id', '=', communityId)
    .where('removed_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute();
  const { items: absences } = await listAbsences(db, {
    communityId,
    fromOn: monday.toString(),
    untilOn: sunday.toString(),
    limit: MOST,
    offset: 0,
  });
  const begins = monday.toZonedDateTime(timeZone).toInstant();
  const rota: Rota = {
    ...(await loadRota(db, { communityId }, begins, endOfDay(sunday, timeZone))),
    timeZone,
  };
  const names = new Map(people.map((person) => [person.id, person.name]));
  const cellOf = cellsOf(rota, absences, names);
  const days: RotaView['days'] = [];
  for (const day of dates) {
    const uncovered = await findUncoveredHomes(db, communityId, day);
    days.push({
      date: day.toString(),
      uncovered: uncovered.map(({ householdId, code }) => ({ householdId, code })),
    });
  }
  return {
    communityId,
    community: name,
    week: monday.toString(),
    today: today.toString(),
    days,
    stewards: people
      .filter((person) => person.kind === 'steward')
      .map((person) => ({
        id: person.id,
        name: person.name,
        days: dates.map((day) => cellOf(person.id, day)),
      })),
    absences,
  };
}

/** Makes the days of the grid; a stand-in is named where the whole chain of them ends. */
function cellsOf(rota: Rota, absences: readonly AbsenceView[], names: ReadonlyMap<string, string>) {
  const on = (day: Temporal.PlainDate) => {
    const text = day.toString();
    return absences
      .filter((absence) => absence.fromOn <= text && text <= absence.untilOn)
      .map((absence) => {
        const plainTime = absence.fromTime ? Temporal.PlainTime.from(absence.fromTime) : NOON;
        const at = day.toZonedDateTime({ timeZone: rota.timeZone, plainTime }).toInstant();
        const [serves] = whoServes([absence.personId], rota, at);
        return { absence, serves };
      });
  };
  return (personId: string, day: Temporal.PlainDate): RotaCell => {
    const all = on(day);
    const own = all.filter(({ absence }) => absence.personId === personId);
    const duty = rota.duties.get(personId) ?? [];
    const hours = duty.filter(({ weekday }) => weekday === day.dayOfWeek);
    return {
      date: day.toString(),
      onDuty: duty.length === 0 || hours.length > 0,
      hours: hours.map(({ from, until }) => ({ from: minutesOf(from), until: minutesOf(until) })),
      absences: own.map(({ absence: { id, fromTime, untilTime, swapId }, serves }) => ({
        id,
        fromTime,
        untilTime,
        standIn: serves === undefined ? null : (names.get(serves) ?? null),
        isSwap: swapId !== null,
      })),
      standsInFor: all
        .filter(({ absence, serves }) => serves === personId && absence.personId !== personId)
        .map(({ absence }) => absence.name),
    };
  };
}

const minutesOf = (time: Temporal.PlainTime) => time.toString({ smallestUnit: 'minute' });
