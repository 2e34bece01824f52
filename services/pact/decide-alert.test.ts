import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Alert, type AlertCommand, type AlertFact, evolve, type Roster } from './alert.ts';
import { decide } from './decide-alert.ts';
import { DEFAULT_LADDER, type LadderRole, type LadderStep, ladderProblems } from './ladder.ts';

const START = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
const minute = (minutes: number) => START.add({ minutes });
const ROSTER: Roster = {
  primary: ['li'],
  backup: ['wang'],
  neighbour: ['a', 'b', 'c'],
  office: ['office'],
  family: ['daughter'],
};
const OPENED: Alert = {
  status: 'open',
  ladder: DEFAULT_LADDER,
  nextStep: 0,
  nextStepAt: START,
  acknowledgement: undefined,
  emergencyAt: undefined,
  signalAt: undefined,
  closedBy: undefined,
  outcome: undefined,
  ladderFrom: 0,
  passed: [],
};

const arrive = (by: string): AlertCommand => ({ kind: 'arrive', by });
const reassign = (to: string): AlertCommand => ({ kind: 'reassign', to });
const reopen: AlertCommand = { kind: 'reopen', by: undefined };
const correct: AlertCommand = { kind: 'correct_outcome', outcome: 'hospital', by: undefined };

type Said = [atMinute: number, command: AlertCommand];
const NOBODY: Roster = { primary: [], backup: [], neighbour: [], office: [], family: [] };

/** Given what was said at which minute, the alert and everything that became of it. */
function given(said: readonly Said[], roster = ROSTER, ladder = OPENED.ladder) {
  let alert: Alert = { ...OPENED, ladder };
  const facts: AlertFact[] = [];
  const refusals: string[] = [];
  for (const [at, command] of said) {
    const now = minute(at);
    const decision = decide(alert, command, now, roster);
    alert = decision.facts.reduce((state, fact) => evolve(state, fact, now), alert);
    facts.push(...decision.facts);
    if (decision.refused) refusals.push(decision.refused);
  }
  return { alert, facts, refusals, paged: facts.flatMap(pagedBy) };
}

const pagedBy = (fact: AlertFact) =>
  fact.kind === 'step_reached' ? [fact.pages.map((page) => page.personId)] : [];
const advance: AlertCommand = { kind: 'advance' };
const onMyWay = (by: string): AlertCommand => ({ kind: 'acknowledge', by });
const pass = (by: string): AlertCommand => ({ kind: 'pass', by });
const sms = (afterMinutes: number, role: LadderRole): LadderStep => ({
  afterMinutes,
  to: [{ role, channel: 'sms' }],
});
const safe = (by: string): AlertCommand => ({ kind: 'record_outcome', outcome: 'safe', by });

describe('the ladder', () => {
  it('pages the steward, then the backup and the steward again, then the neighbours, then the office', () => {
    const { paged } = given([
      [0, advance],
      [3, advance],
      [6, advance],
      [10, advance],
    ]);
    expect(paged).toEqual([['li'], ['wang', 'li'], ['a', 'b', 'c'], ['office', 'office']]);
  });

  it('does nothing before the next step is due', () => {
    expect(
      given([
        [0, advance],
        [2, advance],
        [2, advance],
      ]).paged,
    ).toEqual([['li']]);
  });

  it('goes on to ask the office, ever more slowly, until somebody answers', () => {
    const { alert } = given([0, 3, 6, 10, 25, 55].map((at): Said => [at, advance]));
    expect(alert.nextStepAt?.equals(minute(55 + 60))).toBe(true);
  });

  it('passes over steps that mean nobody today', () => {
    const { paged } = given([[0, advance]], { ...ROSTER, primary: [], backup: [] });
    expect(paged).toEqual([[], [], ['a', 'b', 'c']]);
  });

  it('still has a next step when nobody at all is on the roster', () => {
    const { alert, paged } = given([[0, advance]], NOBODY);
    expect(paged.flat()).toEqual([]);
    expect(alert.nextStepAt?.equals(minute(15))).toBe(true);
  });
});

