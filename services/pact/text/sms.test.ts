import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../alert.ts';
import { LADDER_ROLES } from '../ladder.ts';
import { REGISTER_LIMITS } from '../register-limits.ts';
import { parseReply } from '../reply.ts';
import { MISS_REASONS } from '../verdict.ts';
import { entryText } from './entry.ts';
import { LANGUAGES, type Language } from './language.ts';
import {
  type AnswerInput,
  answerText,
  listText,
  MOST_LISTED,
  pageText,
  placeOf,
  type SmsHome,
  standDownText,
} from './sms.ts';
import { fitsOneSms, septetsOf } from './sms-length.ts';

const { code, salutation, building, unit, room, phone, personName, emergencyNumber, keyNote } =
  REGISTER_LIMITS;
const han = (length: number) => '窗'.repeat(length);
const latin = (length: number) => 'W'.repeat(length);
const digits = (length: number) => '9'.repeat(length);

/** The longest homes that the register accepts, whatever they are written in. */
function longestHomes(language: Language): SmsHome[] {
  const write = language === 'en' ? [latin, digits] : [han, latin, digits];
  const names =
    language === 'en' ? [latin(salutation.mostLatin)] : [han(salutation.most), latin(salutation.mostLatin)];
  return write.flatMap((letters) =>
    names.map((name) => ({
      code: digits(code.most),
      salutation: name,
      place: placeOf({ building: letters(building), unit: letters(unit), room: letters(room) }, language),
      phone: `+${digits(phone - 1)}`,
    })),
  );
}

const every = {
  homes: (language: Language) => [
    ...longestHomes(language),
    { code: '07', salutation: '张奶奶', place: placeOf({ building: '3', unit: '2', room: '501' }, language) },
  ],
  longNumber: digits(emergencyNumber),
};

describe.each(LANGUAGES)('every text in %s', (language) => {
  const pages = MISS_REASONS.flatMap((reason) =>
    LADDER_ROLES.flatMap((role) =>
      [0, 1, 98].flatMap((step) =>
        [false, true].flatMap((emergency) =>
          longestHomes(language).map((home) => ({
            input: {
              ...{
                home,
                reason,
                role,
                step,
                emergency,
                deadline: '08:00',
                emergencyNumber: every.longNumber,
              },
              ...(reason === 'sensor_silent' ? { silentSince: '12-31 22:10' } : {}),
            },
            name: `${reason} ${role} ${step} ${emergency}`,
          })),
        ),
      ),
    ),
  );

  it('fits one message at the longest name and address, pages in all their variants', () => {
    expect(pages.length).toBeGreaterThan(100);
    for (const { input, name } of pages) {
      const text = pageText(input, language);
      expect(fitsOneSms(text), `${name}: ${text.length} ${text}`).toBe(true);
      expect(text).toContain(input.home.place);
      expect(text).toContain(input.home.code);
      if (input.emergency) expect(text).toContain(every.longNumber);
    }
  });

  it('says that nobody knows when the sensor is mute', () => {
    for (const { input } of pages) {
      const mute = input.reason === 'sensor_silent' || input.reason === 'never_reported';
      const text = pageText(input, language);
      expect(/不知是否平安|Not known if safe/.test(text)).toBe(mute && !input.emergency);
    }
  });

  it('fits several homes into one message, with every number', () => {
    for (const [least, home] of longestHomes(language).map((home, n) => [n % 2, home] as const)) {
      for (const step of [0, 1, 98]) {
        const homes = Array.from({ length: MOST_LISTED - least }, (_, n) => ({
          ...home,
          code: String(9_000 + n),
        }));
        const text = listText({ homes, step }, language);
        expect(fitsOneSms(text), `${text.length} ${text}`).toBe(true);
        for (const { code: number } of homes) expect(text).toContain(number);
      }
    }
  });

  it('says in an emergency how to get in, as far as there is room', () => {
    const home = every.homes(language).at(-1)!;
    const usual = { home, reason: 'no_signal', role: 'backup', step: 1, deadline: '8:00' } as const;
    const entry =
      entryText({ keyNote: language === 'en' ? 'Li Si' : '李四', entryConsent: true }, language) ?? '';
    expect(pageText({ ...usual, emergency: true, emergencyNumber: '120', entry }, language)).toContain(entry);
    for (const { input } of pages.filter(({ input: { emergency } }) => emergency)) {
      const longest = entryText({ keyNote: han(keyNote), entryConsent: true }, language) ?? '';
      expect(fitsOneSms(pageText({ ...input, entry: longest }, language))).toBe(true);
    }
  });

  it('differs from round to round, so that no provider takes it for a copy', () => {
    const { input } = pages[0]!;
    const rounds = Array.from({ length: 20 }, (_, step) => pageText({ ...input, step }, language));
    expect(new Set(rounds).size).toBe(20);
  });

  it('has another text for each reason', () => {
    const home = every.homes(language).at(-1)!;
    const texts = MISS_REASONS.map((reason) =>
      pageText(
        {
          home,
          reason,
          role: 'primary',
          step: 0,
          emergency: false,
          deadline: '8:00',
          emergencyNumber: '120',
        },
        language,
      ),
    );
    expect(new Set(texts).size).toBe(MISS_REASONS.length);
  });

  it('fits one message when it stands people down', () => {
    for (const home of longestHomes(language)) {
      for (const outcome of OUTCOMES)
        expect(fitsOneSms(standDownText({ home, at: '12:26', outcome }, language))).toBe(true);
      expect(fitsOneSms(standDownText({ home, at: '12:26', signal: true }, language))).toBe(true);
    }
  });

  it('fits one message when it answers', () => {
    const longest = digits(code.most);
    const by =
      language === 'en' ? [latin(personName.mostLatin)] : [han(personName.most), latin(personName.mostLatin)];
    const answers: AnswerInput[] = [
      { kind: 'acknowledged', code: longest, minutes: 240 },
      ...by.map((name): AnswerInput => ({ kind: 'already_taken', code: longest, by: name })),
      { kind: 'arrived', code: longest, minutes: 240, emergencyNumber: every.longNumber },
      { kind: 'outcome_recorded', code: longest },
      { kind: 'passed', code: longest },
      { kind: 'emergency_called', code: longest, emergencyNumber: every.longNumber },
      { kind: 'sensor_ticket', code: longest },
      { kind: 'closed', code: longest, emergencyNumber: every.longNumber },
      { kind: 'not_understood', code: longest },
      { kind: 'several_open', codes: Array.from({ length: 45 }, () => longest) },
      { kind: 'unknown_number' },
      { kind: 'no_open_alert', emergencyNumber: every.longNumber },
      { kind: 'stranger' },
    ];
    for (const input of answers) expect(fitsOneSms(answerText(input, language)), input.kind).toBe(true);
  });

  it('offers only replies that are understood', () => {
    for (const { input } of pages) {
      const text = pageText(input, language);
      const each = text.match(new RegExp(`${input.home.code}[1-5](?!\\d)`, 'g')) ?? [];
      const once = new RegExp(`${input.home.code}\\+[1-5]`).exec(text)?.[0];
      const offered = once ? [once] : each;
      expect(offered.length).toBeGreaterThan(0);
      for (const reply of offered)
        expect(parseReply(reply)).toMatchObject({ kind: 'action', code: input.home.code });
    }
  });
});

