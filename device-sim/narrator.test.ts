import { expect, test } from 'vitest';
import type { AlertView, HomeView, MessageView } from '#contracts/http/today.ts';
import { NARRATION } from '#pact/text/narration.ts';
import type { MorningUpdate } from './board-client.ts';
import { createNarrator } from './narrator.ts';

const home = (code: string, more: Partial<HomeView> = {}): HomeView => ({
  householdId: `home-${code}`,
  code,
  salutation: '王奶奶',
  grid: '一网格',
  building: '3栋',
  unit: '1单元',
  floor: 1,
  room: '101',
  state: 'awaiting',
  curtain: 'closed',
  reason: null,
  proofAt: null,
  deadlineAt: '2026-03-03T00:00:00Z',
  missing: [],
  lateFrom: null,
  steward: '李敏',
  lastSeenAt: null,
  battery: null,
  openTickets: 0,
  lookIn: null,
  openedAway: null,
  unread: null,
  alertId: null,
  outcome: null,
  ...more,
});
const page = (more: Partial<MessageView> = {}): MessageView => ({
  id: 'm1',
  direction: 'out',
  kind: 'page',
  channel: 'sms',
  deliveredAt: null,
  alertId: 'a1',
  code: '02',
  person: '李敏',
  personKind: 'steward',
  text: '',
  state: 'accepted',
  failure: null,
  createdAt: '2026-03-03T00:00:01Z',
  acceptedAt: '2026-03-03T00:00:02Z',
  answerable: true,
  ...more,
});
const alert = (timeline: AlertView['timeline']): AlertView =>
  ({ id: 'a1', code: '02', status: 'open', timeline }) as unknown as AlertView;
const update = (now: string, more: Partial<MorningUpdate>): MorningUpdate => ({
  now,
  counts: {
    enrolled: 2,
    awaiting: 0,
    kept: 0,
    keptLate: 0,
    visited: 0,
    excused: 0,
    unresolved: 0,
    unprotected: 0,
  },
  homes: [],
  alerts: [],
  messages: [],
  ...more,
});

function hear(language: 'zh-CN' | 'en', ...updates: MorningUpdate[]): string[] {
  const lines: string[] = [];
  const narrator = createNarrator(NARRATION[language], 'Asia/Shanghai', (line) => lines.push(line));
  for (const next of updates) narrator.see(next);
  return lines;
}

const dawn = update('2026-03-02T22:25:00Z', { homes: [home('01'), home('02')] });
const drawn = home('01', { state: 'kept', proofAt: '2026-03-02T22:52:10Z' });
const missed = home('02', { state: 'missed', reason: 'left_open' });

test('a curtain that is drawn is told at its own time', () => {
  expect(hear('zh-CN', dawn, update('2026-03-02T22:52:11Z', { homes: [drawn] }))).toEqual([
    '06:52  01号 拉帘',
  ]);
  expect(hear('en', dawn, update('2026-03-02T22:52:11Z', { homes: [drawn] }))).toEqual([
    '06:52  No. 01 drew the curtain',
  ]);
});

test('the deadline is told once, with every home that was missed and why', () => {
  const judged = update('2026-03-03T00:00:01Z', { homes: [missed] });
  const lines = hear('zh-CN', dawn, update('2026-03-02T22:52:11Z', { homes: [drawn] }), judged, judged);
  expect(lines).toEqual([
    '06:52  01号 拉帘',
    '08:00  到点清点：1 户已拉帘，1 户未拉帘，0 户外出',
    '       02号 3栋1单元101 王奶奶  从昨天一直开着，今天没有动过',
  ]);
});

test('a page is told when a gateway has taken it and not before, people of one moment in one line', () => {
  const waiting = update('2026-03-03T00:00:01Z', {
    messages: [page({ state: 'planned', acceptedAt: null })],
  });
  const backup = page({ id: 'm2', person: '王伟' });
  const sent = update('2026-03-03T00:00:02Z', { messages: [backup, page()] });
  expect(hear('zh-CN', waiting)).toEqual([]);
  expect(hear('zh-CN', waiting, sent, sent)).toEqual(['08:00  02号 短信呼叫 红管家 王伟、红管家 李敏']);
});

test('what became of an alert is told entry by entry, each once', () => {
  const entry = (kind: string, at: string, detail = {}) => ({
    at,
    kind,
    person: '李敏',
    role: 'primary',
    step: null,
    detail,
  });
  const going = entry('acknowledged', '2026-03-03T00:00:40Z');
  const safe = entry('outcome_recorded', '2026-03-03T00:06:00Z', { outcome: 'safe' });
  const lines = hear(
    'en',
    update('2026-03-03T00:00:41Z', { alerts: [alert([going])] }),
    update('2026-03-03T00:06:01Z', { alerts: [alert([going, safe])] }),
  );
  expect(lines).toEqual([
    '08:00  No. 02 李敏 is on the way',
    '08:06  No. 02 outcome of the visit: safe (李敏)',
  ]);
});

test('a report that was held back is told with the time at which the curtain was drawn', () => {
  const held = home('02', { state: 'kept', proofAt: '2026-03-02T23:42:00Z' });
  const lines = hear(
    'zh-CN',
    update('2026-03-03T00:00:01Z', { homes: [missed] }),
    update('2026-03-03T00:05:01Z', { homes: [held] }),
  );
  expect(lines.at(-1)).toBe('08:05  02号 其实 07:42 已拉帘，消息刚到');
});
