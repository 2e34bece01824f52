import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as rest } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { type BridgeBed, openBridgeBed } from './testing/bridge-bed.ts';

const TOKEN = 'the carrier’s own token';
const WAIT = { timeout: 15_000, interval: 20 };

let bed: BridgeBed;
let lorawan: string;
let carrier: string;
let network: ReturnType<typeof createChirpstack>;

beforeAll(async () => {
  bed = await openBridgeBed();
  network = createChirpstack({ url: bed.operators.url, random: createSeededRandom(1), servers: 1 });
  lorawan = await bed.addSource({ format: 'chirpstack' });
  carrier = await bed.addSource({ format: 'ctwing', secret: TOKEN });
  await network.connect(Date.now());
}, 60_000);
afterAll(async () => {
  await network?.disconnect();
  await bed?.stop();
});

afterEach(() => bed.stopBridge());

const waiting = () => bed.bridge().status().waiting;
/** By name and labels. */
async function measured(): Promise<Record<string, number>> {
  const metrics = await bed.metrics().getMetricsAsJSON();
  return Object.fromEntries(
    metrics.flatMap(({ name, values }) =>
      values.map(({ labels, value }) => [`${name}${JSON.stringify(labels)}`, value]),
    ),
  );
}
const openingsOf = (sensorIds: readonly string[]) =>
  bed.count(
    `select count(*) from event where opening and sensor_id in (${sensorIds.map((id) => `'${id}'`).join()})`,
  );

/** Curtains that are known to be closed. */
async function closedCurtains(count: number, prefix: string) {
  const curtains = Array.from({ length: count }, (_, n) =>
    network.device(`${prefix}${String(n).padStart(6, '0')}`, 'milesight_ws301'),
  );
  const sensorIds = await bed.addDevices(
    curtains.map(({ address }) => ({ sourceId: lorawan, address, format: 'milesight_ws301' as const })),
  );
  const all = sensorIds.map((id) => `'${id}'`).join();
  await rest(300);
  for (const curtain of curtains) await curtain.report(Date.now());
  await vi.waitFor(
    async () => expect(await bed.count(`select count(*) from event where sensor_id in (${all})`)).toBe(count),
    WAIT,
  );
  return { curtains, sensorIds };
}

/** What a curtain at the carrier says, as often as the carrier tries. */
const push = (isOpen: boolean, timestamp: number, more = {}) =>
  bed.bridge().takePush(carrier, {
    method: 'POST',
    query: {},
    headers: {},
    token: TOKEN,
    body: Buffer.from(
      JSON.stringify({
        messageType: 'dataReport',
        deviceId: 'nb1',
        timestamp,
        payload: { serviceId: 'door', serviceData: { door: isOpen ? 1 : 0 } },
        ...more,
      }),
    ),
  });

test('with our broker away and the outbox at its bound sources wait, pushes come again, and everything arrives once', async () => {
  await bed.startBridge({ mostWaiting: 5 });
  const { curtains, sensorIds } = await closedCurtains(30, '24E124AAAA');
  const sensorId = await bed.addDevice({ sourceId: carrier, address: 'nb1' });
  await rest(300);
  const at = Date.now();
  expect(await push(false, at)).toMatchObject({ status: 200 });
  await bed.untilEvents(sensorId, 1);

  await bed.stopBroker();
  await vi.waitFor(() => expect(bed.bridge().status().linked).toBe(false), WAIT);
  for (const [n, curtain] of curtains.entries()) {
    await curtain.open(Date.now());
    if (n < 5) await vi.waitFor(() => expect(waiting()).toBe(n + 1), WAIT);
  }
  expect(await push(true, at + 1)).toMatchObject({ status: 503 });
  // As long as it takes to look for room three times.
  await rest(300);
  expect(waiting()).toBe(5);
  expect(bed.bridge().status().awayMs).toBeGreaterThan(0);
  expect(await measured()).toMatchObject({
    'pact_bridge_works{}': 1,
    'pact_bridge_linked{}': 0,
    'pact_bridge_waiting{}': 5,
    'pact_bridge_sources{"state":"connected"}': 2,
    'pact_bridge_sources{"state":"away"}': 0,
    'pact_bridge_unacknowledged{"format":"chirpstack"}': 0,
  });

  await bed.startBroker();
  await vi.waitFor(async () => expect(await push(true, at + 1)).toMatchObject({ status: 200 }), WAIT);
  await vi.waitFor(async () => expect(await openingsOf([...sensorIds, sensorId])).toBe(31), WAIT);
  await vi.waitFor(() => expect(waiting()).toBe(0), WAIT);
  expect(await bed.count('select count(*) from event')).toBe(62);
  expect(bed.bridge().status()).toMatchObject({ linked: true, awayMs: 0 });
  expect(await push(true, Date.now(), { payload: 1 })).toMatchObject({ status: 200 });
  expect(await measured()).toMatchObject({
    // Each has joined, closed and opened.
    'pact_bridge_messages_total{"format":"chirpstack"}': 90,
    'pact_bridge_messages_total{"format":"ctwing"}': 3,
    'pact_bridge_refused_total{"reason":"field_missing"}': 1,
    'pact_bridge_events_total{"type":"opened","snapshot":"false"}': 31,
    'pact_bridge_events_total{"type":"closed","snapshot":"true"}': 31,
  });
});

test('what its memory cannot take is acknowledged to nobody, and arrives once when it can be written again', async () => {
  await bed.startBridge();
  const { curtains, sensorIds } = await closedCurtains(100, '24E124BBBB');
  // As on a full disk no commit goes through.
  const other = new DatabaseSync(join(bed.folder, 'bridge.sqlite'));
  other.exec('begin immediate');
  for (const curtain of curtains) await curtain.open(Date.now());
  await vi.waitFor(() => expect(bed.bridge().status().writable).toBe(false), WAIT);
  expect(await push(false, Date.now())).toMatchObject({ status: 503 });
  expect([waiting(), await openingsOf(sensorIds)]).toEqual([0, 0]);

  other.exec('commit');
  other.close();
  await vi.waitFor(async () => expect(await openingsOf(sensorIds)).toBe(100), WAIT);
  await vi.waitFor(() => expect(bed.bridge().status()).toMatchObject({ waiting: 0, writable: true }), WAIT);
  const all = sensorIds.map((id) => `'${id}'`).join();
  expect(await bed.count(`select count(*) from event where sensor_id in (${all})`)).toBe(200);
});