describe('the usual page', () => {
  const home = { code: '07', salutation: '张奶奶', place: '3栋2单元501', phone: '+8613800000000' };
  const input = { home, deadline: '8:00', emergencyNumber: '120', emergency: false, step: 0 } as const;

  it('tells what, who, where, phone, what to do and how to answer', () => {
    expect(pageText({ ...input, reason: 'no_signal', role: 'primary' }, 'zh-CN')).toBe(
      '【窗帘之约】8:00未拉帘:07号张奶奶3栋2单元501,13800000000。请即上门。回071出发072平安073急救074去不了',
    );
  });

  it.each([
    ['a landline', '+863913560101', '03913560101'],
    ['a landline of Beijing', '+861065001234', '01065001234'],
    ['a mobile', '+8613800000000', '13800000000'],
    ['a mobile abroad', '+447400123456', '+447400123456'],
  ])('gives %s as it is dialled at home', (_, phone, dialled) => {
    const text = pageText(
      { ...input, home: { ...home, phone }, reason: 'no_signal', role: 'primary' },
      'zh-CN',
    );
    expect(text).toContain(`,${dialled}。`);
  });

  it('names the same place as its stewards do', () => {
    expect(placeOf({ building: '3', unit: '2', room: '501' }, 'zh-CN')).toBe('3栋2单元501');
    expect(placeOf({ building: '东风楼', unit: null, room: '501' }, 'zh-CN')).toBe('东风楼501');
    expect(placeOf({ building: '3', unit: '2', room: '501' }, 'en')).toBe('bldg 3 unit 2 room 501');
  });

  it('drops the phone before what to do', () => {
    const far = { ...home, place: '东风新村甲楼1234单元150101' };
    const text = pageText({ ...input, home: far, reason: 'no_signal', role: 'primary' }, 'zh-CN');
    expect(text).not.toContain('13800000000');
    expect(text).toContain('请即上门');
  });

  it('tells neighbours nothing of the elder but that nobody needs to go', () => {
    for (const outcome of ['hospital', 'died'] as const) {
      expect(standDownText({ home, at: '8:26', outcome }, 'zh-CN')).not.toMatch(/医|死|病|故/);
    }
  });
});

describe('the length of a message', () => {
  it('counts extended characters twice and leaves the alphabet at the first Chinese one', () => {
    expect(septetsOf('a[b]€')).toBe(8);
    expect(septetsOf('a窗')).toBeUndefined();
    expect(fitsOneSms('a'.repeat(160))).toBe(true);
    expect(fitsOneSms('a'.repeat(161))).toBe(false);
    expect(fitsOneSms('窗'.repeat(70))).toBe(true);
    expect(fitsOneSms('窗'.repeat(71))).toBe(false);
  });
});
