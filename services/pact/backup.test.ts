import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { dueBackup, type LastNight } from './backup.ts';

const ZONE = 'Asia/Shanghai';
const at = (time: string) => Temporal.Instant.from(`2026-11-26T${time}:00+08:00`);
const due = (time: string, last?: Partial<LastNight>) =>
  dueBackup(at(time), ZONE, last && { on: '2026-11-26', begunAt: at('03:15'), done: true, ...last });

it('is due at a quarter past three where the community is, once', () => {
  expect(due('03:14')).toBeUndefined();
  expect(due('03:15')).toBe('2026-11-26');
  expect(due('03:15', { on: '2026-11-25' })).toBe('2026-11-26');
  expect(due('04:00', {})).toBeUndefined();
});

it('is made up for during the day, and not in the last hour before the next night', () => {
  expect(due('11:00', { on: '2026-11-24' })).toBe('2026-11-26');
  expect(due('23:30', { on: '2026-11-24' })).toBeUndefined();
});

it('is tried again half an hour after it has failed, also when the clock was set back meanwhile', () => {
  expect(due('03:30', { done: false })).toBeUndefined();
  expect(due('03:45', { done: false })).toBe('2026-11-26');
  expect(due('03:30', { done: false, begunAt: at('09:00') })).toBe('2026-11-26');
});

it('is not made again for a night that is over when the clock was set back by a day', () => {
  expect(due('04:00', { on: '2026-11-27' })).toBeUndefined();
});
