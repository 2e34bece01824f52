import type { SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useText, useTextOf } from '../app/language.ts';
import { agoOf } from '../today/local-time.ts';
import { type Heard, heardOf, isBatteryLow } from './trouble.ts';

const TONES: Record<Heard, string | undefined> = {
  fresh: undefined,
  waiting: undefined,
  late: 'amber',
  lost: 'red',
};
const DAY_MS = 24 * 3_600_000;

/** When a sensor was last heard, in words; amber beyond its allowance, red far beyond. */
export function HeardWords({ sensor, nowMs }: { sensor: SensorView; nowMs: number }) {
  const common = useText();
  const words = useTextOf(SENSORS_TEXT);
  const heard = heardOf(sensor, nowMs);
  const tone = TONES[heard];
  const { lastSeenAt } = sensor;
  if (!lastSeenAt)
    return (
      <span className="told" data-tone={tone}>
        {heard === 'waiting' ? words.waiting : words.never}
      </span>
    );
  const days = Math.floor((nowMs - Date.parse(lastSeenAt)) / DAY_MS);
  const ago = days >= 2 ? words.days(days) : agoOf(lastSeenAt, nowMs, common);
  return (
    <span className="told" data-tone={tone}>
      {tone ? words.silentFor(ago) : ago}
    </span>
  );
}

export function Battery({ sensor }: { sensor: SensorView }) {
  const words = useTextOf(SENSORS_TEXT);
  if (sensor.battery === null) return <span>{words.none}</span>;
  return (
    <span className="told" data-tone={isBatteryLow(sensor) ? 'amber' : undefined}>
      {sensor.battery}%
    </span>
  );
}
