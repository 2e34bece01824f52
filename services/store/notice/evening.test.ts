import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepCanaries } from '../canary/keep-canaries.ts';
import type { Db } from '../database.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { changeCommunity } from '../register/community.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { tellEvening } from './tell-evening.ts';
import { tellSensorCheck } from './tell-sensor-check.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const BY = { kind: 'token', id: 'a-program' };
let opened: TestDb;
let db: Db;
let seed: Seed;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  seed = await seedCommunity(db);
});

const heardBy = async (personId: string) =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('person_id', '=', personId)
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);
const heard = (time: string, curtain: 'open' | 'closed' = 'closed') =>
  seed.addHome({ lastSeenAt: `2026-11-24T${time}+08:00`, curtain });
const setBattery = (home: SeededHome, battery: number) =>
  db
    .updateTable('sensor_state')
    .set({ battery })
    .where('sensor_id', '=', home.sensorId ?? '')
    .execute();
const leave = (home: SeededHome, until: string) =>
  db
    .insertInto('leave')
    .values({
      id: randomUUID(),
      household_id: home.id,
      from_on: '2026-11-20',
      until_on: until,
      created_at: new Date(),
      created_by: 'test',
    })
    .execute();

describe('the evening', () => {
  it('tells the office and each steward, once, what to see to before tomorrow', async () => {
    const open = await heard('20:20:00', 'open');
    const silent = await heard('11:00:00');
    const weak = await heard('20:20:00');
    await setBattery(weak, 12);
    const away = await heard('20:20:00');
    await leave(away, '2026-11-25');
    const fine = await heard('20:20:00');
    await tellEvening(db, at('20:29:59'));
    expect(await heardBy(seed.officeId)).toEqual([]);
    await Promise.all([tellEvening(db, at('20:30:00')), tellEvening(db, at('20:30:00'))]);
    await tellEvening(db, at('20:31:00'));
    expect(await heardBy(seed.officeId)).toEqual([
      '【窗帘之约】今晚请看:窗帘没拉上1户:01;设备无信号1户:02;电量低1户:03;外出明天到期1户:04',
    ]);
    expect(await heardBy(open.primaryId)).toEqual(['【窗帘之约】今晚请看:窗帘没拉上1户:01']);
    expect(await heardBy(silent.primaryId)).toEqual(['【窗帘之约】今晚请看:设备无信号1户:02']);
    expect(await heardBy(open.backupId)).toEqual([]);
    expect(await heardBy(fine.primaryId)).toEqual([]);
  });

  it('says nothing where there is nothing', async () => {
    await heard('20:20:00');
    expect(await tellEvening(db, at('20:30:00'))).toBe(0);
  });

  it('names the homes that nobody is on duty for tomorrow first', async () => {
    const home = await heard('20:20:00');
    await db.deleteFrom('assignment').where('household_id', '=', home.id).execute();
    await keepCanaries(db, at('20:00:00'));
    await tellEvening(db, at('20:30:00'));
    expect(await heardBy(seed.officeId)).toEqual(['【窗帘之约】今晚请看:明天无人值守1户:01']);
  });

  it('comes late after a short downtime, and leaves people alone in the night', async () => {
    await heard('20:20:00', 'open');
    await tellEvening(db, at('21:00:00'));
    expect(await heardBy(seed.officeId)).toEqual([]);
    await tellEvening(db, at('20:59:00'));
    expect(await heardBy(seed.officeId)).toHaveLength(1);
  });

  it('comes at the hour that the community has set', async () => {
    await changeCommunity(db, seed.communityId, { eveningAt: '19:00' }, BY, at('10:00:00'));
    await heard('18:55:00', 'open');
    await tellEvening(db, at('19:00:00'));
    expect(await heardBy(seed.officeId)).toHaveLength(1);
  });
});

describe('the sensor check', () => {
  it('tells the office at half past seven which homes need eyes today', async () => {
    await heard('07:20:00');
    await heard('05:00:00');
    await heard('07:20:00', 'open');
    await seed.addHome({ sensor: false });
    await seed.addHome({ pact: { weekdays: [6] } });
    await openDays(db, at('01:00:00'));
    await refreshStaleDays(db, at('01:00:00'), 500);
    await tellSensorCheck(db, at('07:29:00'));
    expect(await heardBy(seed.officeId)).toEqual([]);
    await tellSensorCheck(db, at('07:30:00'));
    await tellSensorCheck(db, at('07:31:00'));
    expect(await heardBy(seed.officeId)).toEqual([
      '【窗帘之约】今早3户设备报不了平安,请安排人去看:02、03、04',
    ]);
  });

  it('says nothing where every sensor can speak', async () => {
    await heard('07:20:00');
    await openDays(db, at('01:00:00'));
    expect(await tellSensorCheck(db, at('07:30:00'))).toBe(0);
  });
});
