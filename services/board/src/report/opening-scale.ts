import type { HomeMonth } from '#contracts/http/report.ts';

/** The hours that a chart of these openings must show, in minutes of the day: whole hours with some air. */
export function hoursOf({ days, middleHalf }: HomeMonth): { from: number; until: number } {
  const minutes = days.flatMap(({ openedMinute, deadlineMinute }) => [
    openedMinute ?? deadlineMinute,
    deadlineMinute,
  ]);
  const low = Math.min(...minutes, middleHalf?.from ?? 1440) - 10;
  const high = Math.max(...minutes, middleHalf?.until ?? 0) + 10;
  return { from: Math.max(0, Math.floor(low / 60) * 60), until: Math.min(1440, Math.ceil(high / 60) * 60) };
}

/** The middle one of the times; undefined where there are none. */
export function middleOf(minutes: readonly number[]): number | undefined {
  const sorted = [...minutes].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
