import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_READ, type Reading } from '../model.ts';
import { decide, type Rules } from './decide.ts';
import { type DeviceState, NEW_DEVICE, type Report } from './device-state.ts';

const RULES: Rules = { polarityKnown: true, openPercent: 50, closedPercent: 30, motorCounts: false };
const AT_SIX = Date.UTC(2026, 10, 24, 22);
const MINUTE = 60_000;

const report = (reading: Partial<Reading>, more: Partial<Report> = {}): Report => ({
  reading: { ...NOTHING_READ, ...reading },
  receivedAt: AT_SIX,
  networkAt: null,
  frameCounter: null,
  rssi: null,
  retained: false,
  gatewayLife: 1,
  linkedSince: 0,
  beganAt: null,
  ...more,
});

/** Plays reports one after the other; what each came to, as `type@minutes after six`. */
function play(reports: readonly Report[], rules = RULES, from: DeviceState = NEW_DEVICE) {
  let state = from;
  const came = reports.map((each) => {
    const decision = decide(state, each, rules);
    ({ state } = decision);
    const said = decision.messages
      .filter(({ type }) => type !== 'heartbeat')
      .map(
        ({ type, at, snapshot }) => `${snapshot ? 'snapshot ' : ''}${type}@${((at ?? 0) - AT_SIX) / MINUTE}`,
      );
    return { ...decision, said };
  });
  return { state, came, said: came.map(({ said }) => said) };
}

const at = (minutes: number) => AT_SIX + minutes * MINUTE;
const says = (contact: 'open' | 'closed', minutes: number, more: Partial<Report> = {}) =>
  report({ contact }, { receivedAt: at(minutes), ...more });

