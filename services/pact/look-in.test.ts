import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { asksToLookIn, type BlindHome } from './look-in.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
/** Kept at seven, and blind from noon. */
const home = (fields: Partial<BlindHome>): BlindHome => ({
  day: { verdict: 'kept', closedAs: 'kept', reason: undefined },
  blindSince: at('12:00'),
  seenAt: undefined,
  dayBeganAt: at('00:00'),
  resumedAt: undefined,
  ...fields,
});
const excused = (reason: string) => ({ verdict: 'excused' as const, closedAs: 'excused' as const, reason });
const missed = (closedAs: 'visited' | 'kept_late' | 'unresolved' | undefined) => ({
  verdict: 'missed' as const,
  closedAs,
  reason: 'sensor_silent',
});

test.each([
  ['a fault after the morning was kept asks for eyes', {}, true],
  [
    'the morning asks by itself',
    { day: { verdict: 'awaiting', closedAs: undefined, reason: undefined } },
    false,
  ],
  ['while an alert is open somebody is on the way', { day: missed('unresolved') }, false],
  ['a fault after the visit asks anew', { day: missed('visited'), seenAt: at('08:20') }, true],
  [
    'the visit of a fault is enough',
    { day: missed('visited'), blindSince: at('07:00'), seenAt: at('08:20') },
    false,
  ],
  ['a day that is not in the pact has nobody else', { day: excused('not_a_pact_day') }, true],
  ['who is away is not looked for', { day: excused('on_leave') }, false],
  ['a pact that is over asks nothing', { day: excused('not_in_force') }, false],
  ['a home beside the ledger asks nothing', { day: undefined }, false],
  ['who was seen since is well', { seenAt: at('12:30') }, false],
  ['who was seen before it failed is not', { seenAt: at('11:30') }, true],
  [
    'a fault of yesterday asks again today',
    { blindSince: at('00:00').subtract({ hours: 20 }), seenAt: at('00:00').subtract({ hours: 5 }) },
    true,
  ],
  ['sensors get time to speak again after a downtime', { resumedAt: at('13:30') }, false],
  ['and not more than that', { resumedAt: at('13:10') }, true],
] as [string, Partial<BlindHome>, boolean][])('%s', (_what, fields, asked) => {
  expect(asksToLookIn(home(fields), at('14:00'))).toBe(asked);
});
