import type { HomeView } from '#contracts/http/today.ts';
import type { Look, Tone } from '../facade/look.ts';

export const COLUMNS = ['code', 'place', 'state', 'steward', 'heard'] as const;
export type Column = (typeof COLUMNS)[number];
export type Order = { by: Column; down: boolean };

/** Who needs somebody first. */
const URGENCY: Record<Tone, number> = {
  missed: 0,
  going: 1,
  unprotected: 2,
  unusual: 3,
  due: 4,
  awaiting: 5,
  late: 6,
  visited: 7,
  kept: 8,
  excused: 9,
};

type Fixed = 'code' | 'place' | 'steward';
type Ranks = Record<Fixed, ReadonlyMap<string, number>>;
type Sorter = (homes: readonly HomeView[], order: Order, lookOf: (home: HomeView) => Look) => HomeView[];

/**
 * Sorts homes by a column, equal ones by their numbers. What is written is compared as people count only when it
 * has changed: such a comparison is dear, and signals come ten times a second.
 */
export function createSorter(): Sorter {
  let last: readonly HomeView[] = [];
  let ranks: Ranks | undefined;
  return (homes, { by, down }, lookOf) => {
    if (!ranks || !isSameRegister(last, homes)) ranks = rankHomes(homes);
    last = homes;
    const { code } = ranks;
    const rank = by === 'code' || by === 'place' || by === 'steward' ? ranks[by] : undefined;
    const sign = down ? -1 : 1;
    const keyed = homes.map((home) => ({
      home,
      key: rank
        ? (rank.get(home.householdId) ?? 0)
        : by === 'state'
          ? URGENCY[lookOf(home).tone]
          : heardAt(home),
      code: code.get(home.householdId) ?? 0,
    }));
    return keyed.sort((a, b) => sign * (a.key - b.key) || a.code - b.code).map(({ home }) => home);
  };
}

/** The longest silent first, and who was never heard before all. */
const heardAt = ({ lastSeenAt }: HomeView) => (lastSeenAt ? Date.parse(lastSeenAt) : 0);

const isSameRegister = (a: readonly HomeView[], b: readonly HomeView[]): boolean =>
  a.length === b.length &&
  a.every((home, index) => {
    const other = b[index];
    return (
      home === other ||
      (other !== undefined &&
        home.householdId === other.householdId &&
        home.code === other.code &&
        home.building === other.building &&
        home.unit === other.unit &&
        home.room === other.room &&
        home.steward === other.steward)
    );
  });

const { compare } = new Intl.Collator('zh-CN', { numeric: true });

function rankHomes(homes: readonly HomeView[]): Ranks {
  const rankBy = (order: (a: HomeView, b: HomeView) => number) => {
    const ranks = new Map<string, number>();
    let before: HomeView | undefined;
    let rank = 0;
    for (const home of [...homes].sort(order)) {
      if (before && order(before, home) !== 0) rank += 1;
      ranks.set(home.householdId, rank);
      before = home;
    }
    return ranks;
  };
  return {
    code: rankBy((a, b) => compare(a.code, b.code)),
    place: rankBy(
      (a, b) =>
        compare(a.building, b.building) || compare(a.unit ?? '', b.unit ?? '') || compare(a.room, b.room),
    ),
    steward: rankBy((a, b) => compare(a.steward ?? '', b.steward ?? '')),
  };
}
