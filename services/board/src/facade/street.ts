import type { HomeView } from '#contracts/http/today.ts';

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

/** The floor as registered, else as the room's number tells it (501 and 1203 do), else unknown. */
export function floorOf(home: Pick<HomeView, 'floor' | 'room'>): number | null {
  if (home.floor !== null) return home.floor;
  const match = /^(\d{1,2})\d{2}$/.exec(home.room.trim());
  return match ? Number(match[1]) : null;
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

const compare = (a: string, b: string) => a.localeCompare(b, 'zh-CN', { numeric: true });
