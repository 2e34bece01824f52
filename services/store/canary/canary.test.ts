import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canaryPatienceMs } from '#pact/canary.ts';
import { advanceDueAlerts } from '../alert/change-alert.ts';
import { findAlertsPagedTo } from '../alert/find-alerts.ts';
import type { Db } from '../database.ts';
import { readLedgerHomes } from '../ledger/read-ledger.ts';
import { registerProviders } from '../message/provider-health.ts';
import { markAccepted } from '../message/record-delivery.ts';
import { recordReceipt } from '../message/record-receipt.ts';
import { takeDueMessages } from '../message/take-due-messages.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { listHouseholds } from '../register/read-household.ts';
import { type Seed, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { readToday } from '../today/read-today.ts';
import { checkCanaries } from './check-canaries.ts';
import { keepCanaries } from './keep-canaries.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const DATE = '2026-11-24';
let opened: TestDb;
let db: Db;
let seed: Seed;

beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  await db
    .updateTable('person')
    .set({ removed_at: new Date('2026-01-02') })
    .execute();
  await keepCanaries(db, at('01:00:00'));
  // What an earlier test left unsent is not this one's.
  await db.updateTable('message').set({ state: 'failed', next_attempt_at: null }).execute();
  seed = await seedCommunity(db);
  await registerProviders(db, [
    { name: 'sms', channel: 'sms' },
    { name: 'voice', channel: 'voice' },
  ]);
});

it('is made once, however many processes look at the same moment', async () => {
  for (let round = 0; round < 25; round += 1) {
    const { communityId } = await seedCommunity(db);
    await Promise.all(Array.from({ length: 4 }, () => keepCanaries(db, at('02:00:00'))));
    const made = db.selectFrom('household').select('id').where('community_id', '=', communityId);
    expect(await made.where('is_canary', '=', true).execute()).toHaveLength(1);
  }
});

const canary = () =>
  db
    .selectFrom('household as h')
    .leftJoin('pact as p', 'p.household_id', 'h.id')
    .select(['h.id', 'p.deadline', 'h.removed_at'])
    .where('h.community_id', '=', seed.communityId)
    .where('h.is_canary', '=', true)
    .executeTakeFirst();

async function sweep(now: Temporal.Instant) {
  await openDays(db, now);
  await refreshStaleDays(db, now, 500);
  await judgeDueDays(db, now, [], 500);
  await advanceDueAlerts(db, now, 200);
  return checkCanaries(db, now, canaryPatienceMs(1));
}

/** Hands out what is due; the provider accepts it and will tell later. */
async function accept(now: Temporal.Instant, polled = true) {
  const sent = await takeDueMessages(db, { channel: 'sms', limit: 100, leaseMs: 30_000 }, now);
  const accepted = { provider: 'sms', at: now, delivered: false, polled };
  await markAccepted(
    db,
    sent.map(({ key }) => ({ ...accepted, key, providerId: `p-${key}` })),
  );
  return sent;
}
const deliver = (key: string, now: Temporal.Instant) =>
  recordReceipt(db, { key, provider: 'sms', providerId: `p-${key}`, state: 'delivered' }, now);

const today = async (now: Temporal.Instant) => {
  const view = await readToday(db, { communityId: seed.communityId, date: DATE, now, clockSpeed: 1 });
  if (!view) throw new Error('there is no such community');
  return view;
};
const noticesOf = (kind: string) =>
  db
    .selectFrom('message')
    .select(['person_id', 'channel', 'text', 'kind', 'alert_id'])
    .where('community_id', '=', seed.communityId)
    .where('kind', '=', kind as 'notice')
    .orderBy('created_at')
    .execute();

describe('the canary household', () => {
  it('is made by itself beside the enrolled homes, and follows the deadline that most of them have', async () => {
    await seed.addHome({ pact: { deadline: '07:30' } });
    await seed.addHome({ pact: { deadline: '07:30' } });
    await seed.addHome({ pact: { deadline: '09:00' } });
    await keepCanaries(db, at('02:00:00'));
    expect(await canary()).toMatchObject({ deadline: '07:30', removed_at: null });
    expect(await keepCanaries(db, at('02:10:00'))).toBe(0);
    await db.updateTable('pact').set({ deadline: '09:00' }).where('deadline', '=', '07:30').execute();
    await keepCanaries(db, at('02:20:00'));
    expect(await canary()).toMatchObject({ deadline: '09:00' });
  });

  it('waits at eight where nobody is enrolled yet, and rests while the office has no number', async () => {
    await keepCanaries(db, at('02:00:00'));
    expect(await canary()).toMatchObject({ deadline: '08:00' });
    await db.updateTable('person').set({ removed_at: new Date() }).where('id', '=', seed.officeId).execute();
    await keepCanaries(db, at('02:10:00'));
    expect((await canary())?.removed_at).not.toBeNull();
    await db.updateTable('person').set({ removed_at: null }).where('id', '=', seed.officeId).execute();
    await keepCanaries(db, at('02:20:00'));
    expect(await canary()).toMatchObject({ removed_at: null });
  });

  it('stands in no count, ledger, list nor reply', async () => {
    const home = await seed.addHome();
    await keepCanaries(db, at('02:00:00'));
    await sweep(at('02:00:01'));
    await sweep(at('08:00:01'));
    const { counts, homes, alerts } = await today(at('08:00:02'));
    expect(counts).toMatchObject({ enrolled: 1, unresolved: 1, awaiting: 0 });
    expect(homes.map(({ householdId }) => householdId)).toEqual([home.id]);
    expect(alerts.map(({ householdId }) => householdId)).toEqual([home.id]);
    expect(await readLedgerHomes(db, seed.communityId, DATE)).toHaveLength(1);
    const list = { communityId: seed.communityId, limit: 10, offset: 0 };
    expect(await listHouseholds(db, list)).toMatchObject({ total: 1 });
    const { phone } = await db
      .selectFrom('person')
      .select('phone')
      .where('id', '=', seed.officeId)
      .executeTakeFirstOrThrow();
    expect(await findAlertsPagedTo(db, phone, at('00:00:00'))).toEqual([]);
  });
});