describe('an acknowledgement', () => {
  it('stops the paging of others while it lasts', () => {
    expect(
      given([
        [0, advance],
        [1, onMyWay('li')],
        [3, advance],
        [6, advance],
      ]).paged,
    ).toEqual([['li']]);
  });

  it('runs out after fifteen minutes without an outcome, and the next one is paged', () => {
    const { alert, facts, paged } = given([
      [0, advance],
      [1, onMyWay('li')],
      [16, advance],
    ]);
    expect(paged).toEqual([['li'], ['wang', 'li']]);
    expect(facts.map((fact) => fact.kind)).toContain('acknowledgement_expired');
    expect(alert.status).toBe('open');
  });

  it('goes to the first who claims it; the second is told so', () => {
    const { alert, refusals } = given([
      [0, advance],
      [1, onMyWay('a')],
      [2, onMyWay('b')],
    ]);
    expect(alert.acknowledgement?.by).toBe('a');
    expect(refusals).toEqual(['already_acknowledged']);
  });

  it('said twice by the same steward does not run longer', () => {
    const { alert } = given([
      [0, advance],
      [1, onMyWay('li')],
      [10, onMyWay('li')],
    ]);
    expect(alert.nextStepAt?.equals(minute(16))).toBe(true);
  });
});

describe('cannot go', () => {
  it('passes on at once, and not back to the one who said so', () => {
    expect(
      given([
        [0, advance],
        [1, pass('li')],
      ]).paged,
    ).toEqual([['li'], ['wang']]);
  });

  it('said twice moves the ladder once', () => {
    const { paged, facts } = given([
      [0, advance],
      [1, pass('li')],
      [1, pass('li')],
      [2, pass('li')],
    ]);
    expect(paged).toEqual([['li'], ['wang']]);
    expect(facts.filter((fact) => fact.kind === 'passed')).toHaveLength(1);
  });

  it('counts again for one who was paged again meanwhile', () => {
    const ladder = {
      ...DEFAULT_LADDER,
      steps: [sms(0, 'primary'), sms(3, 'neighbour'), sms(6, 'primary'), sms(9, 'office')],
    };
    const { paged } = given(
      [
        [0, advance],
        [1, pass('li')],
        [4, advance],
        [5, pass('li')],
        [5, pass('li')],
      ],
      ROSTER,
      ladder,
    );
    expect(paged).toEqual([['li'], ['a', 'b', 'c'], ['li'], ['office']]);
  });

  it('counts again for one who said meanwhile that they would go', () => {
    const { alert, paged } = given([
      [0, advance],
      [1, pass('li')],
      [2, onMyWay('li')],
      [3, pass('li')],
    ]);
    expect(paged).toEqual([['li'], ['wang'], ['a', 'b', 'c']]);
    expect(alert.status).toBe('open');
  });

  it('of a second one at the same step is only noted: the ladder has gone on already', () => {
    const { paged, facts } = given([
      [0, advance],
      [3, advance],
      [6, advance],
      [7, pass('a')],
      [7, pass('b')],
      [8, pass('c')],
    ]);
    expect(paged).toEqual([['li'], ['wang', 'li'], ['a', 'b', 'c'], ['office', 'office']]);
    expect(facts.filter((fact) => fact.kind === 'passed')).toHaveLength(3);
  });

  it('of somebody asked at an earlier step does not hurry the one who was asked last', () => {
    const { paged } = given([
      [0, advance],
      [3, advance],
      [6, advance],
      [7, pass('wang')],
    ]);
    expect(paged).toEqual([['li'], ['wang', 'li'], ['a', 'b', 'c']]);
  });

  it('of the office passes on to whoever else the office is, and then waits for the next step', () => {
    const { paged, alert } = given(
      [
        [0, advance],
        [1, pass('li')],
        [2, pass('wang')],
        [3, pass('a')],
        [4, pass('office')],
        [5, pass('chief')],
      ],
      { ...ROSTER, office: ['office', 'chief'] },
    );
    expect(paged.slice(-2)).toEqual([['chief', 'chief'], []]);
    expect(alert.nextStepAt).toEqual(minute(5).add({ minutes: 60 }));
  });

  it('in an emergency is noted: everybody has been called already', () => {
    const { paged, alert } = given([
      [0, advance],
      [5, { kind: 'emergency', by: 'li' }],
      [6, pass('wang')],
      [6, pass('a')],
    ]);
    expect(paged).toHaveLength(2);
    expect(alert.nextStepAt).toEqual(minute(20));
  });

  it('is remembered while somebody else goes: the next in line is somebody who has not said so', () => {
    const { paged } = given([
      [0, advance],
      [1, onMyWay('wang')],
      [2, pass('li')],
      [3, pass('wang')],
      [3, pass('li')],
    ]);
    expect(paged).toEqual([['li'], [], ['a', 'b', 'c']]);
  });

  it('gives up an acknowledgement of one’s own, not that of somebody else', () => {
    const own = given([
      [0, advance],
      [1, onMyWay('li')],
      [2, pass('li')],
    ]);
    expect(own.alert.status).toBe('open');
    const others = given([
      [0, advance],
      [1, onMyWay('wang')],
      [2, pass('li')],
    ]);
    expect(others.alert.acknowledgement?.by).toBe('wang');
    expect(others.paged).toEqual([['li']]);
  });
});

