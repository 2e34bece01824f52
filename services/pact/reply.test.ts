import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAlert, type ParsedReply, parseReply, REPLY_ACTIONS } from './reply.ts';

const act = (action: string, code?: string, orCode?: string) => ({
  kind: 'action',
  action,
  ...(code ? { code } : {}),
  ...(orCode ? { orCode } : {}),
});

describe('what a person may reply', () => {
  it.each([
    ['071', act('acknowledge', '07')],
    ['07 1', act('acknowledge', '07')],
    ['07+1', act('acknowledge', '07')],
    ['072', act('safe', '07')],
    ['12345', act('sensor', '1234')],
    ['073', act('emergency', '07')],
    ['【074】', act('cannot_go', '07')],
    [' 071。 ', act('acknowledge', '07')],
    ['07-2!', act('safe', '07')],
    ['收到', act('acknowledge')],
    ['好的,我去', act('acknowledge')],
    ['出发!', act('acknowledge')],
    ['平安', act('safe')],
    ['没事。', act('safe')],
    ['急救!!', act('emergency')],
    ['去不了', act('cannot_go')],
    ['换设备', act('sensor')],
    ['07平安', act('safe', '07')],
    ['07号 平安', act('safe', '07')],
    ['07,平安', act('safe', '07')],
    ['071出发', act('acknowledge', '071', '07')],
    ['07+1出发', act('acknowledge', '07')],
    ['07 2 平安', act('safe', '07')],
    ['Safe', act('safe')],
    ['07 SAFE', act('safe', '07')],
    ['On my way', act('acknowledge')],
    ['Can’t go', act('cannot_go')],
    ['07 emergency', act('emergency', '07')],
  ])('understands %j', (text, expected) => {
    expect(parseReply(text)).toEqual(expected);
  });

  it.each([
    ...[
      '',
      ' ',
      '1',
      '07',
      '120',
      '不平安',
      '不 平安',
      '不,平安',
      '没事吗',
      '没事?',
      '平安?',
      '平安吗',
      '没平安',
      '071072',
    ],
    ...[
      '去不了了吗',
      '收到,平安',
      '平安,去不了',
      '071平安吗',
      '07+1平安',
      '076',
      '0',
      '07 12',
      '8:26',
      '10:25',
      '071 072',
    ],
    ...[
      'not safe',
      'not, safe',
      'unsafe',
      'safe?',
      'no',
      '不是平安',
      '平安不了',
      '好的',
      '谢谢',
      '人不平安',
      '没,事',
      '平安❌',
    ],
    ...[
      '071出发072平安073急救074去不了',
      '他说没事',
      '07平安08平安',
      '123456',
      '²07',
      '零七平安',
      'STOP',
      'help',
    ],
  ])('never guesses at %j', (text) => {
    expect(parseReply(text)).toEqual({ kind: 'unclear' });
  });

  it('bears any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(['action', 'unclear']).toContain(parseReply(text).kind);
      }),
    );
  });

  it('is not slowed down by a long message', () => {
    const before = performance.now();
    for (const text of ['07 '.repeat(50_000), ' +'.repeat(50_000), '平安,'.repeat(50_000)]) parseReply(text);
    expect(performance.now() - before).toBeLessThan(200);
  });

  it('takes no action where other words stand around the right ones', () => {
    const clutter = fc.constantFrom('不', '没', '吗', '是不是', '别', 'not ', ' no', '他说', '9', '?', '06');
    const words = fc.constantFrom('平安', '没事', '急救', '去不了', '071', '07平安', 'safe', '收到');
    fc.assert(
      fc.property(clutter, words, fc.boolean(), (noise, word, before) => {
        const parsed = parseReply(before ? noise + word : word + noise);
        // A number before a bare word is a household's, and one digit more may be one of a longer number's.
        const isForm = /^(06|9)/.test(noise) && parsed.kind === 'action' && parsed.code !== undefined;
        expect(parsed.kind === 'unclear' || isForm).toBe(true);
      }),
    );
  });

  it('reads every number with every digit, however it is spaced', () => {
    const number = fc
      .integer({ min: 2, max: 4 })
      .chain((length) => fc.stringMatching(new RegExp(`^\\d{${length}}$`)));
    const digit = fc.integer({ min: 1, max: 5 });
    const gap = fc.constantFrom('', ' ', '+', ' + ', '-');
    fc.assert(
      fc.property(number, gap, digit, fc.boolean(), (code, space, n, wide) => {
        const text = `${code}${space}${n}`;
        const sent = wide ? text.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)) : text;
        expect(parseReply(sent)).toEqual(act(REPLY_ACTIONS[n - 1]!, code));
      }),
    );
  });
});

describe('the alert that a reply speaks of', () => {
  const alert = (
    code: string,
    status: 'open' | 'acknowledged' | 'closed' = 'open',
    alertId = `alert-${code}`,
  ) => ({
    alertId,
    householdId: `home-${code}`,
    code,
    status,
  });
  const said = (text: string, alerts: ReturnType<typeof alert>[]) => {
    const choice = chooseAlert(parseReply(text) as ParsedReply, alerts);
    return choice.kind === 'chosen' ? choice.alert.alertId : choice.why;
  };

  it.each([
    ['072', [alert('07'), alert('12')], 'alert-07'],
    ['平安', [alert('07')], 'alert-07'],
    ['平安', [alert('07', 'acknowledged')], 'alert-07'],
    ['平安', [alert('07'), alert('12', 'closed')], 'alert-07'],
    ['平安', [alert('07'), alert('12')], 'several_open'],
    ['平安', [alert('07', 'closed')], 'no_open_alert'],
    ['平安', [], 'no_open_alert'],
    ['072', [alert('12')], 'unknown_number'],
    ['072', [alert('07', 'closed')], 'closed'],
    ['075', [alert('07', 'closed')], 'alert-07'],
    ['071出发', [alert('07'), alert('12')], 'alert-07'],
    ['071出发', [alert('071'), alert('12')], 'alert-071'],
    ['071出发', [alert('071'), alert('07')], 'several_open'],
    ['不平安', [alert('07')], 'not_understood'],
  ])('%j finds %2$s', (text, alerts, expected) => {
    expect(said(text, alerts)).toBe(expected);
  });

  it('takes the newest day of a home that has been waiting for several', () => {
    expect(said('072', [alert('07', 'open', 'today'), alert('07', 'open', 'yesterday')])).toBe('today');
  });

  it('asks again when two homes of two communities have the same number', () => {
    const other = { ...alert('07'), alertId: 'other', householdId: 'other' };
    expect(said('072', [alert('07'), other])).toBe('several_open');
  });
});
