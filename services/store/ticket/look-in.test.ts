import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Db } from '../database.ts';
import { tellEvening } from '../notice/tell-evening.ts';
import { tellLookIns } from '../notice/tell-look-ins.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays } from '../pact-day/open-days.ts';
import { weighSignals } from '../pact-day/weigh-signals.ts';
import { replaceSensor } from '../register/sensor.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { recordSighting } from '../today/record-sighting.ts';
import { watchSensors } from './watch-sensors.ts';

const on = (date: string) => (time: string) => Temporal.Instant.from(`${date}T${time}+08:00`);
const at = on('2026-11-24');
const tomorrow = on('2026-11-25');
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
  await db.updateTable('household').set({ removed_at: new Date() }).execute();
  seed = await seedCommunity(db);
});

/** Homes that drew their curtain at seven, and whose sensors were last heard then. */
async function keptHomes(count = 1): Promise<SeededHome[]> {
  const homes = [];
  for (let n = 0; n < count; n += 1) homes.push(await seed.addHome());
  await openDays(db, at('05:00'));
  for (const home of homes) await seed.open(home, '2026-11-24T07:00:00+08:00');
  await morning(at('08:30'));
  return homes;
}
async function morning(now: Temporal.Instant) {
  await weighSignals(db, now, 500);
  await judgeDueDays(db, now, [], 500);
}
const hear = (home: SeededHome, now: Temporal.Instant) =>
  db
    .updateTable('sensor_state')
    .set({ last_seen_at: new Date(now.epochMilliseconds) })
    .where('sensor_id', '=', home.sensorId ?? '')
    .execute();
const lookIns = (home: SeededHome) =>
  db
    .selectFrom('ticket')
    .select(['due_on', 'owner_id', 'closed_at'])
    .where('household_id', '=', home.id)
    .where('kind', '=', 'look_in')
    .execute();
const see = (home: SeededHome, now: Temporal.Instant) =>
  db
    .transaction()
    .execute((tx) => recordSighting(tx, { householdId: home.id, kind: 'seen', recordedBy: null }, now));
const heardBy = async (personId: string) =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('person_id', '=', personId)
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);

it('asks once that somebody looks in when a sensor fails after the morning was kept, until somebody has', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  await watchSensors(db, at('08:29'));
  expect(await lookIns(home)).toEqual([]);
  await watchSensors(db, at('08:31'));
  await watchSensors(db, at('08:32'));
  expect(await lookIns(home)).toEqual([{ due_on: '2026-11-24', owner_id: home.primaryId, closed_at: null }]);

  await see(home, at('10:00'));
  expect(await lookIns(home)).toMatchObject([{ closed_at: new Date(at('10:00').epochMilliseconds) }]);
  await watchSensors(db, at('14:00'));
  expect(await lookIns(home)).toHaveLength(1);
});

it('asks for nothing where the deadline will, where a leave says why, and where another sensor speaks', async () => {
  const waiting = await seed.addHome({
    pact: { deadline: '20:00' },
    lastSeenAt: '2026-11-24T04:30:00+08:00',
  });
  const [away, twice] = (await keptHomes(2)) as [SeededHome, SeededHome];
  await db
    .insertInto('leave')
    .values({
      ...{ id: randomUUID(), household_id: away.id, from_on: '2026-11-24', until_on: '2026-11-26' },
      ...{ created_at: new Date(), created_by: 'test' },
    })
    .execute();
  await db
    .insertInto('sensor')
    .values({
      id: `${twice.sensorId}-b`,
      household_id: twice.id,
      secret_hash: Buffer.alloc(32),
      enrolled_at: new Date(0),
    })
    .execute();
  await db
    .insertInto('sensor_state')
    .values({
      sensor_id: `${twice.sensorId}-b`,
      household_id: twice.id,
      last_seen_at: new Date(at('09:50').epochMilliseconds),
    })
    .execute();
  await watchSensors(db, at('10:00'));
  await watchSensors(db, at('10:01'));
  const open = (await Promise.all([waiting, away, twice].map(lookIns)))
    .flat()
    .filter(({ closed_at }) => !closed_at);
  expect(open).toEqual([]);
});

