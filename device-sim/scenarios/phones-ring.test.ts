import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { type FakeProviders, startFakeProvider } from '../fake-provider/server.ts';
import { findFreePort } from '../free-port.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { startChildService } from '../town/child-service.ts';
import { createTown, DEADLINE, sharedTime, type Town } from '../town/town.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const HOMES = 45;
let database: TestDatabase;
let town: Town;
let fake: FakeProviders;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await createTown({ databaseUrl: database.url, withSensor: 0 });
});
afterAll(async () => {
  await fake?.stop();
  await town?.close();
  await database?.drop();
});

test('the whole service reaches the stewards of 45 homes through a provider over HTTP, and hears that it did', {
  timeout: 60_000,
}, async () => {
  const time = sharedTime(DEADLINE.subtract({ seconds: 30 }), 20);
  fake = await startFakeProvider({ clock: createSharedClock(time), twilio: ACCOUNT });
  const port = String(await findFreePort());
  const service = await startChildService({
    time,
    env: {
      ...town.env,
      PACT_HTTP_PORT: port,
      PACT_PUBLIC_URL: `http://127.0.0.1:${port}`,
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_PER_SECOND: '100',
      TWILIO_API_URL: fake.url,
    },
  });

  await eventually(async () => {
    const rows = await town.db
      .selectFrom('message')
      .innerJoin('alert', 'alert.id', 'message.alert_id')
      .innerJoin('household', 'household.id', 'alert.household_id')
      .select('alert_id')
      .where('household.is_canary', '=', false)
      .where('message.kind', '=', 'page')
      .where('message.step', '=', 0)
      .where('message.state', '=', 'delivered')
      .execute();
    expect(new Set(rows.map((row) => row.alert_id)).size).toBe(HOMES);
  });
  await service.stop();

  const statuses = fake.network.broughtBack.map(({ status }) => status);
  expect(statuses.length).toBeGreaterThan(HOMES);
  expect(statuses.filter((status) => status === 403 || status >= 500)).toEqual([]);
});
