import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ConsentPurpose } from '#pact/enrolment.ts';
import { createManualClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import { recordConsent, undoWithdrawal, withdrawConsent } from '#store/enrolment/consent.ts';
import { createHousehold } from '#store/register/household.ts';
import { beginPact } from '#store/register/pact.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { createWatch } from './watch.ts';

const BY = { kind: 'token', id: 'a-program' };
const clock = createManualClock('2026-11-23T12:00:00+08:00');
let opened: TestDb;
let seed: Seed;
let home: SeededHome;
let familyId: string;
let sweep: () => Promise<unknown>;
let watch: { run(): Promise<boolean> };

beforeAll(async () => {
  opened = await openTestDb();
});
afterAll(() => opened?.close());
beforeEach(async () => {
  const { db } = opened;
  await db.deleteFrom('watermark').execute();
  await db.updateTable('household').set({ removed_at: new Date() }).execute();
  clock.set('2026-11-23T12:00:00+08:00');
  seed = await seedCommunity(db);
  home = await seed.addHome();
  familyId = randomUUID();
  await db
    .insertInto('person')
    .values({
      ...{ id: familyId, community_id: seed.communityId, kind: 'family', name: '王小明', daily_at: '09:00' },
      ...{ phone: `+86138${String(Date.now()).slice(-8)}`, created_at: new Date(), updated_at: new Date() },
    })
    .execute();
  await db
    .insertInto('assignment')
    .values({ household_id: home.id, person_id: familyId, role: 'family' })
    .execute();
  sweep = createSweep({ gapMs: 1e9 }, { db, clock, wake: () => undefined });
  watch = createWatch({ db, clock, logger: createLogger('silent') });
});

async function sign(purpose: ConsentPurpose): Promise<string> {
  const draft = { purpose, signedOn: '2026-11-20' };
  const signed = await recordConsent(opened.db, home.id, draft, BY, clock.now());
  if (!signed.ok) throw new Error(signed.reason);
  return signed.value.id;
}
const withdraw = (id: string, on: string) => withdrawConsent(opened.db, id, on, BY, clock.now());

/** Everything that looks and tells by itself, at these times of a day. */
async function live(date: string, times: readonly string[]) {
  for (const time of times) {
    clock.set(`${date}T${time}:00+08:00`);
    await sweep();
    await advanceDueAlerts(opened.db, clock.now(), 500);
    await watch.run();
  }
}
const WHOLE_DAY = [
  '00:10',
  '04:00',
  '07:30',
  '07:59',
  '08:01',
  '08:05',
  '09:00',
  '10:00',
  '12:00',
  '20:35',
  '23:50',
];

const dayOn = (date: string) =>
  opened.db
    .selectFrom('pact_day')
    .select(['verdict', 'reason'])
    .where('household_id', '=', home.id)
    .where('on_date', '=', date)
    .executeTakeFirst();
const messagesSince = (at: string) =>
  opened.db
    .selectFrom('message')
    .select(['kind', 'person_id', 'subject', 'text'])
    .where('community_id', '=', seed.communityId)
    .where('created_at', '>=', new Date(at))
    .execute();
const toldTo = async (personId: string | undefined, since = '2026-11-23T00:00:00+08:00') =>
  (await messagesSince(since)).filter(({ person_id: id }) => id === personId);
const end = async () => {
  const { id } = await opened.db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .where('status', '<>', 'closed')
    .executeTakeFirstOrThrow();
  await changeAlert(opened.db, id, { kind: 'record_outcome', outcome: 'safe', by: undefined }, clock.now());
};

it('watches the day of the withdrawal, and from the next one pages nobody and tells nobody', async () => {
  const consent = await sign('pact');
  await live('2026-11-24', ['00:10', '04:00', '06:30']);
  expect(await withdraw(consent, '2026-11-24')).toMatchObject({ ok: true });
  await live('2026-11-24', ['07:59', '08:01', '08:05']);
  expect(await dayOn('2026-11-24')).toMatchObject({ verdict: 'missed' });
  expect(await toldTo(home.primaryId)).not.toEqual([]);
  await end();
  await live('2026-11-24', ['09:00', '20:35', '23:50']);
  await live('2026-11-25', WHOLE_DAY);
  const sensor = () =>
    opened.db
      .selectFrom('sensor as s')
      .innerJoin('sensor_state as t', 't.sensor_id', 's.id')
      .select(['s.household_id as home', 't.household_id as reports'])
      .where('s.id', '=', home.sensorId ?? '')
      .executeTakeFirst();
  expect(await sensor()).toEqual({ home: null, reports: null });
  // Where somebody has paired it again by mistake, it says in the evening that the curtain stands open.
  await opened.db
    .updateTable('sensor_state')
    .set({
      ...{ curtain: 'open', battery: 5, last_seen_at: new Date('2026-11-26T20:30:00+08:00') },
      household_id: home.id,
    })
    .where('sensor_id', '=', home.sensorId ?? '')
    .execute();
  await opened.db
    .updateTable('sensor')
    .set({ household_id: home.id })
    .where('id', '=', home.sensorId ?? '')
    .execute();
  await live('2026-11-26', WHOLE_DAY);
  expect(await dayOn('2026-11-25')).toEqual({ verdict: 'excused', reason: 'not_in_force' });
  const told = await messagesSince('2026-11-25T00:00:00+08:00');
  // The office still hears how the canary and the whole day went, with nothing of this home in it.
  expect(told.filter(({ text }) => text.includes(`${home.code}号`) || text.includes('王奶奶'))).toEqual([]);
  const others = told.filter(({ person_id: id }) => id !== seed.officeId);
  expect(others).toEqual([]);
});

it('goes on as before where the withdrawal is undone on its day, also the evening before the next one', async () => {
  const consent = await sign('pact');
  await live('2026-11-24', ['04:00', '19:00']);
  await withdraw(consent, '2026-11-24');
  await live('2026-11-24', ['19:10']);
  expect(await dayOn('2026-11-25')).toMatchObject({ verdict: 'excused' });
  expect(await undoWithdrawal(opened.db, consent, BY, clock.now())).toMatchObject({ ok: true });
  expect(await undoWithdrawal(opened.db, consent, BY, clock.now())).toMatchObject({ ok: true });
  await live('2026-11-24', ['19:20']);
  expect(await dayOn('2026-11-25')).toMatchObject({ verdict: 'awaiting' });
  await live('2026-11-25', ['04:00', '08:01']);
  expect(await dayOn('2026-11-25')).toMatchObject({ verdict: 'missed' });
});

it('is not undone a day later, nor where somebody has signed anew', async () => {
  const consent = await sign('pact');
  clock.set('2026-11-24T09:00:00+08:00');
  await withdraw(consent, '2026-11-24');
  const again = await sign('pact');
  expect(await undoWithdrawal(opened.db, consent, BY, clock.now())).toMatchObject({
    reason: 'already_consented',
  });
  await withdraw(again, '2026-11-24');
  clock.set('2026-11-25T00:00:01+08:00');
  expect(await undoWithdrawal(opened.db, again, BY, clock.now())).toMatchObject({ reason: 'not_today' });
});

it('leaves a pact alone that somebody has changed since it was withdrawn', async () => {
  const consent = await sign('pact');
  await withdraw(consent, '2026-11-23');
  await opened.db
    .updateTable('pact')
    .set({ until_on: '2026-12-31' })
    .where('household_id', '=', home.id)
    .execute();
  await undoWithdrawal(opened.db, consent, BY, clock.now());
  const { until_on } = await opened.db
    .selectFrom('pact')
    .select('until_on')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  expect(until_on).toBe('2026-12-31');
});

it('watches not even the present day where the pact was to begin tomorrow', async () => {
  const { db } = opened;
  await live('2026-11-24', ['05:00']);
  const draft = {
    communityId: seed.communityId,
    grid: '一格',
    code: '77',
    salutation: '陈爷爷',
    building: '4',
  };
  const made = await createHousehold(db, { ...draft, room: '101', pact: null }, BY, clock.now());
  if (!made.ok) throw new Error(made.reason);
  home = { ...home, id: made.value.id };
  const consent = await sign('pact');
  await beginPact(db, home.id, { fromOn: '2026-11-25' }, BY, clock.now());
  await withdraw(consent, '2026-11-24');
  await live('2026-11-24', ['05:10', '08:01']);
  await live('2026-11-25', ['04:00', '08:01']);
  expect((await dayOn('2026-11-24'))?.verdict ?? 'excused').toBe('excused');
  expect((await dayOn('2026-11-25'))?.verdict ?? 'excused').toBe('excused');
  expect(await db.selectFrom('alert').select('id').where('household_id', '=', home.id).execute()).toEqual([]);
});

it.each([
  ['neighbours', () => home.neighbourIds[0]],
  ['family', () => familyId],
] as const)('leaves %s out of the ladder from the next day, and not before', async (purpose, who) => {
  const consent = await sign(purpose);
  const LADDER = ['08:01', '08:05', '08:10', '08:20', '08:40', '09:00'];
  await live('2026-11-24', ['04:00']);
  await withdraw(consent, '2026-11-24');
  await live('2026-11-24', LADDER);
  expect(await toldTo(who())).not.toEqual([]);
  await end();
  await live('2026-11-25', ['04:00', ...LADDER]);
  await end();
  expect(await toldTo(who(), '2026-11-25T00:00:00+08:00')).toEqual([]);
  expect(await toldTo(home.primaryId, '2026-11-25T00:00:00+08:00')).not.toEqual([]);
});
