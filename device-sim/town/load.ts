import { sleep } from '#platform/sleep.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { isEvent, type SentEvent, type VirtualSensor } from '../virtual-sensor.ts';

export type Load = {
  /** Sends no more, and resolves when all that was sent has its acknowledgement. */
  finish(): Promise<void>;
  acknowledged(): SentEvent[];
};

/**
 * Every sensor tells without a break that its curtain is closed, one report in flight each: load that proves
 * nothing about anybody. It pauses for `least` to `most` milliseconds after each acknowledgement.
 */
export function startLoad(
  sensors: readonly VirtualSensor[],
  random: SeededRandom,
  [least, most]: readonly [number, number] = [5, 40],
): Load {
  const ending = new AbortController();
  const running = sensors.map(async (sensor) => {
    while (!ending.signal.aborted) {
      await sensor.report({ type: 'closed' });
      await sleep(random.between(least, most), ending.signal);
    }
  });
  return {
    async finish() {
      ending.abort();
      await Promise.all(running);
    },
    acknowledged: () =>
      sensors.flatMap((sensor) => sensor.sent).filter((sent) => isEvent(sent) && sent.ackMs !== undefined),
  };
}
