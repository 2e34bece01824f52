import { Temporal } from 'temporal-polyfill';
import { type Clock, sleepUntil } from '#platform/clock.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { DeviceScript } from './stories.ts';
import type { VirtualSensor } from './virtual-sensor.ts';

export const HEARTBEAT_MINUTES = 20;

export type DeviceOptions = {
  sensor: VirtualSensor;
  script: DeviceScript;
  /** Midnight of the morning's date. */
  midnight: Temporal.Instant;
  clock: Clock;
  random: SeededRandom;
  signal: AbortSignal;
};

/**
 * Plugs a home's sensor in: it sends what it buffered since the evening before, with its own times, and says
 * that it lives. One whose battery dies then vanishes.
 */
export async function wakeDevice({ sensor, script, midnight, random }: DeviceOptions): Promise<void> {
  await sensor.connect();
  for (const type of script.evening) {
    // Closed last evening at about 21:40, or opened yesterday morning and not touched since.
    const minute = type === 'closed' ? 21 * 60 + random.between(20, 59) : 7 * 60 + random.between(0, 40);
    const at = midnight.subtract({ hours: 24 }).add({ minutes: minute, seconds: random.between(0, 59) });
    await sensor.report({ type, at: at.toString(), battery: script.battery });
  }
  await sensor.report({ type: 'heartbeat', battery: script.battery });
  if (script.dies) await sensor.vanish();
}

/** Its morning: a heartbeat every twenty minutes, and the opening when its time has come. */
export async function runDevice(options: DeviceOptions): Promise<void> {
  if (options.script.dies) return;
  await Promise.all([beat(options), open(options)]);
}

async function beat({ sensor, script, midnight, clock, random, signal }: DeviceOptions): Promise<void> {
  const phase = random.between(1, HEARTBEAT_MINUTES * 60);
  for (let at = clock.now().add({ seconds: phase }); ; at = at.add({ minutes: HEARTBEAT_MINUTES })) {
    await sleepUntil(clock, at, signal);
    if (signal.aborted) return;
    await sensor.report({ type: 'heartbeat', battery: batteryAt(script, midnight, at) });
  }
}

function batteryAt(
  { battery, batteryAfterOpening, opensAt }: DeviceScript,
  midnight: Temporal.Instant,
  at: Temporal.Instant,
) {
  const hasOpened =
    opensAt !== undefined && Temporal.Instant.compare(at, midnight.add({ minutes: opensAt })) >= 0;
  return hasOpened ? (batteryAfterOpening ?? battery) : battery;
}

async function open({ sensor, script, midnight, clock, signal }: DeviceOptions): Promise<void> {
  if (script.opensAt === undefined) return;
  const opensAt = midnight.add({ minutes: script.opensAt });
  await sleepUntil(clock, script.heldUntil ? midnight.add({ minutes: script.heldUntil }) : opensAt, signal);
  if (signal.aborted) return;
  const held = script.heldUntil ? { at: opensAt.toString() } : {};
  await sensor.report({ type: 'opened', battery: script.batteryAfterOpening ?? script.battery, ...held });
}
