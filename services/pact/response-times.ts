/** What the service owes people after a deadline, in seconds, and the share of alerts that must be within. */
export const RESPONSE_TARGETS = {
  acknowledged: [{ withinSeconds: 180, percent: 90 }],
  door: [
    { withinSeconds: 900, percent: 90 },
    { withinSeconds: 1800, percent: 100 },
  ],
} as const;

/** No more pages that nobody needed than this, a day, for 45 homes. */
export const BENIGN_TARGET = 0.5;

/** How long something took, over many alerts: how many there were, the middle one, and the shares within the targets. */
export type ResponseTimes = {
  count: number;
  /** Null where there were none. */
  medianSeconds: number | null;
  within: { withinSeconds: number; percent: number; target: number }[];
};

/**
 * The response times of alerts. An alert that never came so far counts against every target.
 * @param seconds from the deadline, `undefined` for an alert to which nobody came
 */
export function responseTimes(
  seconds: readonly (number | undefined)[],
  targets: readonly { withinSeconds: number; percent: number }[],
): ResponseTimes {
  const known = seconds.filter((one) => one !== undefined).sort((a, b) => a - b);
  return {
    count: seconds.length,
    medianSeconds: known.length === 0 ? null : middleOf(known),
    within: targets.map(({ withinSeconds, percent: target }) => ({
      withinSeconds,
      target,
      percent: percentOf(known.filter((one) => one <= withinSeconds).length, seconds.length),
    })),
  };
}

function middleOf(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** To one decimal; of nothing it is everything. */
export const percentOf = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.round((part / whole) * 1000) / 10;

/** Pages that nobody needed, as the field counts them: a day, for 45 homes. */
export const benignPer45 = (benign: number, homeDays: number): number =>
  homeDays === 0 ? 0 : Math.round((benign / homeDays) * 45 * 100) / 100;
