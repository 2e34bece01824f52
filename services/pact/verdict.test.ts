import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Gap, judgeAt, judgeDeadline, type SensorEvidence } from './verdict.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const deadlineAt = at('08:00:00');
const sensor = (curtain: SensorEvidence['curtain'], lastSeen?: string): SensorEvidence => ({
  curtain,
  silenceMinutes: 90,
  ...(lastSeen ? { lastSeenAt: at(lastSeen) } : {}),
});

describe('the verdict at the deadline', () => {
  it('is kept at the time of a fresh opening', () => {
    const proof = { at: at('06:52:00'), kind: 'opened' };
    expect(judgeDeadline({ deadlineAt, proof, sensors: [sensor('open', '07:55:00')] })).toEqual({
      verdict: 'kept',
      ...proof,
    });
  });

  it.each([
    ['no_signal', [sensor('closed', '07:50:00')]],
    ['left_open', [sensor('open', '07:50:00')]],
    ['sensor_silent', [sensor('closed', '06:29:59')]],
    ['sensor_silent', [sensor('open', '06:00:00')]],
    ['never_reported', [sensor('unknown')]],
    ['not_seen', []],
  ])('is missed for %s', (reason, sensors) => {
    expect(judgeDeadline({ deadlineAt, sensors })).toMatchObject({ verdict: 'missed', reason });
  });

  it('says since when a silent sensor is silent', () => {
    const judged = judgeDeadline({
      deadlineAt,
      sensors: [sensor('closed', '02:00:00'), sensor('open', '05:10:00')],
    });
    expect(judged).toMatchObject({ silentSince: at('05:10:00') });
  });

  it('still trusts a sensor whose silence is exactly its allowance', () => {
    expect(judgeDeadline({ deadlineAt, sensors: [sensor('closed', '06:30:00')] })).toMatchObject({
      reason: 'no_signal',
    });
  });

  it('is never kept without a proof, whatever the sensors say', () => {
    const anySensor = fc.record({
      curtain: fc.constantFrom('open' as const, 'closed' as const, 'unknown' as const),
      silenceMinutes: fc.integer({ min: 1, max: 1500 }),
      lastSeenAt: fc.integer({ min: 0, max: 3000 }).map((minutes) => deadlineAt.subtract({ minutes })),
    });
    fc.assert(
      fc.property(fc.array(anySensor, { maxLength: 4 }), (sensors) => {
        expect(judgeDeadline({ deadlineAt, sensors }).verdict).toBe('missed');
      }),
    );
  });
});

describe('when a deadline is judged', () => {
  const seconds = (gaps: Gap[]) => deadlineAt.until(judgeAt(deadlineAt, gaps)).total('seconds');

  it('waits only for commits to settle while nothing was amiss', () => {
    expect(seconds([])).toBe(0.5);
  });

  it('gives sensors a minute after we were down at the deadline', () => {
    expect(seconds([{ from: at('07:40:00'), resumedAt: at('08:20:00') }])).toBe(21 * 60);
  });

  it('gives the same minute when we came back just before the deadline', () => {
    expect(seconds([{ from: at('07:40:00'), resumedAt: at('07:59:30') }])).toBe(30);
  });

  it('does not wait for a gap that began after the deadline', () => {
    expect(seconds([{ from: at('08:10:00'), resumedAt: at('08:20:00') }])).toBe(0.5);
  });

  it('waits a minute at most for an intake that stays away', () => {
    expect(seconds([{ from: at('07:40:00'), resumedAt: undefined }])).toBe(60);
  });
});
