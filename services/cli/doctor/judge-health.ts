import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Health } from '#store/doctor/read-health.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Services mark themselves every few seconds; a minute without a mark is not a slow moment any more. */
const STALE_MS = 60_000;

/** What may differ between two machines that are kept in time. */
const CLOCK_TOLERANCE_MS = 120_000;

/** What the database's facts mean to a person. */
export function judgeHealth(health: Health, now: Temporal.Instant, text: DoctorText): Finding[] {
  return [
    ...judgeService(health, now, text),
    ...judgeRegister(health, text),
    ...judgeSensors(health, text),
    ...judgeWork(health, text),
  ];
}

const minutesSince = (at: Date, now: Temporal.Instant) =>
  Math.round((now.epochMilliseconds - at.getTime()) / 60_000);
const isStale = (at: Date, now: Temporal.Instant) => now.epochMilliseconds - at.getTime() > STALE_MS;

function judgeService(health: Health, now: Temporal.Instant, text: DoctorText): Finding[] {
  const { sweepAt, intakeAt, newestAt, communitiesUnopened: unopened } = health;
  const aheadMs = newestAt ? newestAt.getTime() - now.epochMilliseconds : 0;
  return [
    aheadMs > CLOCK_TOLERANCE_MS
      ? fail('clockBack', text.clockBack({ minutes: Math.round(aheadMs / 60_000) }))
      : ok('clock', text.clock({ time: now.toString({ smallestUnit: 'second' }) })),
    !sweepAt
      ? fail('sweepNever', text.sweepNever())
      : isStale(sweepAt, now)
        ? fail('sweepStale', text.sweepStale({ minutes: minutesSince(sweepAt, now) }))
        : ok('sweep', text.sweep()),
    !intakeAt
      ? fail('intakeNever', text.intakeNever())
      : isStale(intakeAt, now)
        ? fail('intakeStale', text.intakeStale({ minutes: minutesSince(intakeAt, now) }))
        : ok('intake', text.intake()),
    unopened.length > 0
      ? fail('daysUnopened', text.daysUnopened({ communities: unopened }))
      : ok('days', text.days()),
    health.accounts === 0 ? warn('accountMissing', text.accountMissing()) : ok('account', text.account()),
  ];
}

function judgeRegister(health: Health, text: DoctorText): Finding[] {
  if (health.homes === 0) return [warn('registerEmpty', text.registerEmpty())];
  const { withoutAnybody, withoutPact, withoutSensor, withoutSteward, communitiesWithoutOffice } = health;
  const gaps = [
    ...(withoutAnybody.length > 0
      ? [fail('withoutAnybody', text.withoutAnybody({ codes: withoutAnybody }))]
      : []),
    ...(withoutPact.length > 0 ? [warn('withoutPact', text.withoutPact({ codes: withoutPact }))] : []),
    ...(withoutSensor.length > 0
      ? [warn('withoutSensor', text.withoutSensor({ codes: withoutSensor }))]
      : []),
    ...(withoutSteward.length > 0
      ? [warn('withoutSteward', text.withoutSteward({ codes: withoutSteward }))]
      : []),
  ];
  return [
    ...(gaps.length > 0 ? gaps : [ok('canopy', text.canopy({ count: health.homes }))]),
    communitiesWithoutOffice.length > 0
      ? warn('withoutOffice', text.withoutOffice({ communities: communitiesWithoutOffice }))
      : ok('office', text.office()),
  ];
}

/** What may be wrong with sensors; each is said of the homes that it is true of. */
const SENSOR_FAULTS = [
  'neverReported',
  'sensorsSilent',
  'batteryLow',
  'clockWrong',
  'tampered',
  'visitAsked',
  'quarantined',
] as const;

function judgeSensors(health: Health, text: DoctorText): Finding[] {
  const faults = SENSOR_FAULTS.filter((fault) => health[fault].length > 0);
  if (faults.length === 0) return [ok('sensors', text.sensors({ count: health.sensors }))];
  return faults.map((fault) => warn(fault, text[fault]({ codes: health[fault] })));
}

function judgeWork(
  { messagesStuck, messagesFailed, alertsOpen, alertsOverdue }: Health,
  text: DoctorText,
): Finding[] {
  return [
    ...(messagesStuck > 0 ? [fail('messagesStuck', text.messagesStuck({ count: messagesStuck }))] : []),
    ...(messagesFailed > 0 ? [warn('messagesFailed', text.messagesFailed({ count: messagesFailed }))] : []),
    ...(messagesStuck + messagesFailed === 0 ? [ok('messages', text.messages())] : []),
    alertsOverdue.length > 0
      ? fail('alertsOverdue', text.alertsOverdue({ codes: alertsOverdue }))
      : ok('alerts', text.alerts({ count: alertsOpen })),
  ];
}
