import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { DeviceFormat } from '#contracts/bridge/formats.ts';
import type { DeviceCard, DevicePairing } from '#contracts/http/register/device.ts';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { createSensorId, endSensor, insertSensors, pairSensors } from '../register/sensor.ts';
import { type DeviceRow, distrustPolarity, findDevice, lockDevice, tellDevice } from './device.ts';
import { silenceMinutesOf } from './silence.ts';

/**
 * Pairs a device with a home of its source's community: it gets a sensor there, or takes the one along that it has,
 * whose mounting is then unknown again.
 */
export async function pairDevice(
  db: Db,
  key: Buffer,
  id: string,
  pairing: DevicePairing,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<DeviceCard>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const device = await lockDevice(tx, id);
    if (!device) return refuse('not_found');
    const { communityId } = device;
    const home = await findHome(tx, pairing.householdId, communityId);
    if (!home) return refuse('not_found');
    const source = await findSource(tx, device.sourceId);
    const format = pairing.format ?? device.format ?? device.guess;
    if (!format) return refuse('format_needed');
    if (format === 'codec' && !device.codecId) return refuse('codec_needed');
    // At our own broker a device signs in as its sensor: with that one it has ended.
    if (source.kind === 'broker' && !device.sensorId) return refuse('retired');
    if (device.sensorId) await pairSensors(tx, [{ id: device.sensorId, householdId: home.id }]);
    const sensorId =
      device.sensorId ?? (await makeSensor(tx, key, { device, source, format, pairing }, now)).id;
    if (format !== device.format) await distrustPolarity(tx, device.sensorId);
    if (format === 'as_told') await takeToldDirection(tx, id, sensorId);
    await tx
      .updateTable('device')
      .set({ sensor_id: sensorId, format, ignored_at: null })
      .where('id', '=', id)
      .execute();
    const left = device.householdId && device.householdId !== home.id ? [device.householdId] : [];
    await announceAll(
      tx,
      [home.id, ...left].map((householdId) => ({ householdId, communityId })),
    );
    await tellDevice(tx, communityId, by, 'device.pair', id, now);
    return saved((await findDevice(tx, id))!);
  });
}

/**
 * A sensor for a home whose device speaks its maker's words at our own broker: what signs in as the sensor is this device.
 * @returns what has to be entered in the device; its secret is seen only now
 */
export async function addMakersSensor(
  db: Db,
  key: Buffer,
  sourceId: string,
  pairing: Omit<DevicePairing, 'format'>,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<SensorCredentials>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const source = await tx
      .selectFrom('source')
      .select(['name', 'kind', 'format', 'community_id as communityId'])
      .where('id', '=', sourceId)
      .where('kind', '=', 'broker')
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    const home = source && (await findHome(tx, pairing.householdId, source.communityId));
    if (!home) return refuse('not_found');
    const id = randomUUID();
    const device = { id, openPercent: USUAL_OPEN_PERCENT };
    const made = await makeSensor(tx, key, { device, source, format: 'as_told', pairing }, now);
    const at = toDate(now);
    await tx
      .insertInto('device')
      .values({
        ...{ id, source_id: sourceId, address: made.id, format: 'as_told', sensor_id: made.id },
        ...{ first_seen_at: at, last_seen_at: at },
      })
      .execute();
    await announceAll(tx, [{ householdId: home.id, communityId: source.communityId }]);
    await tellDevice(tx, source.communityId, by, 'device.pair', id, now);
    return saved(made);
  });
}

/** Where a curtain counts as open while nobody has said otherwise. */
const USUAL_OPEN_PERCENT = 50;

/** Takes a device from its home: its sensor is retired, and what it says goes nowhere. */
export async function unpairDevice(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<DeviceCard>> {
  return db.transaction().execute(async (tx) => {
    const device = await lockDevice(tx, id);
    if (!device) return refuse('not_found');
    const { sensorId, householdId, communityId } = device;
    if (!sensorId) return refuse('not_paired');
    // First, so that the entry says of which home it tells.
    await tellDevice(tx, communityId, by, 'device.unpair', id, now);
    await endSensor(tx, sensorId, now);
    if (householdId) await announceAll(tx, [{ householdId, communityId }]);
    return saved((await findDevice(tx, id))!);
  });
}

const findHome = (tx: Tx, id: string, communityId: string) =>
  tx
    .selectFrom('household')
    .select('id')
    .where('id', '=', id)
    .where('community_id', '=', communityId)
    .where('removed_at', 'is', null)
    .where('is_canary', '=', false)
    .executeTakeFirst();

const findSource = (tx: Tx, id: string) =>
  tx.selectFrom('source').select(['name', 'kind', 'format']).where('id', '=', id).executeTakeFirstOrThrow();

type Making = {
  device: Pick<DeviceRow, 'id' | 'openPercent'>;
  source: Awaited<ReturnType<typeof findSource>>;
  format: DeviceFormat;
  pairing: Omit<DevicePairing, 'format'>;
};

async function makeSensor(
  tx: Tx,
  key: Buffer,
  { device, source, format, pairing }: Making,
  now: Temporal.Instant,
): Promise<SensorCredentials> {
  const id = createSensorId();
  const kind = pairing.kind ?? ((await tellsPosition(tx, device.id)) ? 'position' : 'contact');
  const [made] = await insertSensors(
    tx,
    key,
    [
      {
        ...{ id, householdId: pairing.householdId, kind, openPercent: device.openPercent },
        ...{ silenceMinutes: silenceMinutesOf(source.format, format), gateway: source.name },
      },
    ],
    now,
  );
  if (!made) throw new Error('a sensor that was just inserted has no credentials');
  return made;
}

/** Mounted the other way round from the first: its own discovery message has said that it means the opposite. */
const takeToldDirection = (tx: Tx, deviceId: string, sensorId: string) =>
  sql`
    update sensor s set reversed = true from device d
    where d.id = ${deviceId} and d.told_direction = 'opposite' and s.id = ${sensorId} and s.polarity_tested_at is null`.execute(
    tx,
  );

/** Whether it has told how far a curtain is open, and never that a contact is. */
async function tellsPosition(tx: Tx, deviceId: string): Promise<boolean> {
  const { rows } = await sql<{ tells: boolean | null }>`
    select bool_or(position is not null) and not bool_or(contact is not null) as tells
    from device_report where device_id = ${deviceId}`.execute(tx);
  return rows[0]?.tells ?? false;
}
