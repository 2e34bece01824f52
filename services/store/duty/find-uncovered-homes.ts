import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Roster } from '#pact/alert.ts';
import { isCovered, type Rota, servingAt } from '#pact/duty.ts';
import type { Ladder, LadderRole, LadderStep } from '#pact/ladder.ts';
import { endOfDay } from '#pact/pact-day.ts';
import type { Db } from '../database.ts';
import { readDaysOn } from '../pact-day/open-days.ts';
import { findCommunity } from '../today/communities.ts';
import { loadRota } from './load-rota.ts';

/** How long the first answer may take; who comes on duty later is no cover. */
const FIRST_MINUTES = 15;

export type UncoveredHome = {
  householdId: string;
  code: string;
  salutation: string;
  deadlineAt: Temporal.Instant;
};

/**
 * The homes whose ladder would mean nobody but the office on a date, by their numbers: at the deadline itself, or
 * at a step of the fifteen minutes after it. A home that is away that day, or has no pact day, is not among them.
 */
export async function findUncoveredHomes(
  db: Db,
  communityId: string,
  date: Temporal.PlainDate,
): Promise<UncoveredHome[]> {
  const community = await findCommunity(db, communityId);
  if (!community) return [];
  const { timeZone } = community;
  const days = (await readDaysOn(db, community, date)).filter(({ day }) => day.verdict === 'awaiting');
  if (days.length === 0) return [];
  const begins = date.toZonedDateTime(timeZone).toInstant();
  const rota = { ...(await loadRota(db, { communityId }, begins, endOfDay(date, timeZone))), timeZone };
  const homes = await readAssigned(
    db,
    days.map(({ householdId }) => householdId),
  );
  return days
    .flatMap(({ householdId, day: { deadlineAt } }) => {
      const home = homes.get(householdId);
      return home && isLeftAlone(home, rota, deadlineAt)
        ? { householdId, code: home.code, salutation: home.salutation, deadlineAt }
        : [];
    })
    .sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
}

function isLeftAlone({ roster, ladder }: AssignedHome, rota: Rota, deadlineAt: Temporal.Instant): boolean {
  const afterMinutes = ladder.steps
    .map((step) => step.afterMinutes)
    .filter((after) => after <= FIRST_MINUTES);
  return [0, ...afterMinutes].some(
    (minutes) => !isCovered(servingAt(roster, ladder, rota, deadlineAt.add({ minutes })), ladder),
  );
}

type AssignedHome = { code: string; salutation: string; roster: Roster; ladder: Ladder };

async function readAssigned(db: Db, householdIds: readonly string[]): Promise<Map<string, AssignedHome>> {
  const { rows } = await sql<{
    householdId: string;
    code: string;
    salutation: string;
    steps: LadderStep[];
    repeatMinutes: number;
    acknowledgementMinutes: number;
    people: { role: LadderRole; id: string }[];
  }>`
    select h.id as "householdId", h.code, h.salutation, l.steps, l.repeat_minutes as "repeatMinutes",
      l.acknowledgement_minutes as "acknowledgementMinutes",
      coalesce((select json_agg(json_build_object('role', a.role, 'id', a.person_id) order by a.position, a.person_id)
        from assignment a join person p on p.id = a.person_id
        where a.household_id = h.id and p.removed_at is null), '[]') as people
    from household h join pact t on t.household_id = h.id join ladder l on l.id = t.ladder_id
    where h.id = any (${householdIds}::uuid[]) and not h.is_canary`.execute(db);
  return new Map(
    rows.map(({ householdId, people, code, salutation, ...ladder }) => {
      const of = (role: LadderRole) => people.filter((one) => one.role === role).map(({ id }) => id);
      const roster: Roster = {
        primary: of('primary'),
        backup: of('backup'),
        neighbour: of('neighbour'),
        office: [],
        family: of('family'),
      };
      return [householdId, { code, salutation, roster, ladder }];
    }),
  );
}