describe('traps of real sensors', () => {
  test('battery report that repeats contact:false: no second opening', () => {
    const { said } = play([
      says('closed', 0),
      says('open', 10),
      report({ contact: 'open', battery: 60 }, { receivedAt: at(60) }),
    ]);
    expect(said).toEqual([['snapshot closed@0'], ['opened@10'], []]);
  });

  test('restart replay: the first word after the gateway’s restart is no opening', () => {
    const { said } = play([
      says('closed', 0),
      says('open', 10, { gatewayLife: 2 }),
      says('open', 70, { gatewayLife: 2 }),
    ]);
    expect(said).toEqual([['snapshot closed@0'], ['snapshot opened@10'], []]);
  });

  test('restart replay of an old cache: the change back is none, however often the cache repeats itself', () => {
    const after = { gatewayLife: 2 };
    const { said } = play([
      says('closed', -600),
      says('open', -590),
      says('open', -30),
      says('closed', 0, after),
      report({ contact: 'closed', battery: 60 }, { receivedAt: at(10), ...after }),
      says('open', 20, after),
      says('closed', 30, after),
      says('open', 40, after),
    ]);
    expect(said.slice(3)).toEqual([
      ['snapshot closed@0'],
      [],
      ['snapshot opened@20'],
      ['closed@30'],
      ['opened@40'],
    ]);
  });

  test('left behind by a broker long ago: the change back is none until a live word bears it out', () => {
    const old = { retained: true, gatewayLife: 0 };
    const live = { gatewayLife: 0 };
    const alone = play([says('closed', -5, old), says('open', 0, live)]);
    expect(alone.said).toEqual([['snapshot closed@-5'], ['snapshot opened@0']]);
    const against = play([
      says('closed', -90, live),
      says('open', -60, live),
      says('closed', -5, old),
      says('open', 0, live),
    ]);
    expect(against.said.at(-1)).toEqual(['snapshot opened@0']);
    const borneOut = play([says('closed', -5, old), says('closed', 0, live), says('open', 10, live)]);
    expect(borneOut.said.at(-1)).toEqual(['opened@10']);
  });

  test('a counter of openings proves one also against a doubtful state', () => {
    const counted = (contact: 'open' | 'closed', openings: number, minutes: number, retained = false) =>
      report({ contact, openings }, { receivedAt: at(minutes), retained });
    const { said } = play([
      counted('closed', 7, -30, true),
      counted('closed', 7, -20),
      counted('open', 8, 0),
    ]);
    expect(said.at(-1)).toEqual(['opened@0']);
  });

  test('retained state on reconnect: sets the state and is no opening', () => {
    const { said, came } = play([says('closed', 0), says('open', 10, { retained: true })]);
    expect(said[1]).toEqual(['snapshot opened@10']);
    expect(came[1]?.messages.map(({ type }) => type)).not.toContain('heartbeat');
  });

  test('the first message ever is no opening', () => {
    expect(play([says('open', 0)]).said).toEqual([['snapshot opened@0']]);
  });

  test('counter reset: a device that restarted dates its change to what was last known', () => {
    const { said, came } = play([
      says('closed', -300, { frameCounter: 900 }),
      says('open', 10, { frameCounter: 0 }),
    ]);
    expect(said[1]).toEqual(['opened@-300']);
    expect(came[1]?.restarted).toBe(true);
  });

  test('frames lost in between: the opening is no later than it must be', () => {
    const { said } = play([says('closed', -20, { frameCounter: 7 }), says('open', 10, { frameCounter: 9 })]);
    expect(said[1]).toEqual(['opened@-20']);
  });

  test('a battery frame after lost ones does not hide the gap', () => {
    const { said } = play([
      says('closed', -400, { frameCounter: 7 }),
      report({ battery: 90 }, { receivedAt: at(-10), frameCounter: 9 }),
      says('open', 10, { frameCounter: 10 }),
    ]);
    expect(said[2]).toEqual(['opened@-400']);
  });

  test('we were away in between: the opening is no later than it must be', () => {
    const { said } = play([says('closed', -20), says('open', 10, { linkedSince: at(0) })]);
    expect(said[1]).toEqual(['opened@-20']);
  });

  test('a device that counts its minutes says when, even after a gap', () => {
    const { said } = play([
      report({ contact: 'closed', minutesSince: 100 }, { receivedAt: at(-60), frameCounter: 1 }),
      report({ contact: 'open', minutesSince: 12 }, { receivedAt: at(30), frameCounter: 5 }),
    ]);
    expect(said[1]).toEqual(['opened@18']);
  });

  test('a frame that a younger one has overtaken changes nothing', () => {
    const { said } = play([
      says('closed', 0, { frameCounter: 1 }),
      says('open', 10, { frameCounter: 3 }),
      says('closed', 5, { frameCounter: 2 }),
      says('open', 60, { frameCounter: 4 }),
    ]);
    expect(said.slice(2)).toEqual([[], []]);
  });

  test('a counter of openings that jumps: what nobody told of is an opening since it was last heard', () => {
    const { said, came } = play([
      report({ contact: 'open', openings: 10 }, { receivedAt: at(0), frameCounter: 1 }),
      report({ contact: 'open', openings: 12 }, { receivedAt: at(60), frameCounter: 4 }),
    ]);
    expect(said[1]).toEqual(['opened@0']);
    expect(came[1]?.missed).toBe(2);
  });

  test('history after an outage: openings with their own times, and no live one', () => {
    const { said } = play([
      says('closed', -120, { frameCounter: 1 }),
      report(
        {
          contact: 'open',
          history: [
            { at: at(20), contact: 'open' },
            { at: at(-10), contact: 'closed' },
          ],
        },
        { receivedAt: at(200), frameCounter: 8 },
      ),
    ]);
    expect(said[1]).toEqual(['opened@20']);
  });

  test('history of what was heard all the same: a slow clock makes no second opening of it', () => {
    const history = [
      { at: at(-0.5), contact: 'closed' as const },
      { at: at(9.5), contact: 'open' as const },
    ];
    const { said } = play([
      says('closed', 0),
      says('open', 10),
      report({ contact: 'open', history }, { receivedAt: at(60) }),
    ]);
    expect(said.slice(1)).toEqual([['opened@10'], []]);
  });

  test('what a device remembers from before it was paired happened in another home', () => {
    const history = [
      { at: at(-10), contact: 'closed' as const },
      { at: at(20), contact: 'open' as const },
    ];
    expect(play([report({ contact: 'open', history }, { receivedAt: at(30) })]).said).toEqual([
      ['snapshot opened@30'],
    ]);
  });

  test('the same history twice is told once; records of days ago and of no clock never', () => {
    const history = [
      { at: 5_000, contact: 'open' as const },
      { at: at(-50 * 60), contact: 'open' as const },
      { at: at(20), contact: 'open' as const },
    ];
    const again = report({ contact: 'open', history }, { receivedAt: at(60) });
    expect(play([says('closed', 0), again, again]).said.slice(1)).toEqual([['opened@20'], []]);
  });

  test('uptime instead of a clock: receipt counts', () => {
    const { said } = play([
      says('closed', 0),
      report({ contact: 'open', deviceAt: 93_000 }, { receivedAt: at(10) }),
    ]);
    expect(said[1]).toEqual(['opened@10']);
  });

  test('network time counts before receipt, and only within its bounds', () => {
    expect(play([says('closed', 0), says('open', 30, { networkAt: at(20) })]).said[1]).toEqual(['opened@20']);
    expect(play([says('closed', 0), says('open', 30, { networkAt: at(90) })]).said[1]).toEqual(['opened@30']);
  });

  test('unknown polarity: nothing is said of the curtain until the test, and then how it stands', () => {
    const untold = { ...RULES, polarityKnown: false };
    const before = play([says('closed', 0), says('open', 10)], untold);
    expect(before.said).toEqual([[], []]);
    expect(before.came.at(-1)?.messages.map(({ type }) => type)).toEqual(['heartbeat']);
    expect(play([says('open', 20), says('closed', 30), says('open', 40)], RULES, before.state).said).toEqual([
      ['snapshot opened@20'],
      ['closed@30'],
      ['opened@40'],
    ]);
  });
});

