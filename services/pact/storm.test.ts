import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  findOutages,
  isCovered,
  isOver,
  LEAST_SHARE_PERCENT,
  LEAST_TOGETHER,
  type StormHome,
  type StormInput,
  TOGETHER_MINUTES,
} from './storm.ts';

const T0 = Temporal.Instant.from('2026-11-24T05:00:00+08:00');
let serial = 0;
const home = (changes: Partial<StormHome> & { minute?: number } = {}): StormHome => {
  serial += 1;
  const { minute, ...rest } = changes;
  return {
    householdId: `h${String(serial).padStart(4, '0')}`,
    silentSince: minute === undefined ? undefined : T0.add({ minutes: minute }),
    gateway: undefined,
    building: `b${serial}`,
    broker: undefined,
    ...rest,
  };
};
const input = (homes: readonly StormHome[], changes: Partial<StormInput> = {}): StormInput => ({
  homes,
  missing: [],
  enrolled: homes.length,
  stormPercent: 20,
  ...changes,
});
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('homes that fall silent together', () => {
  it('are one outage of the gateway that they hang on', () => {
    const homes = [
      ...times(4, (i) => home({ gateway: 'g1', minute: i })),
      home({ gateway: 'g1' }),
      home({ gateway: 'g2', minute: 1 }),
    ];
    expect(findOutages(input(homes))).toMatchObject([
      {
        cause: 'gateway',
        subject: 'g1',
        householdIds: homes.slice(0, 4).map(({ householdId }) => householdId),
      },
    ]);
    expect(findOutages(input(homes))[0]?.beganAt.equals(T0)).toBe(true);
  });

  it('are none where they are two, fewer than three in five, or hours apart', () => {
    expect(findOutages(input(times(2, () => home({ gateway: 'g', minute: 0 }))))).toEqual([]);
    const few = [
      ...times(3, () => home({ gateway: 'g', minute: 0 })),
      ...times(3, () => home({ gateway: 'g' })),
    ];
    expect(findOutages(input(few))).toEqual([]);
    expect(findOutages(input(times(5, (i) => home({ gateway: 'g', minute: i * 60 }))))).toEqual([]);
  });

  it('are told by the cause that explains most, and by the nearest of equal ones', () => {
    const homes = times(9, (i) => home({ gateway: `g${i % 3}`, broker: 'b', minute: 0 }));
    expect(findOutages(input(homes)).map(({ cause }) => cause)).toEqual(['broker']);
    const same = times(4, () => home({ gateway: 'g', building: '3', broker: 'b', minute: 0 }));
    expect(findOutages(input(same)).map(({ cause }) => cause)).toEqual(['gateway']);
  });
});

describe('a community that misses at once', () => {
  const missing = (n: number) => times(n, (i) => ({ householdId: `m${i}`, since: T0 }));
  it('is an outage above its share and from five homes on', () => {
    expect(findOutages(input([], { missing: missing(9), enrolled: 45 }))).toEqual([]);
    expect(findOutages(input([], { missing: missing(10), enrolled: 45 }))).toMatchObject([
      { cause: 'community' },
    ]);
    expect(findOutages(input([], { missing: missing(4), enrolled: 6 }))).toEqual([]);
    expect(findOutages(input([], { missing: missing(10), enrolled: 45, stormPercent: 50 }))).toEqual([]);
  });
});

describe('an outage', () => {
  it('is over when half of its homes are back', () => {
    expect(isOver(['a', 'b', 'c'], new Set(['a', 'b']))).toBe(false);
    expect(isOver(['a', 'b', 'c'], new Set(['a']))).toBe(true);
  });

  const some = <T>(from: readonly T[]) => fc.constantFrom(...from);
  const anyHomes = fc.array(
    fc.record({
      minute: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
      gateway: some([undefined, 'g1', 'g2']),
      building: some(['1', '2', '3']),
      broker: some([undefined, 'k1']),
    }),
    { maxLength: 40 },
  );

  it('names only homes that are silent, near in time, and enough of what they share', () => {
    fc.assert(
      fc.property(anyHomes, (drafts) => {
        const homes = drafts.map((draft) => home(draft as Partial<StormHome> & { minute?: number }));
        const byId = new Map(homes.map((one) => [one.householdId, one]));
        for (const { cause, subject, householdIds, beganAt } of findOutages(input(homes))) {
          const on = homes.filter((one) => one[cause as 'gateway'] === subject);
          const named = householdIds.map((id) => byId.get(id)!);
          expect(named.length).toBeGreaterThanOrEqual(LEAST_TOGETHER);
          expect(named.length * 100).toBeGreaterThanOrEqual(on.length * LEAST_SHARE_PERCENT);
          for (const one of named) {
            expect(on).toContain(one);
            const minutes = one.silentSince!.since(beganAt).total('minutes');
            expect(minutes).toBeGreaterThanOrEqual(0);
            expect(minutes).toBeLessThanOrEqual(TOGETHER_MINUTES);
          }
        }
      }),
    );
  });

  it('does not hang on the order in which homes are read, and tells no homes twice', () => {
    fc.assert(
      fc.property(anyHomes, fc.array(fc.nat()), (drafts, order) => {
        const homes = drafts.map((draft) => home(draft as Partial<StormHome> & { minute?: number }));
        const shuffled = homes
          .map((one, i) => [order[i % Math.max(1, order.length)] ?? 0, one] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, one]) => one);
        const subjects = (list: readonly StormHome[]) =>
          findOutages(input(list)).map(({ cause, subject }) => `${cause}/${subject}`);
        expect(subjects(shuffled)).toEqual(subjects(homes));
        const told = new Set<string>();
        for (const { householdIds } of findOutages(input(homes))) {
          expect(isCovered(householdIds, told)).toBe(false);
          for (const id of householdIds) told.add(id);
        }
      }),
    );
  });
});
