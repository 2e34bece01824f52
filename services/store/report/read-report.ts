import { Temporal } from 'temporal-polyfill';
import type { AreaReport, HomeMonthReport, MonthReport } from '#contracts/http/report.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db, Tx } from '../database.ts';
import { readLedger } from '../ledger/read-ledger.ts';
import { addUp } from './add-up.ts';
import { type GridFacts, readGridFacts, type Span } from './read-grid-facts.ts';
import { readHomeMonths } from './read-home-months.ts';
import { readStewardLoad } from './read-steward-load.ts';

type Community = {
  id: string;
  name: string;
  timeZone: string;
  street: string | null;
  district: string | null;
};

/**
 * A community's month up to yesterday, or to its end where it is over, all of one moment.
 * @param month YYYY-MM
 */
export async function readReport(
  db: Db,
  community: Community,
  month: string,
  now: Temporal.Instant,
): Promise<MonthReport> {
  const of = spanOf(community, month, now);
  return inOneMoment(db, async (tx) => {
    const grids = await readGridFacts(tx, of, now);
    const days = await readLedger(tx, of);
    return {
      communityId: community.id,
      community: community.name,
      street: community.street,
      district: community.district,
      month,
      from: of.from,
      to: of.to,
      ...addUp(grids),
      days: days.toReversed(),
      stewards: await readStewardLoad(tx, of),
      grids: grids.map((facts) => ({ grid: facts.grid, ...addUp([facts]) })),
      homes: await readHomeMonths(tx, of),
    };
  });
}

/** The month of one home. */
export async function readHomeMonth(
  db: Db,
  community: Community,
  householdId: string,
  month: string,
  now: Temporal.Instant,
): Promise<HomeMonthReport> {
  const of = spanOf(community, month, now);
  return inOneMoment(db, async (tx) => {
    const [home] = await readHomeMonths(tx, of, householdId);
    return { month, from: of.from, to: of.to, home: home ?? null };
  });
}

/** The month of several communities in numbers, by the streets and districts in which they lie. */
export async function readAreas(
  db: Db,
  communities: readonly Community[],
  month: string,
  now: Temporal.Instant,
): Promise<AreaReport> {
  return inOneMoment(db, async (tx) => {
    const all: (Community & { grids: readonly GridFacts[] })[] = [];
    for (const community of communities) {
      all.push({ ...community, grids: await readGridFacts(tx, spanOf(community, month, now), now) });
    }
    const together = (some: typeof all) => addUp(some.flatMap(({ grids }) => grids));
    const groups = (some: typeof all, of: 'district' | 'street') =>
      [...Map.groupBy(some, (community) => community[of])].sort(([a], [b]) => compareNames(a, b));
    return {
      month,
      ...together(all),
      districts: groups(all, 'district').map(([district, inDistrict]) => ({
        district,
        ...together(inDistrict),
        streets: groups(inDistrict, 'street').map(([street, inStreet]) => ({
          street,
          ...together(inStreet),
          communities: inStreet.map(({ id, name, grids }) => ({
            communityId: id,
            community: name,
            ...addUp(grids),
          })),
        })),
      })),
    };
  });
}

/** The month of the last day that is over there. */
export const monthAt = (now: Temporal.Instant, timeZone: string): string =>
  localDateAt(now, timeZone).subtract({ days: 1 }).toPlainYearMonth().toString();

function spanOf({ id, timeZone }: Community, month: string, now: Temporal.Instant): Span {
  const first = Temporal.PlainYearMonth.from(month);
  const last = first.toPlainDate({ day: first.daysInMonth });
  const yesterday = localDateAt(now, timeZone).subtract({ days: 1 });
  const to = Temporal.PlainDate.compare(last, yesterday) < 0 ? last : yesterday;
  return { communityId: id, timeZone, from: first.toPlainDate({ day: 1 }).toString(), to: to.toString() };
}

const inOneMoment = <T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);

/** What has no name comes last. */
const compareNames = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
