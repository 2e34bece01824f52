import { createHash } from 'node:crypto';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleep } from '#platform/sleep.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { eventually } from '#sim/testing/eventually.ts';
import { type ChildService, startChildService } from '#sim/town/child-service.ts';
import { BED_KEY, type BridgeBed, openBridgeBed } from './testing/bridge-bed.ts';

const PER_SECOND = 1_000;
const SECONDS = 5;
const DEVICES = PER_SECOND * SECONDS;
const KILLS = 3;

let bed: BridgeBed;
beforeAll(async () => {
  bed = await openBridgeBed();
}, 60_000);
afterAll(() => bed?.stop());

const never = new AbortController().signal;

test('a bridge killed with SIGKILL under 1,000 uplinks a second, both brokers restarting: every acknowledged message is one event', {
  timeout: 120_000,
}, async () => {
  const random = createSeededRandom(20_261_126);
  const sourceId = await bed.addSource({ format: 'chirpstack' });
  const addresses = Array.from({ length: DEVICES }, (_, n) => `24E124${String(n).padStart(10, '0')}`);
  await bed.addDevices(
    addresses.map((address) => ({ sourceId, address, format: 'milesight_ws301' as const })),
  );
  const env = {
    DATABASE_URL: bed.test.url,
    PACT_DATA_DIR: bed.folder,
    PACT_SECRET: BED_KEY,
    PACT_SERVICES: 'bridge',
    PACT_BRIDGE_BROKER_URL: bed.broker().url,
  };
  const time = { start: new Date().toISOString(), wallMs: Date.now(), speed: 1 };
  let bridge: ChildService = await startChildService({ env, time });
  const network = await connectAsync(bed.operators.url, {
    clientId: 'network',
    reconnectPeriod: 100,
    clean: false,
  });
  network.on('error', () => undefined);

  /** Each says something once, so that nothing depends on the order in which brokers deliver again. */
  const speak = (n: number, frame: number) => {
    const address = addresses[n]?.toLowerCase() ?? '';
    const body = {
      deduplicationId: createHash('md5').update(`${address} ${frame}`).digest('hex'),
      time: new Date().toISOString(),
      deviceInfo: { devEui: address },
      fCnt: frame,
      fPort: 85,
      data: Buffer.from([0x03, 0x00, frame]).toString('base64'),
    };
    return network.publishAsync(`application/1/device/${address}/event/up`, JSON.stringify(body), { qos: 1 });
  };
  await Promise.all(addresses.map((_, n) => speak(n, 0)));
  await eventually(async () => expect(await bed.count('select count(*) from event')).toBe(DEVICES));

  const published: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const load = (async () => {
    while (published.length < DEVICES) {
      const due = Math.min(DEVICES, ((performance.now() - startedAt) * PER_SECOND) / 1_000);
      while (published.length < due) published.push(speak(published.length, 1));
      await sleep(10, never);
    }
    await Promise.all(published);
  })();
  const restarts = (async () => {
    await sleep(random.between(1_500, 2_500), never);
    await bed.operators.restart();
    await sleep(random.between(1_000, 2_000), never);
    await bed.stopBroker();
    await sleep(500, never);
    await bed.startBroker();
  })();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(random.between(500, 1_500), never);
    await bridge.kill();
    bridge = await startChildService({ env, time });
  }
  await Promise.all([load, restarts]);
  await eventually(
    async () =>
      expect(await bed.count(`select count(distinct sensor_id) from event where type = 'opened'`)).toBe(
        DEVICES,
      ),
    60_000,
  );
  await bridge.stop();
  await network.endAsync();
  expect(await bed.count('select count(*) from event')).toBe(DEVICES * 2);
  expect(await bed.count('select count(*) from event where opening')).toBe(DEVICES);
});
