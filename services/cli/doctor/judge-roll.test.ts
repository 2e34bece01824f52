import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { DOCTOR_TEXT } from '#pact/text/doctor.ts';
import type { Enrolled } from '#store/process/process-roll.ts';
import { judgeRoll } from './judge-roll.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00+08:00');
const at = (minutesAgo: number) => new Date(NOW.epochMilliseconds - minutesAgo * 60_000);

/** One that started, was last seen and said goodbye so many minutes ago. */
const enrolled = (
  pid: number,
  {
    started,
    seen = 0,
    ended,
    ...rest
  }: { started: number; seen?: number; ended?: number } & Partial<Enrolled>,
): Enrolled => ({
  ...{ host: 'one', pid, services: ['rules'], startedAt: at(started), seenAt: at(ended ?? seen) },
  ...{ endedAt: ended === undefined ? null : at(ended), ...rest },
});

const judge = (...roll: Enrolled[]) =>
  judgeRoll(
    roll.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime()),
    NOW,
    DOCTOR_TEXT.en,
  );
const gone = (...roll: Enrolled[]) =>
  judge(...roll)
    .filter(({ check }) => check === 'processGone')
    .map(({ status, text }) => `${status} ${/\d+/.exec(text)?.[0]}`);

test('of two the dead one is missed, and it is worse where nobody does its work', () => {
  const dead = enrolled(1, { started: 60, seen: 5 });
  expect(gone(dead, enrolled(2, { started: 60 }))).toEqual(['warn 1']);
  expect(gone(dead, enrolled(2, { started: 60, services: ['broker'] }))).toEqual(['fail 1']);
  expect(judge(enrolled(1, { started: 9 }), enrolled(2, { started: 9 }))).toMatchObject([
    { check: 'roll', status: 'ok', text: expect.stringContaining('rules × 2') },
  ]);
});

test('who was stopped is not missed, nor who was started again', () => {
  expect(gone(enrolled(1, { started: 60, ended: 5 }))).toEqual([]);
  expect(gone(enrolled(1, { started: 60, seen: 5 }), enrolled(2, { started: 4 }))).toEqual([]);
  // Killed over and over, by an operator or for want of memory.
  const often = [5, 4, 3, 2].map((minutes) => enrolled(minutes, { started: minutes + 1, seen: minutes }));
  expect(gone(...often, enrolled(1, { started: 1 }))).toEqual([]);
});

test('a start makes up for one end: of the same machine, the same services, and the latest', () => {
  const dead = enrolled(1, { started: 60, seen: 9 });
  expect(gone(dead, enrolled(2, { started: 4, host: 'two' }))).toEqual(['warn 1']);
  expect(gone(dead, enrolled(2, { started: 4, services: ['broker', 'rules'] }))).toEqual(['warn 1']);
  // The second was only restarted; the first is still missing.
  expect(gone(dead, enrolled(2, { started: 60, ended: 5 }), enrolled(3, { started: 5 }))).toEqual(['warn 1']);
  // The second was taken away; the first died later and is back.
  expect(
    gone(
      enrolled(1, { started: 60, seen: 3 }),
      enrolled(2, { started: 60, ended: 5 }),
      enrolled(3, { started: 2 }),
    ),
  ).toEqual([]);
});
