import { describe, expect, test } from 'vitest';
import type { AlertView, MessageView, TodayChange, TodayView } from '#contracts/http/today.ts';
import { home } from '../testing/home.ts';
import { byUrgency, mergeChange } from './merge.ts';

const counts = {
  enrolled: 2,
  awaiting: 2,
  kept: 0,
  keptLate: 0,
  visited: 0,
  excused: 0,
  unresolved: 0,
  unprotected: 0,
};
const [li, wang] = [home(), home()];
const view: TodayView = {
  communityId: 'c',
  community: '东苑社区',
  timeZone: 'Asia/Shanghai',
  date: '2026-11-24',
  now: '2026-11-24T00:00:00Z',
  clockSpeed: 1,
  counts,
  homes: [li, wang],
  alerts: [],
  messages: [],
  providers: [],
  canary: null,
  outages: [],
  lostSources: [],
};
const change = (parts: Partial<TodayChange>): TodayChange => ({
  date: view.date,
  now: '2026-11-24T00:00:05Z',
  counts,
  homes: [],
  alerts: [],
  messages: [],
  providers: [],
  canary: null,
  outages: [],
  lostSources: [],
  ...parts,
});
const merged = (from: TodayView, parts: Partial<TodayChange>): TodayView => {
  const result = mergeChange(from, change(parts));
  if (result === 'refetch') throw new Error('expected a merge');
  return result;
};
const alert = (id: string, parts: Partial<AlertView> = {}) =>
  ({
    id,
    code: id,
    status: 'open',
    deadlineAt: '2026-11-24T00:00:00Z',
    emergencyAt: null,
    ...parts,
  }) as AlertView;
const message = (id: string, createdAt: string) => ({ id, createdAt }) as MessageView;

describe('a change from the stream', () => {
  test('replaces the home that changed and leaves its neighbour the very same object', () => {
    const after = merged(view, { homes: [{ ...wang, state: 'kept' }], counts: { ...counts, kept: 1 } });
    expect(after.homes.map((one) => one.state)).toEqual(['awaiting', 'kept']);
    expect(after.homes[0]).toBe(li);
    expect(after.counts.kept).toBe(1);
    expect(after.now).toBe('2026-11-24T00:00:05Z');
  });

  test('brings a household that was enrolled this morning', () => {
    expect(merged(view, { homes: [home()] }).homes).toHaveLength(3);
  });

  test('takes a closed alert off the board and keeps the others', () => {
    const before = { ...view, alerts: [alert('1'), alert('2')] };
    expect(merged(before, { alerts: [alert('1', { status: 'closed' })] }).alerts.map(({ id }) => id)).toEqual(
      ['2'],
    );
  });

  test('puts the newest message first, by instant and not by spelling', () => {
    const before = { ...view, messages: [message('a', '2026-11-24T00:00:01Z')] };
    const after = merged(before, { messages: [message('b', '2026-11-24T00:00:01.500Z')] });
    expect(after.messages.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('of another day is never mixed into this one', () => {
    expect(mergeChange(view, change({ date: '2026-11-25' }))).toBe('refetch');
  });
});

test('an emergency comes first, then those nobody goes to, the longest waiting on top', () => {
  const alerts = [
    alert('going', { status: 'acknowledged' }),
    alert('later', { deadlineAt: '2026-11-24T00:30:00Z' }),
    alert('first'),
    alert('emergency', { status: 'acknowledged', emergencyAt: '2026-11-24T00:31:00Z' }),
  ];
  expect(alerts.sort(byUrgency).map(({ id }) => id)).toEqual(['emergency', 'first', 'later', 'going']);
});
