import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createTasmota } from '#sim/networks/tasmota.ts';
import type { VirtualDevice } from '#sim/networks/virtual-gateway.ts';
import { createZigbee2mqtt } from '#sim/networks/zigbee2mqtt.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { changeSensor } from '#store/register/sensor.ts';
import { readCurtainNews, settlePolarity } from '#store/sensor/polarity.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type Place, planEstate } from './testing/estate.ts';

const BY = { kind: 'account', id: randomUUID() };
const now = () => Temporal.Now.instant();

const estate = planEstate();
beforeAll(() => estate.open(), 60_000);
afterAll(() => estate.close());

const chirpstack = estate.gateway({ format: 'chirpstack' }, (url) =>
  createChirpstack({ url, random: createSeededRandom(1) }),
);
const zigbee = estate.gateway({ format: 'zigbee2mqtt' }, (url) => createZigbee2mqtt({ url }));
const tasmota = estate.gateway({ format: 'tasmota' }, (url) => createTasmota({ url, topic: 'plug' }));

/** "Open it now … close it now": what the device says of the curtain that somebody sees. */
async function install(sensorId: string, open: () => Promise<void>, close: () => Promise<void>) {
  const { db } = estate.bed.test;
  let { upto } = await readCurtainNews(db, sensorId, undefined);
  const said = async (act: () => Promise<void>) => {
    await act();
    const news = () => readCurtainNews(db, sensorId, upto);
    await expect.poll(async () => (await news()).items.length, { timeout: 5_000 }).toBe(1);
    const { items, upto: after } = await news();
    upto = after;
    return items[0]?.id ?? 0;
  };
  const test = { openEventId: await said(open), closedEventId: await said(close) };
  const result = await settlePolarity(db, sensorId, test, BY, now());
  await estate.bed.untilLoaded();
  return result;
}

/** Whose values mean the opposite: what it calls closed is open. */
async function isTurnedRound({ device, sensorId, untilTold }: Place<VirtualDevice>) {
  const draw = { open: () => device.close(Date.now()), close: () => device.open(Date.now()) };
  await draw.close();
  await expect.poll(() => estate.bed.lastSeen(sensorId)).not.toBeNull();
  const seen = `select count(*) from device_report r join device d on d.id = r.device_id
    where r.contact is not null and sensor_id = '${sensorId}'`;
  await expect.poll(() => estate.bed.count(seen), { timeout: 5_000 }).toBe(1);
  const settled = await install(sensorId, draw.open, draw.close);
  expect(settled).toEqual({ ok: true, value: { result: 'reversed', reversed: true } });
  expect(await estate.bed.events(sensorId)).toEqual([]);
  await draw.open();
  await untilTold(1);
  await draw.close();
  expect(await untilTold(2)).toEqual(['opened!', 'closed']);
}

const netvox = chirpstack.place((it) => it.device('00137A1000000001', 'netvox_r311a'), {
  format: 'netvox_r311a',
});
test.concurrent('a Netvox counts for nothing until its installation test, and then by what that has found', () =>
  isTurnedRound(netvox));

const detached = tasmota.place((it) => it.device());
test.concurrent('neither does a Tasmota, whose ON is a setting', () => isTurnedRound(detached));

const moving = zigbee.place((it) => it.device('curtain'));
test('a device that is paired with another home begins anew', async () => {
  const { device, sensorId, untilTold } = moving;
  const { db } = estate.bed.test;
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await device.close(Date.now());
  await untilTold(3);
  const home = await (await seedCommunity(db)).addHome({ sensor: false });
  expect(await changeSensor(db, sensorId, { householdId: home.id }, BY, now())).toMatchObject({ ok: true });
  await estate.bed.untilLoaded();
  // The curtain there is open, and has been since yesterday.
  await device.open(Date.now());
  await untilTold(4);
  await device.close(Date.now());
  await untilTold(5);
  await device.open(Date.now());
  expect(await untilTold(6)).toEqual([
    ...['snapshot closed', 'opened!', 'closed'],
    ...['snapshot opened', 'closed', 'opened!'],
  ]);
});
