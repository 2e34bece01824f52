import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Enrolled } from '#store/process/process-roll.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Four signs of life. */
const GONE_MS = 40_000;

/**
 * Which processes run, and which died and were not started again. A start on the same machine with the same services
 * makes up for the latest end before it, of whichever kind: so what was stopped and started is not taken for the one that
 * died beside it.
 */
export function judgeRoll(roll: readonly Enrolled[], now: Temporal.Instant, text: DoctorText): Finding[] {
  const silentMs = ({ seenAt }: Enrolled) => now.epochMilliseconds - seenAt.getTime();
  const isOver = (one: Enrolled) => one.endedAt !== null || silentMs(one) > GONE_MS;
  const unreplaced = new Set(roll.filter(isOver));
  for (const started of roll) {
    const [before] = [...unreplaced]
      .filter((over) => over !== started && isSuccessor(started, over))
      .sort((one, other) => other.seenAt.getTime() - one.seenAt.getTime());
    if (before) unreplaced.delete(before);
  }
  const running = roll.filter((one) => !isOver(one));
  const isDoneByOthers = (service: string) => running.some(({ services }) => services.includes(service));
  const counts = [...new Set(running.flatMap(({ services }) => services))]
    .sort()
    .map((service) => `${service} × ${running.filter(({ services }) => services.includes(service)).length}`);
  return [
    ...(counts.length > 0 ? [ok('roll', text.roll({ counts }))] : []),
    ...[...unreplaced]
      .filter(({ endedAt }) => endedAt === null)
      .map((one) => {
        const { host, pid, services } = one;
        const said = text.processGone({ host, pid, services, minutes: Math.round(silentMs(one) / 60_000) });
        return services.every(isDoneByOthers) ? warn('processGone', said) : fail('processGone', said);
      }),
  ];
}

const isSuccessor = (started: Enrolled, over: Enrolled): boolean =>
  started.host === over.host &&
  started.services.join() === over.services.join() &&
  started.startedAt >= over.seenAt;