describe('positions', () => {
  const moved = (position: number, minutes: number, more: Partial<Reading> = {}) =>
    report({ position, movedBy: 'person', ...more }, { receivedAt: at(minutes) });

  test('hysteresis: trembling about a threshold is one opening', () => {
    const { said } = play([
      moved(0, 0),
      moved(49, 1),
      moved(51, 2),
      moved(49, 3),
      moved(52, 4),
      moved(29, 5),
      moved(60, 6),
    ]);
    expect(said.flat()).toEqual(['snapshot closed@0', 'opened@2', 'closed@5', 'opened@6']);
  });

  test('on its way it counts for nothing', () => {
    const { said } = play([moved(0, 0), moved(80, 1, { moving: true }), moved(100, 2)]);
    expect(said).toEqual([['snapshot closed@0'], [], ['opened@2']]);
  });

  test('a motor that nobody is known to have asked proves nothing, unless the office says that it does', () => {
    const reports = [moved(0, 0, { movedBy: null }), moved(100, 1, { movedBy: null })];
    expect(play(reports).said[1]).toEqual(['snapshot opened@1']);
    expect(play(reports, { ...RULES, motorCounts: true }).said[1]).toEqual(['opened@1']);
  });

  test('who set it moving is remembered until it rests', () => {
    const { said } = play([
      moved(0, 0, { movedBy: null }),
      moved(40, 1, { moving: true, movedBy: 'person' }),
      moved(100, 2, { movedBy: null }),
    ]);
    expect(said[2]).toEqual(['opened@2']);
  });
});

describe('life', () => {
  test('is told at most once a minute, and a battery’s change at once', () => {
    const { came } = play([
      says('closed', 0),
      says('closed', 0.5),
      report({ contact: 'closed', battery: 50 }, { receivedAt: at(0.6) }),
      says('closed', 2),
    ]);
    expect(came.map(({ messages }) => messages.map(({ type }) => type))).toEqual([
      ['closed', 'heartbeat'],
      [],
      ['heartbeat'],
      ['heartbeat'],
    ]);
  });

  test('a battery that is only known to be low is told as little', () => {
    const { came } = play([
      report({ contact: 'open', batteryLow: true }),
      report({ contact: 'open', battery: 88, batteryLow: true }),
    ]);
    expect(came.map(({ messages }) => messages[0]?.battery)).toEqual([10, 88]);
  });

  test('tamper is told when it begins', () => {
    const { said } = play([
      report({ tamper: true }),
      report({ tamper: true }),
      report({ tamper: false }),
      report({ tamper: true }),
    ]);
    expect(said).toEqual([['tamper@0'], [], [], ['tamper@0']]);
  });
});

test('never is an opening said that no report carries, nor one of a time after the report', () => {
  const contact = fc.constantFrom('open' as const, 'closed' as const, null);
  const count = fc.option(fc.nat({ max: 20 }), { nil: null });
  const step = fc.record({
    contact,
    openings: count,
    events: count,
    minutesSince: fc.option(fc.nat({ max: 500 }), { nil: null }),
    frameCounter: count,
    retained: fc.boolean(),
    gatewayLife: fc.nat({ max: 2 }),
    waits: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let state = NEW_DEVICE;
      let now = AT_SIX;
      for (const {
        contact,
        openings,
        events,
        minutesSince,
        frameCounter,
        retained,
        gatewayLife,
        waits,
      } of steps) {
        now += waits * MINUTE;
        const before = state;
        const decision = decide(
          state,
          report(
            { contact, openings, events, minutesSince },
            { receivedAt: now, frameCounter, retained, gatewayLife },
          ),
          RULES,
        );
        ({ state } = decision);
        const opened = decision.messages.filter(({ type, snapshot }) => type === 'opened' && !snapshot);
        if (opened.length === 0) continue;
        const rose = openings !== null && before.openings !== null && openings > before.openings;
        expect(retained || before.contact === null || gatewayLife !== before.gatewayLife).toBe(false);
        expect((contact === 'open' && before.contact === 'closed') || rose).toBe(true);
        for (const { at: said } of opened) {
          expect(said).toBeLessThanOrEqual(now);
          expect(said).toBeGreaterThanOrEqual(before.contactAt ?? 0);
        }
      }
    }),
    { numRuns: 500 },
  );
});
