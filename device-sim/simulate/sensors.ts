import type { IntakeMessage } from '#store/sensor/intake.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Plan, Sensor } from './plan.ts';

const MINUTE = 60_000;
/** Minutes from eight o'clock at which every sensor that lives gives a sign. */
const BEATS = [-225, -170, -95, -25, 60, 300];

/** A message that its sensor keeps until it is acknowledged. */
export type Kept = {
  sensorId: string;
  homeId: string;
  type: IntakeMessage['type'];
  /** When it happened. */
  at: number;
  seq: number | null;
  deviceAt: number | null;
  retained: boolean;
  /** When the sensor tries next. */
  triesAt: number;
  /** Carries the DUP flag; one that has restarted meanwhile sends the same without it. */
  isFlagged: boolean;
  /** When it was stored first, as far as we said so. */
  recordedAt: number | undefined;
  /** When that was by the broker's clock. */
  stampedAt: number | undefined;
  /** The broker's clock was too far behind to believe its own time, at one try at least. */
  isDisbelieved: boolean;
  /** How often nobody knows whether it was stored. */
  doubts: number;
};

/** A message with its PUBACK: from then on it is ours to answer for. */
export type Acknowledged = Kept & { receivedAt: number };

/** All sensors of a community: each keeps its messages and sends them until they are acknowledged. */
export type Sensors = {
  acknowledged: readonly Acknowledged[];
  /** Every time at which some sensor wants to send. */
  times: readonly number[];
  /** What is to be sent at `now`, in each sensor's order. */
  due(now: number): Kept[];
  /** The broker has answered; an answer may be lost on its way. @returns when what was lost is sent again */
  answered(sent: readonly Kept[], receivedAt: number, stampedAt: number): number | undefined;
  /** The connection broke without an answer. @param stampedAt the broker's clock */
  unanswered(sent: readonly Kept[], triesAt: number, stampedAt: number): void;
};

