import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Strain } from '#store/doctor/read-strain.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const STALE_MS = 60_000;
/** A page is promised to the provider within two seconds; five times that is no bad moment. */
const SLOW_SECONDS = 10;
const CLOCK_TOLERANCE_SECONDS = 5;
const CROWDED = 0.8;

/** What the strain means to a person. @param lookedAt this machine's time when the database said its own */
export function judgeStrain(
  strain: Strain,
  now: Temporal.Instant,
  lookedAt: Temporal.Instant,
  text: DoctorText,
): Finding[] {
  const minutesSince = (at: Date) => Math.round((now.epochMilliseconds - at.getTime()) / 60_000);
  const { escalationAt, serverAt, connections: open, mostConnections: most, acceptedSeconds } = strain;
  const seconds = Math.round(Math.abs(serverAt.getTime() - lookedAt.epochMilliseconds) / 1_000);
  return [
    !escalationAt
      ? fail('escalationNever', text.escalationNever())
      : now.epochMilliseconds - escalationAt.getTime() > STALE_MS
        ? fail('escalationStale', text.escalationStale({ minutes: minutesSince(escalationAt) }))
        : ok('escalation', text.escalation()),
    ...(seconds > CLOCK_TOLERANCE_SECONDS ? [fail('clockDiffers', text.clockDiffers({ seconds }))] : []),
    ...(open > most * CROWDED ? [warn('databaseCrowded', text.databaseCrowded({ open, most }))] : []),
    ...strain.floods.map(({ sensorId, code, count }) =>
      warn('floodBy', text.floodBy({ sensorId, code, count })),
    ),
    ...strain.providersFailing.map(({ name, failure, since }) =>
      fail('providerFailing', text.providerFailing({ name, failure, minutes: minutesSince(since) })),
    ),
    ...(acceptedSeconds !== null && acceptedSeconds > SLOW_SECONDS
      ? [warn('providerSlow', text.providerSlow({ seconds: Math.round(acceptedSeconds) }))]
      : []),
    ...(strain.failures.length > 0
      ? [
          warn(
            'failing',
            text.failing({ failures: strain.failures.map(({ failure, count }) => `${failure} × ${count}`) }),
          ),
        ]
      : []),
  ];
}
