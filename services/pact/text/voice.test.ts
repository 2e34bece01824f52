import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './language.ts';
import type { PageInput } from './sms.ts';
import { spokenAnswer, type VoiceScript, voiceScript } from './voice.ts';

const page: PageInput = {
  home: { code: '07', salutation: '张奶奶', place: '3栋2单元501' },
  deadline: '8:00',
  reason: 'no_signal',
  role: 'primary',
  step: 0,
  emergency: false,
  emergencyNumber: '120',
};
const heard = ({ lines }: VoiceScript) => lines.map(({ text }) => text).join(' ');

describe.each(LANGUAGES)('a call in %s', (language) => {
  it('reads the number digit by digit and slowly, and offers the four keys', () => {
    const script = voiceScript({ kind: 'page', page }, language);
    expect(script.keys).toEqual(['1', '2', '3', '4']);
    const slow = script.lines.filter((line) => line.slow).map(({ text }) => text);
    expect(slow).toHaveLength(1);
    expect(slow[0]).toMatch(/0 7/);
    expect(slow[0]).toContain('3栋2单元501');
  });

  it('says in an emergency whom to call and how to get in', () => {
    const entry = '钥匙:李四';
    const text = heard(voiceScript({ kind: 'page', page: { ...page, emergency: true, entry } }, language));
    expect(text).toContain('1 2 0');
    expect(text).toContain(entry);
  });

  it('names each home of a list, and takes no key for how they are', () => {
    const homes = [
      { code: '07', place: '3栋501' },
      { code: '19', place: '5栋202' },
    ];
    const script = voiceScript({ kind: 'list', list: { homes, step: 0 } }, language);
    expect(script.keys).toEqual(['1', '4']);
    expect(heard(script)).toMatch(/0 7.*1 9/);
  });

  it('tells an elder to press a key only where that counts', () => {
    const call = (counts: boolean) =>
      voiceScript({ kind: 'notice', notice: { kind: 'elder_call', salutation: '张奶奶', counts } }, language);
    expect(heard(call(true))).toMatch(/按1|press 1/);
    expect(heard(call(false))).not.toMatch(/按1|press 1/);
    expect([call(true).keys, call(false).keys]).toEqual([['1', '2'], ['2']]);
  });

  it('puts somebody through to an elder who asks for them, and asks afterwards how the elder is', () => {
    const notice = { kind: 'elder_asks', code: '07', salutation: '张奶奶' } as const;
    const script = voiceScript({ kind: 'notice', notice }, language);
    expect(script.keys).toEqual(['1']);
    expect(heard(script)).toMatch(/0 7.*张奶奶/);
    expect(spokenAnswer('after_talk', language).keys).toEqual(['2', '3']);
  });

  it('answers a key without signature and without codes for a thumb', () => {
    const text = heard(spokenAnswer({ kind: 'acknowledged', code: '07', minutes: 15 }, language));
    expect(text).toMatch(/15/);
    expect(text).not.toMatch(/【|072|Curtain Pact: /);
  });
});
