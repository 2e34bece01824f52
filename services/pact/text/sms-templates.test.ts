import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../alert.ts';
import { LADDER_ROLES } from '../ladder.ts';
import { REGISTER_LIMITS } from '../register-limits.ts';
import { MISS_REASONS } from '../verdict.ts';
import type { MessageContent } from './content.ts';
import type { NoticeContent } from './notices.ts';
import { type AnswerInput, placeOf, type SmsHome } from './sms.ts';
import {
  fillTemplate,
  isWithinRules,
  renderTemplate,
  SMS_TEMPLATE_NAMES,
  SMS_TEMPLATES,
  type SmsTemplateName,
} from './sms-templates.ts';

const { code, salutation, building, unit, room } = REGISTER_LIMITS;
const SIGNATURE = '窗帘之约';
const NUMBER = '9'.repeat(code.most);
const CODES = (count: number) => Array.from({ length: count }, () => NUMBER);

const homes: SmsHome[] = (['zh-CN', 'en'] as const).flatMap((language) =>
  ['窗', 'W', '9'].flatMap((letter) =>
    ['王'.repeat(salutation.most), 'W'.repeat(salutation.mostLatin)].map((name) => ({
      code: NUMBER,
      salutation: name,
      place: placeOf(
        { building: letter.repeat(building), unit: letter.repeat(unit), room: letter.repeat(room) },
        language,
      ),
      phone: '+8613900001234',
    })),
  ),
);
const short: SmsHome = { code: '07', salutation: '张奶奶', place: '3栋2单元501', phone: '+8613900001234' };

const everyPage = [...homes, short].flatMap((home) =>
  MISS_REASONS.flatMap((reason) =>
    LADDER_ROLES.flatMap((role) =>
      [0, 98].flatMap((step) =>
        [undefined, '钥匙:对门李叔,可破门'].flatMap((entry) =>
          [false, true].map(
            (emergency): MessageContent => ({
              kind: 'page',
              page: {
                ...{ home, reason, role, step, emergency, deadline: '08:00', emergencyNumber: '999999' },
                ...(reason === 'sensor_silent' ? { silentSince: '12-31 22:10' } : {}),
                ...(entry ? { entry } : {}),
              },
            }),
          ),
        ),
      ),
    ),
  ),
);

const counts = { enrolled: 9999, kept: 9999, keptLate: 9999, visited: 9999, away: 9999, excused: 9999 };
const notices: NoticeContent[] = [
  ...homes.flatMap(({ salutation: name }): NoticeContent[] => [
    { kind: 'acknowledgement_expired', code: NUMBER, salutation: name },
    { kind: 'relieved', code: NUMBER, salutation: name },
    { kind: 'replaced', code: NUMBER, salutation: name },
    { kind: 'door_link', code: NUMBER, salutation: name, link: 'https://pact.example.cn/s#AbCdEfGhIjKlMn' },
    { kind: 'leave_said', code: NUMBER, salutation: name, fromOn: '2026-11-28', untilOn: '2026-12-31' },
    { kind: 'leave_cancelled', code: NUMBER, salutation: name },
    { kind: 'leave_link', code: NUMBER, salutation: name, link: 'https://pact.example.cn/l#AbCdEfGhIjKlMn' },
    { kind: 'care_link', link: 'https://pact.example.cn/c#AbCdEfGhIjKlMn' },
    ...[{}, { link: 'https://pact.example.cn/l#AbCdEfGhIjKlMn' }].flatMap((page): NoticeContent[] => [
      { kind: 'leave_ends', code: NUMBER, salutation: name, untilOn: '2026-12-31', ...page },
      { kind: 'leave_opened', code: NUMBER, salutation: name, at: '12:26', ...page },
    ]),
    { kind: 'elder_asks', code: NUMBER, salutation: name },
    { kind: 'commissioning', code: NUMBER, salutation: name },
    { kind: 'daily', salutation: name, state: 'open' },
    { kind: 'daily_after', salutation: name },
    { kind: 'visit_news', salutation: name, at: '12:26', safe: false },
    { kind: 'elder_call', salutation: name, counts: true },
  ]),
  ...[0, 1, 6, 45, 9999].flatMap((count): NoticeContent[] => {
    const list = CODES(count);
    return [
      { kind: 'canary_failed', deadline: '12:30', unseen: list },
      { kind: 'all_open', counts, open: list },
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
      { kind: 'outage', cause: 'gateway', subject: 'g'.repeat(24), since: '12-31 22:10', homes: list },
    ];
  }),
  { kind: 'canary', deadline: '12:30', round: 0 },
  { kind: 'canary', deadline: '12:30', round: 9 },
  { kind: 'canary_late', deadline: '12:30', at: '12:59' },
  { kind: 'all_clear', counts },
  { kind: 'all_closed', counts },
  { kind: 'robot_test', name: '群'.repeat(20) },
];

