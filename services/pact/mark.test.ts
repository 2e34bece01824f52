import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Mark, MOST_EARLIER, stampMark } from './mark.ts';
import { judgeAt } from './verdict.ts';

const GAP_MS = 10_000;
const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const fresh = (time: string): Mark => ({ seenAt: at(time), last: undefined, earlier: [] });
const stampAll = (mark: Mark, times: readonly string[]) =>
  times.reduce((stamped, time) => stampMark(stamped, at(time), GAP_MS), mark);
const gapsOf = ({ last, earlier }: Mark) => (last ? [...earlier, last] : []);
const timeOf = (instant: Temporal.Instant) => instant.toZonedDateTimeISO('+08:00').toPlainTime().toString();
const judged = (deadline: string, mark: Mark) => timeOf(judgeAt(at(deadline), gapsOf(mark)));

describe('a mark that says “I was here”', () => {
  it('has no gap where it is stamped in time', () => {
    expect(stampAll(fresh('07:59:50'), ['07:59:52', '08:00:02']).last).toBeUndefined();
  });

  it('has one from the last stamp to the next where that took longer', () => {
    const mark = stampAll(fresh('07:30:00'), ['08:20:00', '08:20:02']);
    expect(gapsOf(mark)).toEqual([{ from: at('07:30:00'), resumedAt: at('08:20:00') }]);
    expect(judged('08:00:00', mark)).toBe('08:21:00');
  });

  it('gives sensors the whole of their minute where a clock is set right within it', () => {
    const mark = stampAll(fresh('07:28:00'), ['08:11:40', '08:11:46', '08:20:16', '08:20:18']);
    expect(judged('08:00:00', mark)).toBe('08:21:10');
  });

  it('lets the minute stand still during another outage, and gives what fell due in that one a whole minute', () => {
    const mark = stampAll(fresh('07:59:00'), ['08:00:30', '08:00:40', '08:05:00']);
    expect(judged('08:00:00', mark)).toBe('08:05:50');
    expect(judged('08:01:00', mark)).toBe('08:06:00');
  });

  it('forgets a gap whose minute was over when the next began', () => {
    const mark = stampAll(fresh('07:50:00'), ['07:58:00', '07:58:08', '07:58:16', '07:58:24', '07:58:32']);
    const over = stampAll(mark, ['07:58:40', '07:58:48', '07:58:56', '07:59:04', '08:10:00']);
    expect(gapsOf(over)).toEqual([{ from: at('07:59:04'), resumedAt: at('08:10:00') }]);
  });

  it('holds nothing back for ever while a part dies again and again as soon as it is up', () => {
    let mark = fresh('07:59:50');
    let heldUntil = '';
    for (let second = 5; second < 600; second += 15) {
      const now = at('08:00:00').add({ seconds: second });
      mark = stampMark(mark, now, GAP_MS);
      const until = judgeAt(at('08:00:00'), gapsOf(mark));
      if (Temporal.Instant.compare(until, now) > 0) heldUntil = timeOf(until);
    }
    expect(heldUntil < '08:02:30').toBe(true);
    expect(mark.earlier.length).toBeLessThanOrEqual(MOST_EARLIER);
  });

  it('moves back with a clock that is set back, and so do its gaps, for whose end nobody waits then', () => {
    const mark = stampAll(fresh('08:00:00'), ['10:00:00', '10:00:05', '11:00:00', '07:00:04']);
    expect(mark.seenAt).toEqual(at('07:00:04'));
    expect(judged('08:00:00', mark)).toBe('08:00:00.5');
  });
});
