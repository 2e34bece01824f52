import type { HomeView } from '#contracts/http/today.ts';
import { timeOf } from './local-time.ts';

/** The deadlines of the day as local times, the earliest first; an excused day has none to keep. */
export function deadlinesOf(homes: readonly HomeView[], timeZone: string): string[] {
  const instants = homes.flatMap((home) =>
    home.deadlineAt && home.state !== 'excused' ? Date.parse(home.deadlineAt) : [],
  );
  return [...new Set(instants)].sort((a, b) => a - b).map((instant) => timeOf(instant, timeZone));
}

/** The next deadline of a home that has not opened yet, in epoch milliseconds. */
export function nextDeadlineOf(homes: readonly HomeView[], nowMs: number): number | undefined {
  const ahead = homes
    .filter((home) => home.state === 'awaiting' && home.deadlineAt !== null)
    .map((home) => Date.parse(home.deadlineAt ?? ''))
    .filter((deadline) => deadline > nowMs);
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
}
