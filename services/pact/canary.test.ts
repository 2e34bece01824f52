import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type CanaryEvidence, canaryEndOf, canaryPatienceMs, judgeCanary } from './canary.ts';

const at = (seconds: number) => Temporal.Instant.from('2026-11-24T08:00:00+08:00').add({ seconds });
const evidence = (changes: Partial<CanaryEvidence> = {}): CanaryEvidence => ({
  deadlineAt: at(0),
  endsAt: at(16 * 3600),
  patienceMs: 60_000,
  deliveredAt: undefined,
  isAcceptedUntold: false,
  ...changes,
});

describe('a canary', () => {
  it('proves the morning when its page is in a phone within a minute of the deadline', () => {
    expect(judgeCanary('waiting', evidence({ deliveredAt: at(60) }), at(61))).toBe('proven');
  });

  it('fails when a minute has passed and no phone has it, accepted or not', () => {
    expect(judgeCanary('waiting', evidence(), at(60))).toBeUndefined();
    expect(judgeCanary('waiting', evidence(), at(61))).toBe('failed');
  });

  it('fails by a page that came too late, even where nobody looked meanwhile', () => {
    expect(judgeCanary('waiting', evidence({ deliveredAt: at(90) }), at(300))).toBe('failed');
    expect(judgeCanary('failed', evidence({ deliveredAt: at(90) }), at(300))).toBe('proven');
  });

  it('is unknown where the provider never tells, and proven once one does', () => {
    const untold = evidence({ isAcceptedUntold: true });
    expect(judgeCanary('waiting', untold, at(61))).toBe('unknown');
    expect(judgeCanary('unknown', untold, at(600))).toBeUndefined();
    expect(judgeCanary('unknown', { ...untold, deliveredAt: at(90) }, at(600))).toBe('proven');
  });

  it('says nothing before the deadline, also when the clock was set back', () => {
    expect(judgeCanary('waiting', evidence(), at(-1))).toBeUndefined();
  });

  it('keeps its page going until it arrives or its day ends', () => {
    expect(canaryEndOf('failed', evidence(), at(3600))).toBeUndefined();
    expect(canaryEndOf('failed', evidence(), at(16 * 3600))).toBe('unproven');
    expect(canaryEndOf('proven', evidence(), at(5))).toBe('proven');
  });

  it('has its minute on the wall clock too where the clock runs fast', () => {
    expect(canaryPatienceMs(1)).toBe(60_000);
    expect(canaryPatienceMs(60)).toBe(300_000);
  });

  it('comes to rest, whenever it is looked at and however often', () => {
    const moments = fc.array(fc.integer({ min: -100, max: 4000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(moments, fc.option(fc.integer({ min: 0, max: 3000 })), (seconds, delivery) => {
        let state: Parameters<typeof judgeCanary>[0] = 'waiting';
        for (const second of seconds.toSorted((a, b) => a - b)) {
          const deliveredAt = delivery !== null && delivery <= second ? at(delivery) : undefined;
          const before = state;
          state = judgeCanary(state, evidence({ deliveredAt }), at(second)) ?? state;
          if (before === 'proven') expect(state).toBe('proven');
          if (second > 60) expect(state).not.toBe('waiting');
        }
      }),
    );
  });
});
