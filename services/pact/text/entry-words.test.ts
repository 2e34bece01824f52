import { expect, test } from 'vitest';
import { BOARD_TEXT } from './board.ts';
import { describeEntry, type TimelineEntry } from './entry-words.ts';

const zh = BOARD_TEXT['zh-CN'];
const zone = (at: string) =>
  new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(11, 16).replace(/^0/, '');
const entry = (kind: string, parts: Partial<TimelineEntry> = {}): TimelineEntry => ({
  at: '2026-11-24T00:00:00Z',
  kind,
  person: null,
  role: null,
  detail: {},
  ...parts,
});

test('a step says whom it paged, and says so when it paged nobody', () => {
  expect(describeEntry(entry('step_reached', { detail: { roles: ['backup', 'primary'] } }), zh, zone)).toBe(
    '呼叫 → 替补、红管家',
  );
  expect(describeEntry(entry('step_reached', { detail: { roles: [] } }), zh, zone)).toBe(zh.stepNobody);
  expect(
    describeEntry(entry('step_reached', { detail: { roles: ['office'], emergency: true } }), zh, zone),
  ).toBe(zh.stepEmergency);
  expect(
    describeEntry(
      entry('step_reached', { detail: { roles: ['neighbour'], emergency: true, pages: 1 } }),
      zh,
      zone,
    ),
  ).toBe('呼叫 → 邻里');
});

test('what nobody signed was done by the office', () => {
  expect(describeEntry(entry('acknowledged'), zh, zone)).toBe('社区办公室:我去');
  expect(describeEntry(entry('acknowledged', { person: '红管家5' }), zh, zone)).toBe('红管家5:我去');
});

test('an entry of a kind yet unknown is shown by its name rather than hidden', () => {
  expect(describeEntry(entry('called_by_voice'), zh, zone)).toBe('called_by_voice');
});

test('a page that was taken back in time is no failure', () => {
  const back = entry('page_failed', { person: '红管家5', detail: { failure: 'stood_down' } });
  expect(describeEntry(back, zh, zone)).toBe('给红管家5的呼叫不用发了');
});

test('a sign of life that arrived later than it was given says when that was', () => {
  const seen = (at: string) => describeEntry(entry('signal_seen', { detail: { at } }), zh, zone);
  expect(seen('2026-11-23T23:15:00Z')).toBe('有了平安信号(7:15)');
  expect(seen('2026-11-24T00:00:20Z')).toBe('有了平安信号');
});