export function createSensors(plan: Plan, chance: Chance, faults: Faults): Sensors {
  const acknowledged: Acknowledged[] = [];
  let kept: Kept[] = [];
  const sequence = new Map<string, number>();
  const storms = plan.dates.flatMap((_, day) =>
    Array.from({ length: plan.gateways }, (_, gateway) => stormOf(gateway, day)).filter(
      (storm) => storm !== undefined,
    ),
  );

  for (const { id: homeId, code, sensor, days, isNew } of plan.homes) {
    if (!sensor) continue;
    const told: { type: IntakeMessage['type']; at: number; label: string; retained?: boolean }[] = [];
    for (const [day, { opensAt, closesAt, deadlineAt, earliestAt }] of days.entries()) {
      const label = `home ${code} day ${day}`;
      if (opensAt !== undefined) told.push({ type: 'opened', at: opensAt, label: `${label} opened` });
      if (closesAt !== undefined) told.push({ type: 'closed', at: closesAt, label: `${label} closed` });
      for (const minutes of BEATS)
        told.push({ type: 'heartbeat', at: earliestAt + (240 + minutes) * MINUTE, label });
      const replayedAt = deadlineAt - chance.between(`${label} replayed at`, 1, 120) * MINUTE;
      const line = `home ${code}’s broker session replays a retained opening`;
      if (!isNew && faults.strikes('retained', label, 0.04, replayedAt, line))
        told.push({ type: 'opened', at: replayedAt, label: `${label} replayed`, retained: true });
    }
    told.sort((a, b) => a.at - b.at);
    if (sensor.diesAt !== undefined && !isNew)
      faults.strikes('sensor_dies', `home ${code}`, 1, sensor.diesAt, `home ${code}’s sensor dies`);
    for (const { type, at, label, retained = false } of told) {
      if (sensor.diesAt !== undefined && at >= sensor.diesAt) continue;
      const storm = storms.find((s) => s.gateway === sensor.gateway && at >= s.from && at < s.until);
      if (storm && (type === 'heartbeat' || retained)) continue;
      kept.push(message(sensor, homeId, { type, at, retained }, triesAtOf(sensor, type, at, label, storm)));
    }
  }
  const times = [...new Set(kept.map(({ triesAt }) => triesAt))];

  function stormOf(gateway: number, day: number) {
    const label = `gateway ${gateway} day ${day}`;
    const deadlineAt = Math.min(...plan.homes.map((home) => home.days[day]!.deadlineAt));
    const from = deadlineAt - chance.between(`${label} storm from`, 5, 200) * MINUTE;
    const until = from + chance.between(`${label} storm lasts`, 20, 300) * MINUTE;
    const line = `gateway ${gateway} is silent for ${Math.round((until - from) / MINUTE)} minutes`;
    return faults.strikes('storm', label, 0.08, from, line) ? { gateway, from, until } : undefined;
  }

  function triesAtOf(
    sensor: Sensor,
    type: IntakeMessage['type'],
    at: number,
    label: string,
    storm: { until: number } | undefined,
  ): number {
    if (storm) return storm.until + chance.between(`${sensor.id} after the storm`, 5, 40) * 1_000;
    const delay = chance.between(`${label} buffered for`, 1, 120);
    const line = `${label} is told ${delay} minutes late`;
    if (type !== 'heartbeat' && faults.strikes('buffered', label, 0.04, at, line)) return at + delay * MINUTE;
    return at;
  }

  function message(
    sensor: Sensor,
    homeId: string,
    { type, at, retained }: Pick<Kept, 'type' | 'at' | 'retained'>,
    triesAt: number,
  ): Kept {
    const isCounted = sensor.class !== 'plain' && type !== 'heartbeat' && !retained;
    const seq = isCounted ? (sequence.get(sensor.id) ?? 0) + 1 : null;
    if (seq !== null) sequence.set(sensor.id, seq);
    const deviceAt = sensor.class === 'clocked' && !retained ? at : null;
    return {
      ...{ sensorId: sensor.id, homeId, type, at, seq, deviceAt, retained, triesAt },
      ...{ isFlagged: false, recordedAt: undefined, stampedAt: undefined, isDisbelieved: false, doubts: 0 },
    };
  }

  // Without a flag, a number and a time nobody could tell the second from another opening.
  const remembers = ({ sensorId, at, triesAt, seq, deviceAt }: Kept) =>
    (seq === null && deviceAt === null) || chance.happens(`${sensorId} ${at} remembers at ${triesAt}`, 0.7);

  return {
    acknowledged,
    times,
    due: (now) => kept.filter(({ triesAt }) => triesAt <= now),
    answered(sent, receivedAt, stampedAt) {
      let again: number | undefined;
      const done = new Set<Kept>();
      for (const each of sent) {
        each.doubts -= 1;
        each.recordedAt ??= receivedAt;
        each.stampedAt ??= stampedAt;
        const { sensorId, type, at } = each;
        const label = `${sensorId} ${type} ${at} at ${receivedAt}`;
        const line = `the PUBACK for ${sensorId}’s ${type} is lost`;
        if (type !== 'heartbeat' && faults.strikes('puback_lost', label, 0.05, receivedAt, line)) {
          each.triesAt = receivedAt + chance.between(`${label} again`, 5, 120) * 1_000;
          each.isFlagged = remembers(each);
          again = Math.min(again ?? each.triesAt, each.triesAt);
        } else {
          acknowledged.push({ ...each, receivedAt });
          done.add(each);
        }
      }
      kept = kept.filter((each) => !done.has(each));
      return again;
    },
    unanswered(sent, triesAt, stampedAt) {
      for (const each of sent) {
        each.triesAt = triesAt;
        each.isFlagged = remembers(each);
        each.doubts += 1;
        each.isDisbelieved ||= !isBelieved(each.deviceAt, stampedAt);
      }
    },
  };
}

/** As architecture.md has it: a device that says it is later than this is not believed. */
const MOST_AHEAD_MS = 2 * 60_000;

/** Whether the time that a device tells counts, by the clock of the broker that receives it. */
export const isBelieved = (deviceAt: number | null, stampedAt: number): boolean =>
  deviceAt !== null && deviceAt <= stampedAt + MOST_AHEAD_MS;

/** What the broker hands to the store. */
export const intakeOf = (kept: Kept, receivedAt: number): IntakeMessage => ({
  ...{ sensorId: kept.sensorId, type: kept.type, receivedAt, deviceAt: kept.deviceAt, seq: kept.seq },
  ...{ position: null, battery: null, rssi: null, firmware: null },
  ...{ retained: kept.retained, redelivered: kept.isFlagged },
});
