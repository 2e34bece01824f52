import { describe, expect, it } from 'vitest';
import { type Addressed, fillEnvelopes } from './envelope.ts';

let last = 0;
function page(
  more: Partial<Addressed> & { code?: string; risk?: number; emergency?: boolean } = {},
): Addressed {
  const { code = '07', risk = 0, emergency = false, ...parts } = more;
  last += 1;
  return {
    id: `m${last}`,
    kind: 'page',
    state: 'planned',
    urgency: 0,
    channel: 'sms',
    personId: 'li',
    robotId: null,
    alertId: `a${code}`,
    householdId: `h${code}`,
    step: 0,
    envelopeId: null,
    content: {
      kind: 'page',
      page: {
        home: { code, salutation: '张奶奶', place: '3栋501' },
        deadline: '8:00',
        reason: 'no_signal',
        role: 'primary',
        step: 0,
        emergency,
        emergencyNumber: '120',
        risk,
      },
    },
    ...parts,
  };
}
const codesOf = (filled: ReturnType<typeof fillEnvelopes>) =>
  filled.map(({ list }) => (list?.kind === 'list' ? list.list.homes.map(({ code }) => code) : 'alone'));

describe('pages that wait for one person', () => {
  it('are one list, the most endangered home first', () => {
    const filled = fillEnvelopes([
      page({ code: '01', risk: 5 }),
      page({ code: '02', risk: 90 }),
      page({ code: '03' }),
    ]);
    expect(codesOf(filled)).toEqual([['02', '01', '03']]);
    expect(filled[0]?.members).toHaveLength(3);
  });

  it('are as many lists as it takes, six homes each', () => {
    const pages = Array.from({ length: 14 }, (_, n) => page({ code: String(10 + n) }));
    expect(codesOf(fillEnvelopes(pages)).map((codes) => codes.length)).toEqual([6, 6, 2]);
  });

  it('name a home once, though two steps of its ladder wait, and speak with its newest words', () => {
    const [old, young] = [page({ step: 0 }), page({ step: 4 })];
    const [only, ...others] = fillEnvelopes([old, young]);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ leader: young, list: undefined, members: [old, young] });
  });

  it('stay apart by person, by channel and by robot', () => {
    const apart = [
      page({ code: '01' }),
      page({ code: '02', personId: 'wang' }),
      page({ code: '03', channel: 'voice' }),
    ];
    expect(codesOf(fillEnvelopes(apart))).toEqual(['alone', 'alone', 'alone']);
  });

  it('go alone in an emergency, and where a provider may have them already', () => {
    const apart = [
      page({ code: '01' }),
      page({ code: '02', emergency: true }),
      page({ code: '03', state: 'sending', envelopeId: 'm9' }),
    ];
    expect(codesOf(fillEnvelopes(apart))).toEqual(['alone', 'alone', 'alone']);
  });
});
