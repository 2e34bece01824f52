import { expect, test } from 'vitest';
import type { AlertPerson } from '#contracts/http/alert.ts';
import { likeliest } from './likeliest.ts';

const person = (name: string, fields: Partial<AlertPerson> = {}): AlertPerson => ({
  personId: name,
  name,
  role: 'primary',
  paged: true,
  passed: false,
  onTheWay: false,
  ...fields,
});

test('the primary steward stands chosen, until they have said that they cannot go', () => {
  const people = [person('li'), person('wang', { role: 'backup' })];
  expect(likeliest(people, 'acknowledge')?.name).toBe('li');
  expect(likeliest([person('li', { passed: true }), people[1]!], 'acknowledge')?.name).toBe('wang');
  expect(likeliest([person('li', { passed: true })], 'acknowledge')?.name).toBe('li');
  expect(likeliest([], 'acknowledge')).toBeUndefined();
});

test('an alert is given to somebody else than who is on the way', () => {
  expect(likeliest([person('li', { onTheWay: true }), person('wang')], 'reassign')?.name).toBe('wang');
  expect(likeliest([person('li', { onTheWay: true })], 'reassign')).toBeUndefined();
});

test('who is on the way is the one who passes on', () => {
  const people = [person('li'), person('wang', { onTheWay: true })];
  expect(likeliest(people, 'pass')?.name).toBe('wang');
});
