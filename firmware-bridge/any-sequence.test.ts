import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from './report/decide.ts';
import { NEW_DEVICE } from './report/device-state.ts';
import { KINDS, type Kind } from './testing/kinds.ts';
import { createListener } from './testing/listener.ts';

// Pure: readers, decoders and the decision, on what one device and its gateway can do to each other.

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 23, 12);
/** Devices count seconds and minutes. */
const SLACK_MS = MINUTE;

const fate = fc.constantFrom('heard', 'heard', 'heard', 'lost', 'doubled', 'again later', 'unacknowledged');
const step = fc.record({
  waits: fc.integer({ min: 1, max: 300 }),
  act: fc.oneof(
    fc.record({ does: fc.constantFrom('open', 'close', 'report', 'battery'), fate }),
    fc.record({
      does: fc.constantFrom(
        'gateway restarts',
        'cache is saved',
        'we reconnect',
        'device restarts',
        'goes away',
      ),
      fate: fc.constant('heard'),
    }),
  ),
});
const steps = fc.array(step, { minLength: 2, maxLength: 40, size: 'max' });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An opening, and between which words of the device it was: since the one before it nothing is known. */
type Real = { at: number; after: number; heardAt: number };

function play(kind: Kind, script: readonly Step[]) {
  const listener = createListener(kind.source, kind.format);
  const device = kind.create();
  const real: Real[] = [];
  const said: { at: number; saidAt: number }[] = [];
  let state = NEW_DEVICE;
  let now = START;
  let lastHeard = Number.NEGATIVE_INFINITY;
  let isOpen = false;

  const hear = (messages: ReturnType<typeof device.say>): void => {
    for (const message of messages) {
      for (const report of listener.hear(message, now)) {
        if (report === 'gap') {
          state = { ...state, hasGap: true };
          continue;
        }
        const decision = decide(state, report, {
          polarityKnown: true,
          openPercent: 50,
          closedPercent: 30,
          motorCounts: false,
        });
        ({ state } = decision);
        for (const { type, at, snapshot } of decision.messages)
          if (type === 'opened' && !snapshot) said.push({ at: at ?? 0, saidAt: now });
      }
    }
  };
  const later: ReturnType<typeof device.say>[] = [];
  for (const { waits, act } of script) {
    now += waits * MINUTE;
    if (act.does === 'we reconnect') {
      listener.reconnect(now);
      hear(device.kept());
    } else if (act.does === 'gateway restarts') hear(device.gatewayRestarts(now));
    else if (act.does === 'cache is saved') device.cacheIsSaved();
    else if (act.does === 'device restarts') device.restarts(now);
    else if (act.does === 'goes away') hear(device.goesAway());
    else {
      if (act.does === 'open' && !isOpen)
        real.push({ at: now, after: lastHeard, heardAt: Number.POSITIVE_INFINITY });
      if (act.does === 'open') isOpen = true;
      if (act.does === 'close') isOpen = false;
      const messages = device.say(act.does as 'open' | 'close' | 'report' | 'battery', now, act.fate);
      if (act.fate === 'lost') continue;
      hear(messages);
      if (act.fate === 'doubled') hear(messages);
      if (act.fate === 'again later') later.push(messages);
      else if (kind.knowsAgain) for (const old of later.splice(0)) hear(old);
      if (act.does === 'battery' && !kind.batteryTellsContact) continue;
      lastHeard = now;
      for (const opening of real) opening.heardAt = Math.min(opening.heardAt, now);
    }
  }
  return { real, said };
}

function takeOut(from: Real[], fits: (real: Real) => boolean): Real | undefined {
  const index = from.findIndex(fits);
  return index < 0 ? undefined : from.splice(index, 1)[0];
}

test.each(Object.entries(KINDS))(
  '%s: no more openings than there were, and none at a time when there could be none',
  (_name, kind) => {
    let openings = 0;
    fc.assert(
      fc.property(steps, (script) => {
        const { real, said } = play(kind, script);
        openings += said.length;
        const open = [...real];
        // A counter that began anew may come to where it was before anybody hears of it.
        const showsLosses = kind.showsLosses && !script.some(({ act }) => act.does === 'device restarts');
        // What a device remembers may say of one that was dated as late as is certain when it really was.
        const recalled = kind.remembers ? [...real] : [];
        for (const { at, saidAt } of said.toSorted((a, b) => a.at - b.at)) {
          expect(at).toBeLessThanOrEqual(saidAt);
          const could = ({ at: openedAt, after, heardAt }: Real) =>
            at >= after - SLACK_MS &&
            at <= (showsLosses ? openedAt : heardAt) + SLACK_MS &&
            openedAt <= saidAt;
          const isIt = ({ at: openedAt }: Real) => Math.abs(at - openedAt) <= SLACK_MS;
          const found = takeOut(open, could) ?? takeOut(recalled, isIt);
          expect({ found, said, real }).toMatchObject({ found: expect.anything() });
        }
      }),
      { numRuns: 150, seed: 20_261_126 },
    );
    // Nothing is proved by a device that is never believed.
    expect(openings).toBeGreaterThan(50);
  },
);
