import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { checkInvariants } from '../invariants.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { type FirstRelease, layFirstRelease } from '../testing/first-release.ts';
import { startChildService } from '../town/child-service.ts';
import { sharedTime } from '../town/town.ts';
import { createVirtualSensor } from '../virtual-sensor.ts';

const SPEED = 60;
let database: TestDb;
let release: FirstRelease;
beforeAll(async () => {
  database = await openTestDb();
  release = await layFirstRelease(database.db, database.url);
});
afterAll(() => database.close());

const columns = async () => {
  const { rows } = await sql<{ day: string }>`
    select h.code || ' ' || d.on_date || ' ' || coalesce(d.closed_as, d.verdict) as day
    from pact_day d join household h on h.id = d.household_id where not h.is_canary and d.on_date <= '2026-03-03'
    order by 1`.execute(database.db);
  return rows.map(({ day }) => day);
};
const pages = async () => {
  const { rows } = await sql<{ page: string }>`
    select h.code || ' step ' || m.step || ' to ' || p.name as page
    from outbox o join message m on coalesce(m.envelope_id, m.id) = o.message_id
    join alert a on a.id = m.alert_id join household h on h.id = a.household_id join person p on p.id = m.person_id
    where m.kind = 'page' and m.step < 2 and not h.is_canary order by 1`.execute(database.db);
  return rows.map(({ page }) => page);
};

test('a morning that the first released schema began is ended by this version, and nobody is lost in between', {
  timeout: 60_000,
}, async () => {
  // Stopped at 08:02, upgraded and up again at 08:04.
  const time = sharedTime(Temporal.Instant.from('2026-03-03T08:04:00+08:00'), SPEED);
  const service = await startChildService({ env: release.env, time });
  try {
    const sensor = createVirtualSensor(release.sensor, { url: service.mqtt, reconnectMs: 100 });
    await sensor.connect();
    await sensor.report({ type: 'closed' });
    await sensor.vanish();
    const answer = await fetch(`${service.http}/api/v1/today`, {
      headers: { authorization: `Bearer ${release.token}` },
    });
    expect(answer.status).toBe(200);

    await eventually(async () => {
      expect(await pages()).toEqual([
        // The first steward's page of home 02 had been delivered: it is not sent again.
        '02 step 0 to steward 11',
        '02 step 1 to steward 11',
        '02 step 1 to steward 12',
        '03 step 0 to steward 11',
        '03 step 1 to steward 11',
        '03 step 1 to steward 12',
        // Fell due while nobody was there to see it, and is judged a minute after the start.
        '05 step 0 to steward 11',
        '05 step 1 to steward 11',
        '05 step 1 to steward 12',
      ]);
    }, 30_000);
  } finally {
    await service.stop();
  }
  expect(await columns()).toEqual([
    '01 2026-03-02 kept',
    '01 2026-03-03 kept',
    '02 2026-03-02 kept',
    '02 2026-03-03 unresolved',
    '03 2026-03-02 kept',
    '03 2026-03-03 unresolved',
    '04 2026-03-02 kept',
    '04 2026-03-03 excused',
    '05 2026-03-02 visited',
    '05 2026-03-03 unresolved',
  ]);
  const now = createSharedClock(time).now();
  expect(await checkInvariants(database.db, { now, graceMs: 5_000 * SPEED })).toEqual([]);
});
