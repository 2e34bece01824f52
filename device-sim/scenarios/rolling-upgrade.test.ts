import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { findFreePort } from '../free-port.ts';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { createSharedClock, type SharedTime } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findAlertedCodes, findStepsPaged, findUnsentPages } from '../testing/pages.ts';
import {
  hasReleasedVersion,
  type ReleasedVersion,
  unpackReleasedVersion,
} from '../testing/released-version.ts';
import { startChildService } from '../town/child-service.ts';
import { DEADLINE, sharedTime } from '../town/town.ts';
import { createVirtualSensor, isEvent } from '../virtual-sensor.ts';

const SPEED = 30;
const WITH_SENSOR = 10;
const canRun = await hasReleasedVersion();
let database: TestDb;
let released: ReleasedVersion;
beforeAll(async () => {
  if (!canRun) return;
  database = await openTestDb();
  await sql`drop schema public cascade; create schema public`.execute(database.db);
  released = await unpackReleasedVersion();
});
afterAll(async () => {
  if (!canRun) return;
  await database.close();
  await released.remove();
});

test.runIf(canRun)(
  'two processes of the version before are replaced one after the other across a deadline, and nothing is lost',
  {
    timeout: 120_000,
  },
  async () => {
    const secret = randomBytes(32).toString('base64url');
    const at = DEADLINE.subtract({ hours: 4 }).toString();
    const credentials = await released.enrol(database.url, secret, WITH_SENSOR, at);
    const codes = Object.keys(credentials);
    const ports = [await findFreePort(), await findFreePort()];
    const env = ports.map((port) => ({
      ...{ DATABASE_URL: database.url, PACT_SECRET: secret, PACT_MQTT_PORT: String(port) },
      PACT_SERVICES: 'broker,rules,escalation,messaging,api',
    }));
    const start = (process: 0 | 1, time: SharedTime, script?: string) =>
      startChildService({ env: env[process]!, time }, script ? { script } : {});
    const early = sharedTime(DEADLINE.subtract({ minutes: 30 }), 1);
    const before = await Promise.all([start(0, early, released.script), start(1, early, released.script)]);
    const sensors = codes.map((code, index) =>
      createVirtualSensor(credentials[code]!, {
        url: `mqtt://127.0.0.1:${ports[index % 2]}`,
        reconnectMs: 100,
      }),
    );
    await Promise.all(sensors.map((sensor) => sensor.connect()));
    await Promise.all(sensors.slice(0, 5).map((sensor) => sensor.report({ type: 'opened' })));
    await before[0].stop();
    const newcomer = await start(0, early);
    // The second half while both versions run: what they say goes to either.
    await Promise.all(sensors.slice(5).map((sensor) => sensor.report({ type: 'opened' })));
    await Promise.all([newcomer.stop(), before[1].stop()]);

    // One of each version over the deadline; then the other one is replaced too, while the ladders are climbed.
    const time = sharedTime(DEADLINE.subtract({ minutes: 2 }), SPEED);
    const [first, last] = await Promise.all([start(0, time), start(1, time, released.script)]);
    await eventually(async () => expect(await findAlertedCodes(database.db)).toHaveLength(35), 30_000);
    await last.stop();
    const second = await start(1, time);

    await eventually(async () => {
      expect(await findStepsPaged(database.db)).toEqual([
        { step: 0, alerts: 35, pages: 35 },
        { step: 1, alerts: 35, pages: 70 },
        { step: 2, alerts: 35, pages: 70 },
        { step: 3, alerts: 35, pages: 70 },
      ]);
      expect(await findUnsentPages(database.db)).toBe(0);
    }, 60_000);
    await Promise.all(sensors.map((sensor) => sensor.report({ type: 'closed' })));
    await Promise.all(sensors.map((sensor) => sensor.disconnect()));
    await Promise.all([first.stop(), second.stop()]);

    const { rows } = await sql<{ code: string }>`
    select h.code from pact_day d join household h on h.id = d.household_id
    where d.on_date = '2026-03-03' and d.closed_as = 'kept' order by 1`.execute(database.db);
    expect(rows.map(({ code }) => code)).toEqual([...codes].sort());
    const acknowledged = sensors.flatMap((sensor) => sensor.sent.filter(isEvent));
    expect(acknowledged).toHaveLength(2 * WITH_SENSOR);
    expect(await checkAcknowledgedEvents(database.db, acknowledged)).toEqual([]);
    const now = createSharedClock(time).now();
    expect(await checkInvariants(database.db, { now, graceMs: 5_000 * SPEED })).toEqual([]);
  },
);
