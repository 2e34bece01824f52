import { describe, expect, test } from 'vitest';
import { home } from '../testing/home.ts';
import { buildStreet, streetAfter } from './street.ts';

describe('a home finds its place in the street', () => {
  test('buildings and stairs stand in the order people count, floors from the top', () => {
    const street = buildStreet([
      home({ building: '10栋', room: '101' }),
      home({ building: '3栋', unit: '2', room: '201' }),
      home({ building: '3栋', unit: '1', room: '502' }),
      home({ building: '3栋', unit: '1', room: '501' }),
    ]);
    expect(street.map((house) => house.building)).toEqual(['3栋', '10栋']);
    expect(street[0]?.floors).toEqual([5, 2]);
    expect(street[0]?.stairs.map((stair) => stair.unit)).toEqual(['1', '2']);
    const rooms = street[0]?.stairs[0]?.rows.map((row) => row.homes.map(({ room }) => room));
    expect(rooms).toEqual([['501', '502'], []]);
  });

  test('a room without a number stands in the last row and is not lost', () => {
    const [house] = buildStreet([home({ room: '传达室' }), home({ room: '101' })]);
    expect(house?.floors).toEqual([1, null]);
    expect(house?.stairs[0]?.rows[1]?.homes[0]?.room).toBe('传达室');
  });

  test('every home is in exactly one place, however odd its address', () => {
    const homes = ['1', '12', 'B2', '01', '99999', '3-2', ''].flatMap((room) =>
      [null, '1', '东'].map((unit) => home({ room, unit })),
    );
    const placed = buildStreet(homes).flatMap((house) =>
      house.stairs.flatMap((stair) => stair.rows.flatMap((row) => row.homes.map((one) => one.householdId))),
    );
    expect(placed.toSorted()).toEqual(homes.map((one) => one.householdId).toSorted());
  });

  test('rooms above each other share a column, until there are too many to line up', () => {
    const doors = (count: number) =>
      Array.from({ length: count }, (_, door) => home({ room: `1${String(door + 1).padStart(2, '0')}` }));
    expect(buildStreet([...doors(2), home({ room: '602' })])[0]?.stairs[0]?.columns).toEqual(['01', '02']);
    expect(buildStreet(doors(7))[0]?.stairs[0]?.columns).toEqual([]);
  });
});

test('when one home changes, every other house stays the very same, and a move builds the street anew', () => {
  const homes = [home({ building: '3栋', room: '101' }), home({ building: '5栋', room: '101' })];
  const before = { homes, street: buildStreet(homes) };
  const [first, second] = homes as [(typeof homes)[0], (typeof homes)[0]];
  const opened = [first, { ...second, state: 'kept' as const }];
  const after = streetAfter(before, opened);
  expect(after[0]).toBe(before.street[0]);
  expect(after[1]?.stairs[0]?.rows[0]?.homes).toEqual([opened[1]]);
  expect(streetAfter(before, [...homes])).toBe(before.street);
  const moved = streetAfter(before, [first, { ...second, building: '7栋' }]);
  expect(moved.map((house) => house.building)).toEqual(['3栋', '7栋']);
});
