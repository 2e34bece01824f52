import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { BridgeHealth } from '#store/doctor/read-bridge-health.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** So long a source may take to be connected for the first time. */
const FIRST_CONNECTION_MINUTES = 2;

/** What the database's facts about sources and devices mean to a person; nothing where there is no source. */
export function judgeBridge(health: BridgeHealth, now: Temporal.Instant, text: DoctorText): Finding[] {
  const { sources } = health;
  if (sources.length === 0) return [];
  const names = sources.map(({ name }) => name);
  // How sources stand is what the bridge last said, and nobody says it now.
  const unheard = health.runs
    ? sources.flatMap((source) => judgeSource(source, now, text))
    : [fail('bridgeAway', text.bridgeAway({ names }))];
  return [
    ...(unheard.length > 0 ? unheard : [ok('bridge', text.bridge({ count: sources.length }))]),
    ...judgeDevices(health, text),
  ];
}

function judgeSource(
  { name, state, problem, since }: BridgeHealth['sources'][number],
  now: Temporal.Instant,
  text: DoctorText,
): Finding[] {
  const minutes = Math.round((now.epochMilliseconds - since.getTime()) / 60_000);
  const said = { name, minutes, problem };
  if (state === 'away') return [fail('sourceAway', text.sourceAway(said))];
  if (state === 'refused') return [fail('sourceRefused', text.sourceRefused(said))];
  const isLate = state === 'waiting' && minutes >= FIRST_CONNECTION_MINUTES;
  return isLate ? [fail('sourceWaiting', text.sourceWaiting(said))] : [];
}

function judgeDevices(health: BridgeHealth, text: DoctorText): Finding[] {
  const { devicesUnpaired, codecsStopped } = health;
  const count = devicesUnpaired.reduce((sum, { count: some }) => sum + some, 0);
  const names = devicesUnpaired.map(({ source }) => source);
  return [
    ...(['devicesRefused', 'polarityUntested'] as const).flatMap((fault) =>
      health[fault].length > 0 ? [warn(fault, text[fault]({ codes: health[fault] }))] : [],
    ),
    ...(count > 0 ? [warn('devicesUnpaired', text.devicesUnpaired({ count, names }))] : []),
    ...(codecsStopped.length > 0
      ? [warn('codecsStopped', text.codecsStopped({ names: codecsStopped }))]
      : []),
  ];
}
