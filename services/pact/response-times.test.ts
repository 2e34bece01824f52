import { describe, expect, it } from 'vitest';
import { benignPer45, percentOf, RESPONSE_TARGETS, responseTimes } from './response-times.ts';

describe('response times', () => {
  it('are the middle one and the shares within the targets', () => {
    expect(responseTimes([60, 120, 200, 1000], RESPONSE_TARGETS.door)).toEqual({
      count: 4,
      medianSeconds: 160,
      within: [
        { withinSeconds: 900, percent: 75, target: 90 },
        { withinSeconds: 1800, percent: 100, target: 100 },
      ],
    });
  });

  it('count an alert to which nobody came against every target, and never as the middle', () => {
    const times = responseTimes([60, undefined, undefined], RESPONSE_TARGETS.acknowledged);
    expect(times).toMatchObject({ count: 3, medianSeconds: 60, within: [{ percent: 33.3 }] });
  });

  it('of no alert at all miss no target', () => {
    expect(responseTimes([], RESPONSE_TARGETS.acknowledged)).toMatchObject({
      count: 0,
      medianSeconds: null,
      within: [{ percent: 100 }],
    });
  });

  it('give benign pages a day for 45 homes', () => {
    expect(benignPer45(15, 45 * 30)).toBe(0.5);
    expect(benignPer45(3, 0)).toBe(0);
    expect(percentOf(2, 3)).toBe(66.7);
  });
});
