import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { type ChildService, startChildService } from '#sim/town/child-service.ts';
import { BED_KEY, type BridgeBed, openBridgeBed } from './testing/bridge-bed.ts';

let bed: BridgeBed;
let works: ChildService | undefined;
let network: ReturnType<typeof createChirpstack>;

beforeAll(async () => {
  bed = await openBridgeBed();
  network = createChirpstack({ url: bed.operators.url, random: createSeededRandom(1), servers: 1 });
  await network.connect(Date.now());
}, 60_000);
afterAll(async () => {
  await works?.stop();
  await network?.disconnect();
  await bed?.stop();
});

test('of two processes one is the bridge; when it is killed the other takes its place, and an opening arrives once', {
  timeout: 60_000,
}, async () => {
  const sourceId = await bed.addSource({ format: 'chirpstack' });
  const curtain = network.device('24E124141A2B3C4D', 'milesight_ws301');
  const sensorId = await bed.addDevice({ sourceId, address: curtain.address, format: 'milesight_ws301' });
  works = await startChildService({
    env: {
      DATABASE_URL: bed.test.url,
      PACT_DATA_DIR: bed.folder,
      PACT_SECRET: BED_KEY,
      PACT_SERVICES: 'bridge,api',
      PACT_BRIDGE_BROKER_URL: bed.broker().url,
    },
    time: { start: new Date().toISOString(), wallMs: Date.now(), speed: 1 },
  });
  const standby = await bed.startBridge();
  await bed.untilConnected();
  await curtain.report(Date.now());
  await bed.untilEvents(sensorId, 1);
  expect(standby.status()).toMatchObject({ sources: 0 });
  await expect(
    standby.takePush(sourceId, {
      method: 'POST',
      query: {},
      headers: {},
      body: Buffer.from(''),
      token: null,
    }),
  ).resolves.toMatchObject({ status: 503 });
  const makers = { sensorId, topic: `pact/v1/${sensorId}/tele/LWT`, payload: Buffer.from('Online') };
  await expect(
    standby.takeMakersMessage({ ...makers, isWill: false, connectedAt: 1, receivedAt: 1 }),
  ).rejects.toThrow();

  const ready = async () => {
    const answer = await fetch(`${works?.http}/readyz`);
    return ((await answer.json()) as { parts: Record<string, unknown> }).parts.bridge;
  };
  expect(await ready()).toEqual({ ok: true });
  const other = new DatabaseSync(join(bed.folder, 'bridge.sqlite'));
  other.exec('begin immediate');
  await curtain.battery(Date.now(), 50);
  await vi.waitFor(
    async () => expect(await ready()).toEqual({ ok: false, why: 'its memory cannot be written' }),
    { timeout: 5_000, interval: 50 },
  );
  other.close();

  await works.kill();
  await curtain.open(Date.now());
  await bed.untilEvents(sensorId, 2);
  expect(standby.status()).toMatchObject({ sources: 1 });
  await curtain.close(Date.now());
  const events = await bed.untilEvents(sensorId, 3);
  expect(events.map(({ type, opening }) => [type, opening])).toEqual([
    ['closed', false],
    ['opened', true],
    ['closed', false],
  ]);
});
