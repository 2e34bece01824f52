import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { risesThrough, type Signal, type WeighedDay, weighSignal } from './proof.ts';

const at = (time: string, date = '2026-11-24') => Temporal.Instant.from(`${date}T${time}+08:00`);
const DAY: WeighedDay = {
  earliestAt: at('04:00:00'),
  deadlineAt: at('08:00:00'),
  endsAt: at('00:00:00', '2026-11-25'),
  verdict: 'awaiting',
  closedAs: undefined,
  proofAt: undefined,
  accepts: ['opened', 'seen'],
  signalCloses: true,
};
const MISSED: WeighedDay = { ...DAY, verdict: 'missed', closedAs: 'unresolved' };
const opened = (time: string, date?: string): Signal => ({ at: at(time, date), kind: 'opened' });
const effect = (day: WeighedDay, signal: Signal) => weighSignal(day, signal).effect;

/** The day after a signal. One that has to wait changes nothing yet. */
function weighed(day: WeighedDay, signal: Signal): WeighedDay {
  const weight = weighSignal(day, signal);
  if (weight.effect !== 'kept' && weight.effect !== 'kept_late') return day;
  return { ...day, verdict: 'kept', closedAs: weight.effect, proofAt: weight.at };
}

const told = ({ verdict, closedAs, proofAt }: WeighedDay) => [verdict, closedAs, proofAt?.toString()];

describe('what a signal does to a day', () => {
  it('keeps the day from the earliest time to the very instant of the deadline', () => {
    expect(effect(DAY, opened('04:00:00'))).toBe('kept');
    expect(effect(DAY, opened('08:00:00'))).toBe('kept');
  });

  it('does not take the night, or yesterday, for this morning', () => {
    expect(effect(DAY, opened('03:59:59'))).toBe('none');
    expect(effect(DAY, opened('07:00:00', '2026-11-23'))).toBe('none');
    expect(effect(DAY, opened('00:00:00', '2026-11-25'))).toBe('none');
  });

  it('keeps a missed day when a proof from before the deadline arrives late', () => {
    expect(effect(MISSED, opened('07:30:00'))).toBe('kept');
  });

  it('makes a missed day kept late, or only notes it where a visit is asked for all the same', () => {
    expect(effect(MISSED, opened('08:26:00'))).toBe('kept_late');
    expect(effect({ ...MISSED, signalCloses: false }, opened('08:26:00'))).toBe('noted');
  });

  it('waits with a late opening until the deadline has been judged', () => {
    expect(effect(DAY, opened('08:00:01'))).toBe('wait');
  });

  it('makes a day kept late kept, when the proof from before the deadline arrives after the late one', () => {
    const late: WeighedDay = {
      ...DAY,
      verdict: 'kept',
      closedAs: 'kept_late',
      proofAt: at('08:26:00'),
    };
    expect(effect(late, opened('07:30:00'))).toBe('kept');
    expect(effect({ ...late, signalCloses: false }, opened('07:30:00'))).toBe('kept');
    expect(effect(late, opened('08:20:00'))).toBe('kept_late');
    expect(effect(late, opened('08:30:00'))).toBe('none');
  });

  it('comes to the same whatever the order in which two signals arrive', () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(minutes, minutes, fc.boolean(), fc.boolean(), (a, b, isJudged, signalCloses) => {
        const day: WeighedDay = { ...(isJudged ? MISSED : DAY), signalCloses };
        const signals = [a, b].map(
          (minute): Signal => ({
            at: at('00:00:00').add({ minutes: minute }),
            kind: 'opened',
          }),
        );
        expect(told(signals.reduce(weighed, day))).toEqual(told(signals.toReversed().reduce(weighed, day)));
      }),
    );
  });

  it('leaves a visited, kept or excused day as it is', () => {
    expect(effect({ ...MISSED, closedAs: 'visited' }, opened('07:30:00'))).toBe('none');
    const kept: WeighedDay = { ...DAY, verdict: 'kept', closedAs: 'kept', proofAt: at('06:50:00') };
    expect(effect(kept, opened('07:30:00'))).toBe('none');
    expect(effect({ ...DAY, verdict: 'excused', closedAs: 'excused' }, opened('07:30:00'))).toBe('none');
  });

  it('takes no kind of signal that the pact does not accept', () => {
    expect(effect({ ...DAY, accepts: ['seen'] }, opened('07:00:00'))).toBe('none');
  });
});

describe('a position report', () => {
  it('is an opening only when it rises through the threshold', () => {
    expect(risesThrough(10, 50, 50)).toBe(true);
    expect(risesThrough(10, 49, 50)).toBe(false);
    expect(risesThrough(60, 100, 50)).toBe(false);
    expect(risesThrough(80, 20, 50)).toBe(false);
    expect(risesThrough(undefined, 100, 50)).toBe(false);
  });
});
