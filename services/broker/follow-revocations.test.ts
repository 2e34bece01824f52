import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { renewSensorSecret, retireSensor } from '#store/register/sensor.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { createRevocationWatch } from './follow-revocations.ts';

let database: TestDatabase;
let db: Db;
const failures: Error[] = [];
const clock = createManualClock('2026-11-24T09:00:00+08:00');
const BY = { kind: 'token' as const, id: 'test' };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({
      connectionString: database.url,
      size: 3,
      name: 'test',
      onError: (error) => failures.push(error),
    }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('ends the connection of a sensor that was retired or given another secret', async () => {
  const ended: string[] = [];
  let rechecks = 0;
  const broker = {
    disconnect: (id: string) => void ended.push(id),
    recheck: async () => {
      rechecks += 1;
    },
  };
  const watch = createRevocationWatch(database.url, broker, createLogger('silent'));
  await watch.start();
  const seed = await seedCommunity(db);
  const [renewed, retired] = [await seed.addHome(), await seed.addHome()];
  await vi.waitFor(async () => {
    await renewSensorSecret(db, Buffer.alloc(32), renewed.sensorId ?? '', BY, clock.now());
    expect(ended).toContain(renewed.sensorId);
  });
  await retireSensor(db, retired.sensorId ?? '', BY, clock.now());
  await vi.waitFor(() => expect(ended).toContain(retired.sensorId));
  // What was announced before it listened, nobody has heard.
  expect(rechecks).toBeGreaterThan(0);
  await watch.stop();
});