describe('the canary page', () => {
  beforeEach(async () => {
    await keepCanaries(db, at('02:00:00'));
    await sweep(at('02:00:01'));
  });

  it('goes to the office alone, and closes by itself when it has arrived', async () => {
    expect((await today(at('07:00:00'))).canary).toMatchObject({ state: 'waiting' });
    await sweep(at('08:00:01'));
    const [page] = await noticesOf('page');
    expect(page).toMatchObject({
      person_id: seed.officeId,
      text: '【窗帘之约】哨兵户演练:8:00呼叫已送达,一切正常,不用回复。',
    });
    const [sent] = await accept(at('08:00:02'));
    await sweep(at('08:00:05'));
    expect((await today(at('08:00:05'))).canary?.state).toBe('waiting');
    await deliver(sent?.key ?? '', at('08:00:07'));
    await sweep(at('08:00:08'));
    expect((await today(at('08:00:08'))).canary).toEqual({
      state: 'proven',
      at: '2026-11-24T00:00:07.000Z',
      failedAt: null,
    });
    const alert = await db
      .selectFrom('alert')
      .selectAll()
      .where('community_id', '=', seed.communityId)
      .executeTakeFirstOrThrow();
    expect(alert).toMatchObject({ status: 'closed', closed_by: 'canary', outcome: 'proven' });
    expect(
      await db.selectFrom('visit').select('id').where('household_id', '=', alert.household_id).execute(),
    ).toEqual([]);
    expect(await noticesOf('stand_down')).toEqual([]);
    expect(await noticesOf('notice')).toEqual([]);
  });

  it('that is accepted and not delivered calls the office on every other way, once, and the board turns red', async () => {
    await seed.addHome();
    await sweep(at('02:00:02'));
    await sweep(at('08:00:01'));
    await accept(at('08:00:02'));
    expect(await sweep(at('08:00:59'))).toEqual([]);
    expect(await sweep(at('08:01:01'))).toMatchObject([{ deadline: '8:00', unseen: ['01'] }]);
    expect(await sweep(at('08:01:02'))).toEqual([]);
    const calls = await noticesOf('notice');
    expect(calls).toMatchObject([{ person_id: seed.officeId, channel: 'voice' }]);
    expect(calls[0]?.text).toContain('人工巡查1户未见平安的家:01');
    expect((await today(at('08:01:02'))).canary).toMatchObject({ state: 'failed' });
  });

  it('that arrives late clears the red, with a note of when it was missed', async () => {
    await sweep(at('08:00:01'));
    const [sent] = await accept(at('08:00:02'));
    await sweep(at('08:01:01'));
    await deliver(sent?.key ?? '', at('08:07:00'));
    await sweep(at('08:07:01'));
    expect((await today(at('08:07:02'))).canary).toEqual({
      state: 'proven',
      at: '2026-11-24T00:07:00.000Z',
      failedAt: '2026-11-24T00:01:01.000Z',
    });
    expect((await noticesOf('notice')).at(-1)?.text).toContain('8:07迟到送达');
  });

  it('counts as unknown where the provider never tells', async () => {
    await sweep(at('08:00:01'));
    await accept(at('08:00:02'), false);
    expect(await sweep(at('08:01:01'))).toEqual([]);
    expect((await today(at('08:01:02'))).canary?.state).toBe('unknown');
  });

  it('is missed also where rules stand still and open no alert', async () => {
    expect(await checkCanaries(db, at('08:01:01'), canaryPatienceMs(1))).toHaveLength(1);
    expect((await noticesOf('notice')).map(({ channel }) => channel).sort()).toEqual(['sms', 'voice']);
  });

  it('ends with its day when it never arrives', async () => {
    await sweep(at('08:00:01'));
    await sweep(at('08:01:01'));
    await sweep(Temporal.Instant.from('2026-11-25T00:00:01+08:00'));
    const alert = await db
      .selectFrom('alert')
      .select(['status', 'outcome'])
      .where('community_id', '=', seed.communityId)
      .executeTakeFirstOrThrow();
    expect(alert).toEqual({ status: 'closed', outcome: 'unproven' });
  });
});
