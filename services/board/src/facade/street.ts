import type { HomeView } from '#contracts/http/today.ts';
import { floorOf } from '#pact/place.ts';

/** One building: its stairs side by side over the same floors, the highest on top; `null` is the row "other". */
export type House = {
  building: string;
  homes: number;
  floors: readonly (number | null)[];
  stairs: readonly Stair[];
};
export type Stair = { unit: string | null; columns: readonly string[]; rows: readonly Row[] };
export type Row = { floor: number | null; homes: readonly HomeView[] };

/** More columns than this are not lined up: the windows of a floor then simply follow each other. */
const COLUMNS_ALIGNED = 6;

/** Every home in its place: by building, stair, floor (top first) and room, in the order that people count. */
export function buildStreet(homes: readonly HomeView[]): House[] {
  return groups(homes, (home) => home.building)
    .sort(([a], [b]) => compare(a, b))
    .map(([building, inside]) => buildHouse(building, inside));
}

/**
 * The street after homes have changed: where nobody moved, only the houses with a changed home are new objects, so
 * that what is drawn follows what changed and not how many homes there are.
 */
export function streetAfter(
  before: { homes: readonly HomeView[]; street: readonly House[] } | undefined,
  homes: readonly HomeView[],
): readonly House[] {
  if (!before || before.homes.length !== homes.length) return buildStreet(homes);
  const changed = new Map<string, HomeView>();
  for (const [index, home] of homes.entries()) {
    const old = before.homes[index];
    if (old === home) continue;
    if (!old || !isSamePlace(old, home)) return buildStreet(homes);
    changed.set(home.householdId, home);
  }
  if (changed.size === 0) return before.street;
  const houses = new Set([...changed.values()].map((home) => home.building));
  return before.street.map((house) => (houses.has(house.building) ? withChanged(house, changed) : house));
}

const isSamePlace = (a: HomeView, b: HomeView): boolean =>
  a.householdId === b.householdId &&
  a.building === b.building &&
  a.unit === b.unit &&
  a.floor === b.floor &&
  a.room === b.room;

const withChanged = (house: House, changed: ReadonlyMap<string, HomeView>): House => ({
  ...house,
  stairs: house.stairs.map((stair) => ({
    ...stair,
    rows: stair.rows.map((row) => ({
      ...row,
      homes: row.homes.map((home) => changed.get(home.householdId) ?? home),
    })),
  })),
});

function buildHouse(building: string, homes: readonly HomeView[]): House {
  const floors = [...new Set(homes.map(floorOf))].sort((a, b) => (b ?? -Infinity) - (a ?? -Infinity));
  const stairs = groups(homes, (home) => home.unit)
    .sort(([a], [b]) => compare(a ?? '', b ?? ''))
    .map(([unit, inside]) => buildStair(unit, inside, floors));
  return { building, homes: homes.length, floors, stairs };
}

function buildStair(
  unit: string | null,
  homes: readonly HomeView[],
  floors: readonly (number | null)[],
): Stair {
  const byRoom = [...homes].sort((a, b) => compare(a.room, b.room));
  const columns = [...new Set(byRoom.flatMap((home) => columnOf(home) ?? []))].sort(compare);
  const rows = floors.map((floor) => ({ floor, homes: byRoom.filter((home) => floorOf(home) === floor) }));
  return { unit, columns: columns.length <= COLUMNS_ALIGNED ? columns : [], rows };
}

/** Which of a floor's doors it is: rooms 301 and 501 lie in one column. */
export const columnOf = (home: Pick<HomeView, 'room'>): string | undefined =>
  /^\d{1,2}(\d{2})$/.exec(home.room.trim())?.[1];

/** As Map.groupBy does, which the browsers of many offices do not have yet. */
function groups<T, K>(items: readonly T[], keyOf: (item: T) => K): [K, T[]][] {
  const byKey = new Map<K, T[]>();
  for (const item of items) {
    const group = byKey.get(keyOf(item));
    if (group) group.push(item);
    else byKey.set(keyOf(item), [item]);
  }
  return [...byKey];
}

// One collator for all: a comparison that sets up its own costs fifty times as much.
const { compare } = new Intl.Collator('zh-CN', { numeric: true });
