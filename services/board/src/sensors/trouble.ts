import type { SensorView } from '#contracts/http/register/sensor.ts';
import { BATTERY_LOW_PERCENT } from '#pact/sensor-health.ts';

/** How a sensor is heard: within its allowance, just paired, beyond it, or far beyond. */
export type Heard = 'fresh' | 'waiting' | 'late' | 'lost';

/** So often its allowance it may be silent before it is lost. */
const LOST_AFTER = 2;

export function heardOf(sensor: SensorView, nowMs: number): Heard {
  const { lastSeenAt, enrolledAt, silenceMinutes } = sensor;
  const silentMs = nowMs - Date.parse(lastSeenAt ?? enrolledAt);
  const allowanceMs = silenceMinutes * 60_000;
  if (silentMs <= allowanceMs) return lastSeenAt ? 'fresh' : 'waiting';
  return lastSeenAt && silentMs <= allowanceMs * LOST_AFTER ? 'late' : 'lost';
}

export const isBatteryLow = ({ battery }: Pick<SensorView, 'battery'>): boolean =>
  battery !== null && battery <= BATTERY_LOW_PERCENT;

/** How bad it is, from nothing at all on: what protects nobody weighs most, then what soon will not. */
export function weightOf(sensor: SensorView, nowMs: number): number {
  const heard = heardOf(sensor, nowMs);
  if (heard === 'lost') return 5;
  if (heard === 'late') return 4;
  if (sensor.tickets.includes('tamper')) return 3;
  if (isBatteryLow(sensor) || sensor.tickets.length > 0) return 2;
  return sensor.quarantined > 0 || sensor.householdId === null ? 1 : 0;
}

/** The worst first; of the same, by the homes' numbers as people count them. */
export function byTrouble(sensors: readonly SensorView[], nowMs: number): SensorView[] {
  const weights = new Map(sensors.map((sensor) => [sensor.id, weightOf(sensor, nowMs)]));
  const numbers = new Intl.Collator('en', { numeric: true });
  return [...sensors].sort(
    (a, b) =>
      (weights.get(b.id) ?? 0) - (weights.get(a.id) ?? 0) ||
      numbers.compare(a.code ?? '', b.code ?? '') ||
      numbers.compare(a.id, b.id),
  );
}