describe('an emergency', () => {
  it('pages everybody else at once, once, and stays open', () => {
    const { alert, paged, refusals } = given([
      [0, advance],
      [5, { kind: 'emergency', by: 'li' }],
      [6, { kind: 'emergency', by: 'wang' }],
    ]);
    expect(paged).toEqual([['li'], ['wang', 'a', 'b', 'c', 'office', 'daughter']]);
    expect(refusals).toEqual(['already_emergency']);
    expect(alert.status).toBe('open');
  });
});

describe('the end of an alert', () => {
  it('comes with an outcome, and spares only the one who brought it the stand-down', () => {
    const { alert, facts } = given([
      [0, advance],
      [9, safe('li')],
    ]);
    expect(alert.status).toBe('closed');
    expect(facts.at(-1)).toEqual({ kind: 'closed', because: 'outcome', except: 'li' });
  });

  it('comes with a late opening where the pact takes a signal as enough', () => {
    const { alert } = given([
      [0, advance],
      [9, { kind: 'signal', at: minute(9), closes: true }],
    ]);
    expect(alert.status).toBe('closed');
  });

  it('does not come with a late opening where a visit is asked for', () => {
    const { alert, paged } = given([
      [0, advance],
      [2, { kind: 'signal', at: minute(2), closes: false }],
      [3, advance],
    ]);
    expect(alert.signalAt?.equals(minute(2))).toBe(true);
    expect(paged).toHaveLength(2);
  });

  it('by a late opening is set right by an earlier one that arrives afterwards, and nobody hears of it again', () => {
    const { alert, facts, refusals } = given([
      [0, advance],
      [26, { kind: 'signal', at: minute(26), closes: true }],
      [31, { kind: 'signal', at: minute(-30), closes: true }],
      [32, { kind: 'signal', at: minute(-10), closes: true }],
    ]);
    expect(facts.slice(-2).map((fact) => fact.kind)).toEqual(['closed', 'signal_seen']);
    expect(facts.filter((fact) => fact.kind === 'closed')).toHaveLength(1);
    expect(refusals).toEqual(['closed']);
    expect(alert.signalAt?.equals(minute(-30))).toBe(true);
  });

  it('by an outcome is not touched by a signal that arrives afterwards', () => {
    const { facts } = given([
      [0, advance],
      [2, { kind: 'signal', at: minute(2), closes: false }],
      [9, safe('li')],
      [10, { kind: 'signal', at: minute(-30), closes: true }],
    ]);
    expect(facts.at(-1)?.kind).toBe('closed');
  });

  it('is final: whatever is said afterwards changes nothing', () => {
    const { facts, refusals } = given([
      [0, advance],
      [9, safe('li')],
      [10, onMyWay('a')],
      [11, safe('b')],
      [99, advance],
    ]);
    expect(facts.filter((fact) => fact.kind === 'closed')).toHaveLength(1);
    expect(refusals).toEqual(['closed', 'closed']);
  });
});

