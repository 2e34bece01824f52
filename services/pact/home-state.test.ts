import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { curtainOf, type HomeDay, homeStateOf } from './home-state.ts';

const now = Temporal.Instant.from('2026-11-24T00:00:00Z');
const day = (of: Partial<NonNullable<HomeDay['day']>>): HomeDay => ({
  day: { verdict: 'missed', closedAs: 'unresolved', alert: undefined, ...of },
  hasPact: true,
  opened: true,
});

describe('a home’s window', () => {
  it.each([
    ['awaiting', day({ verdict: 'awaiting', closedAs: undefined })],
    ['kept', day({ verdict: 'kept', closedAs: 'kept' })],
    ['kept_late', day({ verdict: 'kept', closedAs: 'kept_late', alert: 'closed' })],
    ['visited', day({ closedAs: 'visited', alert: 'closed' })],
    ['excused', day({ verdict: 'excused', closedAs: 'excused' })],
    ['missed', day({ alert: 'open' })],
    ['going', day({ alert: 'acknowledged' })],
    ['missed', day({})],
    ['awaiting', { day: undefined, hasPact: true, opened: false }],
    ['unprotected', { day: undefined, hasPact: true, opened: true }],
    ['unprotected', { day: undefined, hasPact: false, opened: false }],
  ] as const)('shows %s', (state, home) => {
    expect(homeStateOf(home)).toBe(state);
  });
});

describe('a curtain', () => {
  const sensor = (curtain: 'open' | 'closed' | 'unknown', minutesAgo: number | undefined) => ({
    curtain,
    silenceMinutes: 90,
    ...(minutesAgo === undefined ? {} : { lastSeenAt: now.subtract({ minutes: minutesAgo }) }),
  });

  it('is unknown when its sensor is silent, whatever it said last', () => {
    expect(curtainOf([], now)).toBe('unknown');
    expect(curtainOf([sensor('open', undefined)], now)).toBe('unknown');
    expect(curtainOf([sensor('open', 91)], now)).toBe('unknown');
    expect(curtainOf([sensor('closed', 91)], now)).toBe('unknown');
    expect(curtainOf([sensor('closed', 90)], now)).toBe('closed');
  });

  it('is what the fresh ones of several sensors say, and open where one is', () => {
    expect(curtainOf([sensor('open', 500), sensor('closed', 1)], now)).toBe('closed');
    expect(curtainOf([sensor('closed', 1), sensor('open', 2)], now)).toBe('open');
  });
});
