import { describe, expect, it } from 'vitest';
import { REGISTER_LIMITS } from '../register-limits.ts';
import { LANGUAGES } from './language.ts';
import { type DayCounts, type NoticeContent, noticeText, type OutageCause } from './notices.ts';
import { fitsOneSms } from './sms-length.ts';

const { code, salutation, building } = REGISTER_LIMITS;
const codes = (n: number) => Array.from({ length: n }, (_, i) => String(9999 - i));
const longest: DayCounts = {
  enrolled: 9999,
  kept: 9999,
  keptLate: 9999,
  visited: 9999,
  away: 9999,
  excused: 9999,
};

/** Every notice at the longest values that the register accepts, and with lists of every length. */
function everyNotice(language: (typeof LANGUAGES)[number]): NoticeContent[] {
  const names =
    language === 'en'
      ? ['W'.repeat(salutation.mostLatin)]
      : ['王'.repeat(salutation.most), 'W'.repeat(salutation.mostLatin)];
  const number = '8'.repeat(code.most);
  const lists = [0, 1, 2, 6, 45, 9999].map(codes);
  const perName = names.flatMap((name): NoticeContent[] => [
    { kind: 'acknowledgement_expired', code: number, salutation: name },
    { kind: 'relieved', code: number, salutation: name },
    { kind: 'replaced', code: number, salutation: name },
    { kind: 'door_link', code: number, salutation: name, link: 'https://pact.example.cn/s#AbCdEfGhIjKlMn' },
    { kind: 'leave_said', code: number, salutation: name, fromOn: '2026-11-28', untilOn: '2026-12-31' },
    { kind: 'leave_cancelled', code: number, salutation: name },
    { kind: 'leave_link', code: number, salutation: name, link: 'https://pact.example.cn/l#AbCdEfGhIjKlMn' },
    { kind: 'care_link', link: 'https://pact.example.cn/c#AbCdEfGhIjKlMn' },
    ...[{}, { link: 'https://pact.example.cn/l#AbCdEfGhIjKlMn' }].flatMap((page): NoticeContent[] => [
      { kind: 'leave_ends', code: number, salutation: name, untilOn: '2026-12-31', ...page },
      { kind: 'leave_opened', code: number, salutation: name, at: '12:26', ...page },
    ]),
    { kind: 'elder_asks', code: number, salutation: name },
    { kind: 'commissioning', code: number, salutation: name },
    ...(['well', 'visited_safe', 'visited', 'excused', 'waiting', 'open'] as const).map(
      (state): NoticeContent => ({ kind: 'daily', salutation: name, state }),
    ),
    { kind: 'daily_after', salutation: name },
    { kind: 'visit_news', salutation: name, at: '12:26', safe: true },
    { kind: 'visit_news', salutation: name, at: '12:26', safe: false },
  ]);
  const subjects: Record<OutageCause, string> = {
    gateway: 'g'.repeat(24),
    building: language === 'en' ? 'B'.repeat(building) : '新'.repeat(building),
    broker: '',
    community: '',
  };
  const perList = lists.flatMap((list): NoticeContent[] => [
    { kind: 'canary_failed', deadline: '12:30', unseen: list },
    { kind: 'all_open', counts: longest, open: list },
    { kind: 'sensor_check', homes: list },
    {
      kind: 'evening',
      ...{
        unseen: list,
        open: list,
        silent: list,
        batteries: list,
        returning: list,
        uncovered: list,
        due: list,
      },
    },
    { kind: 'look_in', homes: list },
    {
      kind: 'evening',
      ...{ unseen: [], open: list, silent: [], batteries: codes(1), returning: [], uncovered: [], due: [] },
    },
    ...(Object.keys(subjects) as OutageCause[]).map(
      (cause): NoticeContent => ({
        kind: 'outage',
        cause,
        subject: subjects[cause],
        since: '12-31 22:10',
        homes: list,
      }),
    ),
  ]);
  return [
    ...perName,
    ...perList,
    { kind: 'canary', deadline: '12:30', round: 0 },
    { kind: 'canary', deadline: '12:30', round: 99 },
    { kind: 'canary_late', deadline: '12:30', at: '23:59' },
    { kind: 'all_clear', counts: longest },
    { kind: 'all_closed', counts: longest },
  ];
}

describe.each(LANGUAGES)('notices in %s', (language) => {
  it('fit one message at the longest names, numbers and lists', () => {
    for (const notice of everyNotice(language)) {
      const text = noticeText(notice, language);
      expect(fitsOneSms(text), `${text.length} ${text}`).toBe(true);
      expect(text).not.toMatch(/undefined|NaN|Infinity/);
    }
  });

  it('name as many homes as fit, and say that there are more', () => {
    const text = noticeText({ kind: 'sensor_check', homes: codes(45) }, language);
    expect(text).toContain('9999');
    expect(text).toMatch(/等|\.\.\./);
    expect(noticeText({ kind: 'sensor_check', homes: ['07', '12'] }, language)).toMatch(/07[、 ]12/);
  });

  it('cannot be taken for each other, all closed and still open', () => {
    const counts = { enrolled: 45, kept: 41, keptLate: 1, visited: 2, away: 1, excused: 0 };
    const clear = noticeText({ kind: 'all_clear', counts }, language);
    const open = noticeText({ kind: 'all_open', counts: { ...counts, visited: 1 }, open: ['07'] }, language);
    expect(open.slice(0, 20)).not.toBe(clear.slice(0, 20));
    expect(open).toContain('07');
  });

  it('tell families no diagnosis', () => {
    for (const safe of [true, false]) {
      const text = noticeText({ kind: 'visit_news', salutation: '王奶奶', at: '8:20', safe }, language);
      expect(text).not.toMatch(/医|病|死|hospital|died/);
    }
  });
});

describe('the all-clear', () => {
  it('reads as the office knows it', () => {
    const counts = { enrolled: 45, kept: 41, keptLate: 1, visited: 2, away: 1, excused: 0 };
    expect(noticeText({ kind: 'all_clear', counts }, 'zh-CN')).toBe(
      '【窗帘之约】45户:41户已拉帘,1户迟开,2户上门,1户外出',
    );
  });
});