const answers: AnswerInput[] = [
  { kind: 'acknowledged', code: NUMBER, minutes: 240 },
  { kind: 'acknowledged', code: NUMBER, minutes: 240, link: 'https://pact.example.cn/s#AbCdEfGhIjKlMn' },
  { kind: 'arrived', code: NUMBER, minutes: 240, emergencyNumber: '999999' },
  { kind: 'already_taken', code: NUMBER, by: 'W'.repeat(24) },
  { kind: 'outcome_recorded', code: NUMBER },
  { kind: 'passed', code: NUMBER },
  { kind: 'emergency_called', code: NUMBER, emergencyNumber: '999999' },
  { kind: 'sensor_ticket', code: NUMBER },
  { kind: 'closed', code: NUMBER, emergencyNumber: '999999' },
  { kind: 'not_understood', code: NUMBER },
  { kind: 'several_open', codes: CODES(45) },
  { kind: 'unknown_number' },
  { kind: 'no_open_alert', emergencyNumber: '999999' },
  { kind: 'stranger' },
];

const everything: MessageContent[] = [
  ...everyPage,
  ...[2, 6].flatMap((count) =>
    [0, 98].map(
      (step): MessageContent => ({
        kind: 'list',
        list: { homes: Array.from({ length: count }, () => homes[0]!), step },
      }),
    ),
  ),
  ...homes.flatMap((home) =>
    OUTCOMES.map(
      (outcome): MessageContent => ({
        kind: 'stand_down',
        standDown: { home, at: '12:26', outcome },
      }),
    ),
  ),
  ...answers.map((answer): MessageContent => ({ kind: 'answer', answer })),
  ...notices.map((notice): MessageContent => ({ kind: 'notice', notice })),
];

describe('a message as a registered template', () => {
  it('fits one SMS with its signature at the longest values, within the provider’s rules', () => {
    for (const content of everything) {
      const filled = fillTemplate(content, SIGNATURE);
      const text = `【${SIGNATURE}】${renderTemplate(filled)}`;
      expect(text.length, `${JSON.stringify(content)}\n${filled.name}: ${text}`).toBeLessThanOrEqual(70);
      expect(isWithinRules(filled), text).toBe(true);
      const places = [...SMS_TEMPLATES[filled.name].matchAll(/\{(\w+)\}/g)].map(([, place]) => place);
      expect(Object.keys(filled.params).toSorted()).toEqual(places.toSorted());
    }
  });

  it('tells who, where, what number to reply with, and that nobody knows where that is so', () => {
    for (const content of everyPage) {
      if (content.kind !== 'page') continue;
      const { home, reason, emergency, emergencyNumber } = content.page;
      const text = renderTemplate(fillTemplate(content, SIGNATURE));
      expect(text).toContain(`${home.code}号`);
      if (!home.place.startsWith('bldg')) expect(text).toContain(home.place);
      if (emergency) expect(text).toContain(emergencyNumber);
      else if (reason === 'sensor_silent' || reason === 'never_reported')
        expect(text).toContain('不知是否平安');
    }
  });

  it('uses every template that is to be registered, and no other', () => {
    const plain: MessageContent = { kind: 'plain', text: '【窗帘之约】试一试' };
    const used = new Set<SmsTemplateName>(
      [...everything, plain].map((content) => fillTemplate(content, SIGNATURE).name),
    );
    expect([...used].toSorted()).toEqual([...SMS_TEMPLATE_NAMES].toSorted());
  });

  it('reads as a text does where the home has an ordinary name', () => {
    const page = (more: object) =>
      renderTemplate(
        fillTemplate(
          {
            kind: 'page',
            page: {
              ...{ home: short, reason: 'no_signal', role: 'primary', step: 0, deadline: '8:00' },
              ...{ emergency: false, emergencyNumber: '120', ...more },
            } as never,
          },
          SIGNATURE,
        ),
      );
    expect(page({})).toBe(
      '8:00未拉帘:07号张奶奶3栋2单元501,电话13900001234。请即上门。回户号加1出发2平安3急救4去不了',
    );
    expect(page({ role: 'backup', step: 1, reason: 'sensor_silent' })).toBe(
      '第2轮,设备失联,不知是否平安:07号张奶奶3栋2单元501。尚无人确认,请您替去。回户号加1出发2平安3急救4去不了',
    );
    expect(page({ emergency: true, entry: '钥匙:对门' })).toBe(
      '急救:07号张奶奶3栋2单元501。入户钥匙:对门。请拨120并速去。回户号加1出发2平安',
    );
  });
});