describe('somebody at the door', () => {
  it('has a quarter of an hour from there to say what they found', () => {
    const { alert, facts } = given([
      [0, advance],
      [2, onMyWay('li')],
      [9, arrive('li')],
    ]);
    expect(facts.at(-1)).toEqual({ kind: 'arrived', by: 'li', expiresAt: minute(24) });
    expect(alert.acknowledgement).toEqual({
      by: 'li',
      at: minute(2),
      expiresAt: minute(24),
      arrivedAt: minute(9),
    });
  });

  it('relieves whoever had set out, and needs to have promised nothing before', () => {
    const { alert, facts, refusals } = given([
      [0, advance],
      [2, onMyWay('li')],
      [4, arrive('a')],
      [5, arrive('li')],
    ]);
    expect(facts.at(-1)).toEqual({ kind: 'arrived', by: 'a', expiresAt: minute(19), relieves: 'li' });
    expect(alert.acknowledgement?.by).toBe('a');
    expect(refusals).toEqual(['already_acknowledged']);
  });

  it('who then says nothing more is replaced, and told so by an expiry', () => {
    const { facts, paged } = given([
      [0, advance],
      [2, arrive('li')],
      [17, advance],
    ]);
    expect(facts).toContainEqual({ kind: 'acknowledgement_expired', by: 'li' });
    expect(paged.at(-1)).toEqual(['wang', 'li']);
  });
});

describe('a wrong outcome', () => {
  it('is set right by a second entry, and the alert stays closed', () => {
    const { alert, facts } = given([
      [0, advance],
      [5, safe('li')],
      [9, correct],
    ]);
    expect(alert.status).toBe('closed');
    expect(facts.at(-1)).toEqual({ kind: 'outcome_corrected', outcome: 'hospital', by: undefined });
  });

  it('of somebody who was never seen is taken back: the ladder begins anew at once, under new keys', () => {
    const { alert, facts, paged } = given([
      [0, advance],
      [3, advance],
      [5, safe('li')],
      [9, reopen],
      [12, advance],
    ]);
    expect(alert).toMatchObject({ status: 'open', ladderFrom: 2, closedBy: undefined });
    expect(paged).toEqual([['li'], ['wang', 'li'], ['li'], ['wang', 'li']]);
    const steps = facts.flatMap((fact) => (fact.kind === 'step_reached' ? [fact.step] : []));
    expect(steps).toEqual([0, 1, 2, 3]);
  });

  it('cannot be taken back where there is none: an open alert, or one that a signal closed', () => {
    expect(given([[0, reopen]]).refusals).toEqual(['not_closed']);
    const bySignal = given([
      [0, advance],
      [4, { kind: 'signal', at: minute(4), closes: true }],
      [5, reopen],
      [6, correct],
    ]);
    expect(bySignal.refusals).toEqual(['closed', 'closed']);
  });
});

describe('a ladder that means nobody', () => {
  it('pages the office, though it names no office', () => {
    const steps: LadderStep[] = [{ afterMinutes: 0, to: [{ role: 'primary', channel: 'sms' }] }];
    const ladder = { ...DEFAULT_LADDER, steps };
    expect(given([[0, advance]], { ...NOBODY, office: ['office'] }, ladder).paged).toEqual([['office']]);
  });
});

describe('an alert that the office gives to somebody', () => {
  it('pages the chosen one, relieves who had set out, and goes on with whoever was next', () => {
    const { alert, facts, paged } = given([
      [0, advance],
      [1, onMyWay('li')],
      [2, reassign('b')],
      [17, advance],
    ]);
    expect(paged).toEqual([['li'], ['b'], ['wang', 'li']]);
    expect(facts).toContainEqual({ kind: 'reassigned', by: 'b', expiresAt: minute(17), relieves: 'li' });
    expect(facts).toContainEqual({ kind: 'acknowledgement_expired', by: 'b' });
    expect(alert.status).toBe('open');
  });

  it('leaves whoever stands at the door there, and knows nobody who has nothing to do with the home', () => {
    const atTheDoor = given([
      [0, advance],
      [1, arrive('li')],
      [2, reassign('b')],
    ]);
    expect(atTheDoor.refusals).toEqual(['already_acknowledged']);
    expect(given([[1, reassign('stranger')]]).refusals).toEqual(['not_on_ladder']);
  });

  it('takes the word of somebody who could not go before', () => {
    const { alert } = given([
      [0, advance],
      [1, pass('li')],
      [2, reassign('li')],
    ]);
    expect(alert).toMatchObject({ status: 'acknowledged', acknowledgement: { by: 'li' }, passed: [] });
  });
});