it('needs nobody when the sensor speaks again, and asks anew when it fails again', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  await watchSensors(db, at('09:00'));
  await hear(home, at('09:30'));
  await watchSensors(db, at('09:31'));
  expect((await lookIns(home)).map(({ closed_at }) => closed_at !== null)).toEqual([true]);
  await watchSensors(db, at('11:30'));
  expect((await lookIns(home)).map(({ closed_at }) => closed_at !== null).sort()).toEqual([false, true]);
});

it('tells each steward of all their homes in one message, once, and nobody at night', async () => {
  const [one, two, other] = (await keptHomes(3)) as [SeededHome, SeededHome, SeededHome];
  await db
    .updateTable('assignment')
    .set({ person_id: one.primaryId })
    .where('household_id', '=', two.id)
    .where('role', '=', 'primary')
    .execute();
  await db
    .deleteFrom('assignment')
    .where('household_id', '=', other.id)
    .where('role', '=', 'primary')
    .execute();
  await watchSensors(db, at('12:00'));
  // What fails together is told together.
  expect(await tellLookIns(db, at('12:05'))).toBe(0);
  expect(await tellLookIns(db, at('22:30'))).toBe(0);
  expect(await tellLookIns(db, at('12:11'))).toBe(2);
  expect(await tellLookIns(db, at('12:30'))).toBe(0);
  const [text] = await heardBy(one.primaryId);
  expect(text).toContain(`${one.code}、${two.code}`);
  expect(await heardBy(seed.officeId)).toHaveLength(1);
});

it('names in the evening who has not been seen yet', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  await watchSensors(db, at('12:00'));
  await tellEvening(db, at('20:30'));
  const [text] = await heardBy(seed.officeId);
  expect(text).toContain(`今天还没去看1户:${home.code}`);
});

it('stays open over night until somebody has been there, and the next morning pages as for any silent sensor', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  await watchSensors(db, at('12:00'));
  await openDays(db, tomorrow('00:10'));
  await watchSensors(db, tomorrow('00:20'));
  expect(await lookIns(home)).toMatchObject([{ closed_at: null }]);
  await judgeDueDays(db, tomorrow('08:01'), [], 500);
  const day = await db
    .selectFrom('pact_day')
    .selectAll()
    .where('household_id', '=', home.id)
    .where('on_date', '=', '2026-11-25')
    .executeTakeFirstOrThrow();
  expect(day).toMatchObject({ verdict: 'missed', reason: 'sensor_silent' });
  await see(home, tomorrow('08:30'));
  expect(await lookIns(home)).toMatchObject([{ closed_at: expect.any(Date) }]);
});

it('keeps a home’s days whole when its sensor is replaced: the kept one stays, the next is judged by the new one', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  const made = await replaceSensor(db, Buffer.alloc(32), home.sensorId ?? '', undefined, BY, at('14:00'));
  if (!made.ok) throw new Error(made.reason);
  await openDays(db, tomorrow('00:10'));
  await seed.open({ ...home, sensorId: made.value.id }, '2026-11-25T06:40:00+08:00');
  await morning(tomorrow('08:01'));
  const days = await db
    .selectFrom('pact_day')
    .select(['on_date', 'verdict', 'closed_as'])
    .where('household_id', '=', home.id)
    .orderBy('on_date')
    .execute();
  expect(days).toEqual([
    { on_date: '2026-11-24', verdict: 'kept', closed_as: 'kept' },
    { on_date: '2026-11-25', verdict: 'kept', closed_as: 'kept' },
  ]);
});

it('does not take a new sensor that has never spoken for one that speaks', async () => {
  const [home] = (await keptHomes()) as [SeededHome];
  await watchSensors(db, at('12:00'));
  await replaceSensor(db, Buffer.alloc(32), home.sensorId ?? '', undefined, BY, at('12:10'));
  await watchSensors(db, at('12:11'));
  expect(await lookIns(home)).toMatchObject([{ closed_at: null }]);
});
