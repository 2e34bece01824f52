import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { DeviceFormat, SourceKind } from '#contracts/bridge/formats.ts';
import type { DeviceCard, DevicePairing } from '#contracts/http/register/device.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { createSensorId, endSensor, insertSensors, pairSensors } from '../register/sensor.ts';
import { type DeviceRow, findDevice, lockDevice, tellDevice } from './device.ts';
import { silenceMinutesOf } from './silence.ts';

/**
 * Pairs a device with a home of its source's community: it gets a sensor there, or takes the one along that it has,
 * whose mounting is then unknown again. A device at our own broker has signed in as its sensor already.
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
    const sensorId = device.sensorId ?? (await findSignedIn(tx, source.kind, device));
    if (sensorId) await pairSensors(tx, [{ id: sensorId, householdId: home.id }]);
    const pairedId = sensorId ?? (await makeSensor(tx, key, { device, source, format, pairing }, now));
    await tx
      .updateTable('device')
      .set({ sensor_id: pairedId, format, ignored_at: null })
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

/** The sensor as which a device at our own broker signs in. */
async function findSignedIn(tx: Tx, kind: SourceKind, device: DeviceRow): Promise<string | undefined> {
  if (kind !== 'broker') return undefined;
  const { rows } = await sql<{ id: string }>`
    select s.id from sensor s left join household h on h.id = s.household_id
    where s.id = ${device.address} and s.retired_at is null
      and (h.id is null or h.community_id = ${device.communityId})`.execute(tx);
  return rows[0]?.id;
}

type Making = {
  device: DeviceRow;
  source: Awaited<ReturnType<typeof findSource>>;
  format: DeviceFormat;
  pairing: DevicePairing;
};

async function makeSensor(
  tx: Tx,
  key: Buffer,
  { device, source, format, pairing }: Making,
  now: Temporal.Instant,
): Promise<string> {
  const id = createSensorId();
  const kind = pairing.kind ?? ((await tellsPosition(tx, device.id)) ? 'position' : 'contact');
  await insertSensors(
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
  return id;
}

/** Whether it has told how far a curtain is open, and never that a contact is. */
async function tellsPosition(tx: Tx, deviceId: string): Promise<boolean> {
  const { rows } = await sql<{ tells: boolean | null }>`
    select bool_or(position is not null) and not bool_or(contact is not null) as tells
    from device_report where device_id = ${deviceId}`.execute(tx);
  return rows[0]?.tells ?? false;
}