describe('whatever people and clocks do', () => {
  const people = ['li', 'wang', 'a', 'b', 'c', 'office'];
  const anyCommand: fc.Arbitrary<AlertCommand> = fc.oneof(
    { weight: 4, arbitrary: fc.constant(advance) },
    fc.constantFrom(...people).map(onMyWay),
    fc.constantFrom(...people).map(pass),
    fc.constantFrom(...people).map((by): AlertCommand => ({ kind: 'emergency', by })),
    { weight: 1, arbitrary: fc.constantFrom(...people).map(safe) },
    fc.boolean().map((closes): AlertCommand => ({ kind: 'signal', at: minute(5), closes })),
    fc.constantFrom(...people).map(arrive),
    fc.constantFrom(...people).map(reassign),
    fc.constantFrom<AlertCommand>(reopen, correct),
  );
  /** Minutes may run backwards: a clock that was set back must lose and repeat nothing. */
  const anyMorning = fc.array(fc.tuple(fc.integer({ min: 0, max: 180 }), anyCommand), { maxLength: 40 });
  const anyRoster = fc.constantFrom(ROSTER, NOBODY, { ...ROSTER, primary: [] }, { ...ROSTER, office: [] });

  it('an alert that is not closed always has a next step, and a closed one never has', () => {
    fc.assert(
      fc.property(anyMorning, anyRoster, (said, roster) => {
        const { alert } = given(said, roster);
        expect(alert.nextStepAt === undefined).toBe(alert.status === 'closed');
      }),
    );
  });

  it('nobody is paged twice at one step', () => {
    fc.assert(
      fc.property(anyMorning, anyRoster, (said, roster) => {
        const keys = given(said, roster).facts.flatMap((fact) =>
          fact.kind === 'step_reached'
            ? fact.pages.map((page) => `${fact.step}/${page.personId}/${page.channel}`)
            : [],
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('said any number of times at once, a command comes to the same as said once', () => {
    fc.assert(
      fc.property(
        anyMorning,
        anyRoster,
        fc.integer({ min: 0, max: 180 }),
        anyCommand,
        (said, roster, at, command) => {
          const once = given([...said, [at, command]], roster).facts.length;
          expect(given([...said, [at, command], [at, command]], roster).facts).toHaveLength(once);
        },
      ),
    );
  });

  it('only an outcome or a signal that is enough closes an alert', () => {
    fc.assert(
      fc.property(anyMorning, anyRoster, (said, roster) => {
        const { alert, facts } = given(said, roster);
        const kinds = facts.map((fact) => fact.kind);
        const enough =
          kinds.includes('outcome_recorded') ||
          said.some(([, command]) => command.kind === 'signal' && command.closes);
        if (alert.status === 'closed') expect(enough).toBe(true);
        const ends = kinds.filter((kind) => kind === 'closed').length;
        const anew = kinds.filter((kind) => kind === 'reopened').length;
        expect(ends - anew).toBe(alert.status === 'closed' ? 1 : 0);
      }),
    );
  });

  it('left alone, the paging goes on: advancing at each next step always pages or waits an hour at most', () => {
    fc.assert(
      fc.property(anyMorning, anyRoster, fc.integer({ min: 1, max: 20 }), (said, roster, rounds) => {
        let { alert } = given(said, roster);
        for (let round = 0; round < rounds && alert.nextStepAt; round += 1) {
          const now = alert.nextStepAt;
          const { facts } = decide(alert, advance, now, roster);
          expect(facts.length).toBeGreaterThan(0);
          alert = facts.reduce((state, fact) => evolve(state, fact, now), alert);
          const waits = now.until(alert.nextStepAt ?? now).total('minutes');
          expect(waits).toBeGreaterThan(0);
          expect(waits).toBeLessThanOrEqual(60);
        }
      }),
    );
  });
});

describe('a ladder as the office writes it', () => {
  it('takes the default one', () => {
    expect(ladderProblems(DEFAULT_LADDER)).toEqual([]);
  });

  it('refuses an empty one, and steps that page nobody or run backwards', () => {
    expect(ladderProblems({ ...DEFAULT_LADDER, steps: [] })).toEqual(['ladder_empty']);
    const steps = [
      { afterMinutes: 5, to: [] },
      { afterMinutes: 3, to: [{ role: 'office' as const, channel: 'sms' as const }] },
    ];
    expect(ladderProblems({ ...DEFAULT_LADDER, steps })).toEqual(['step_pages_nobody', 'steps_out_of_order']);
  });
});
