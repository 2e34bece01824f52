import { sql, type Updateable } from 'kysely';
import type pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import type { PactError } from '#platform/errors.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import { auditWork } from '#store/audit/audit-work.ts';
import { watchDrifts } from '#store/care/watch-drifts.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db, Tables } from '#store/database.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { watchRhythm } from '#store/pact-day/watch-rhythm.ts';
import { stampBroker } from '#store/sensor/broker-presence.ts';
import { markPresence } from '#store/sensor/mark-presence.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { touchWatermark } from '#store/watermark.ts';
import { createSweep } from './sweep.ts';

let database: TestDatabase;
let db: Db;
let sensorPool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  const failures: Error[] = [];
  const pool = createPool({
    connectionString: database.url,
    size: 6,
    name: 'test',
    onError: (error) => failures.push(error),
  });
  sensorPool = pool;
  db = createDatabase(pool);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const GAP_MS = 10_000;
const clock = createManualClock('2026-11-23T20:00:00+08:00');
const newSweep = () => createSweep({ gapMs: GAP_MS }, { db, clock, wake: () => undefined });
let sweep = newSweep();
let seed: Seed;

beforeEach(async () => {
  await db.deleteFrom('watermark').execute();
  clock.set('2026-11-23T20:00:00+08:00');
  seed = await seedCommunity(db);
  sweep = newSweep();
});

/** The clock goes on in steps short enough that nobody takes us for having been down. */
async function runUntil(time: string, sweeps: (() => Promise<unknown>)[] = [sweep]) {
  const end = Date.parse(time);
  clock.set(new Date(end - 8_000).toISOString());
  await db
    .updateTable('watermark')
    .set({ seen_at: new Date(end - 9_000) })
    .execute();
  for (let at = end - 8_000; at <= end; at += 4_000) {
    clock.set(new Date(at).toISOString());
    await Promise.all(sweeps.map((run) => run()));
  }
}

const verdictsOf = (homes: readonly SeededHome[]) =>
  Promise.all(homes.map(async (home) => (await dayOf(home))?.verdict));

const dayOf = (home: SeededHome, date = '2026-11-24') =>
  db
    .selectFrom('pact_day')
    .selectAll()
    .where('household_id', '=', home.id)
    .where('on_date', '=', date)
    .executeTakeFirst();
const alertsOf = (home: SeededHome) =>
  db.selectFrom('alert').selectAll().where('household_id', '=', home.id).execute();
const EVENING = '2026-11-23T20:00:00+08:00';
const EIGHT = '2026-11-24T08:00:02+08:00';

describe('a morning', () => {
  it('is opened at the next look where a community was imported a moment ago', async () => {
    clock.set('2026-11-24T05:30:00+08:00');
    await sweep();
    const imported = await seedCommunity(db);
    const home = await imported.addHome();
    clock.advance({ seconds: 1 });
    await sweep();
    expect(await dayOf(home)).toMatchObject({ verdict: 'awaiting' });
  });

  it('is opened before its earliest time, once, whoever opens it', async () => {
    const home = await seed.addHome();
    await Promise.all([runUntil(EVENING, [newSweep(), newSweep()])]);
    expect(await dayOf(home)).toMatchObject({ verdict: 'awaiting', closed_as: null });
    expect((await dayOf(home))?.deadline_at.toISOString()).toBe('2026-11-24T00:00:00.000Z');
  });

  it('is opened wholly where somebody began to open it and died', async () => {
    const home = await seed.addHome();
    await db
      .insertInto('day_opening')
      .values({ community_id: seed.communityId, on_date: '2026-11-24', begun_at: new Date(EVENING) })
      .execute();
    await openDays(db, clock.now());
    expect(await dayOf(home)).toMatchObject({ verdict: 'awaiting' });
  });

  it('is not held against a home whose pact was signed after the deadline', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    expect(await dayOf(home, '2026-11-23')).toBeUndefined();
    expect(await alertsOf(home)).toEqual([]);
  });

  it('keeps the home that opened, at its time, and sends nobody', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await seed.open(home, '2026-11-24T06:52:00+08:00');
    await runUntil('2026-11-24T06:52:10+08:00');
    expect(await dayOf(home)).toMatchObject({ verdict: 'kept', closed_as: 'kept' });
    await runUntil(EIGHT);
    expect(await alertsOf(home)).toEqual([]);
  });

  it('keeps the home whose opening came in the very millisecond of the deadline', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await seed.open(home, '2026-11-24T08:00:00.000+08:00');
    await runUntil(EIGHT);
    expect(await dayOf(home)).toMatchObject({ closed_as: 'kept' });
  });

  it.each([
    ['no_signal', { curtain: 'closed' as const, lastSeenAt: '2026-11-24T07:40:00+08:00' }],
    ['left_open', { curtain: 'open' as const, lastSeenAt: '2026-11-24T07:40:00+08:00' }],
    ['sensor_silent', { curtain: 'open' as const, lastSeenAt: '2026-11-23T22:10:00+08:00' }],
    ['never_reported', {}],
    ['not_seen', { sensor: false }],
  ])('opens an alert for a home missed because of %s', async (reason, options) => {
    const home = await seed.addHome(options);
    await runUntil(EVENING);
    await runUntil(EIGHT);
    const [alert] = await alertsOf(home);
    expect(alert).toMatchObject({ reason, status: 'open' });
    expect(await dayOf(home)).toMatchObject({
      verdict: 'missed',
      reason,
      closed_as: 'unresolved',
      alert_id: alert?.id,
    });
  });

  it('judges each day once when two rule processes sweep at the same moment', async () => {
    const homes = await Promise.all(Array.from({ length: 20 }, () => seed.addHome()));
    await runUntil(EVENING);
    await runUntil(EIGHT, [newSweep(), newSweep(), newSweep()]);
    const alerts = await Promise.all(homes.map(alertsOf));
    expect(alerts.map((list) => list.length)).toEqual(homes.map(() => 1));
  });

  it('wakes whoever walks the ladders once somebody was missed, and not before', async () => {
    const wake = vi.fn();
    await seed.addHome();
    await runUntil(EVENING);
    const watched = createSweep({ gapMs: GAP_MS }, { db, clock, wake });
    await runUntil('2026-11-24T07:59:58+08:00', [watched]);
    expect(wake).not.toHaveBeenCalled();
    await runUntil(EIGHT, [watched]);
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it('excuses a home on leave, and takes it back when the leave is cancelled before the deadline', async () => {
    const home = await seed.addHome();
    const leave = {
      id: crypto.randomUUID(),
      household_id: home.id,
      from_on: '2026-11-24',
      until_on: '2026-11-25',
      created_at: new Date('2026-11-23T21:00:00+08:00'),
      created_by: 'office',
    };
    await runUntil(EVENING);
    await db.insertInto('leave').values(leave).execute();
    await runUntil('2026-11-23T21:02:00+08:00');
    expect(await dayOf(home)).toMatchObject({ verdict: 'excused', reason: 'on_leave', closed_as: 'excused' });
    await db
      .updateTable('leave')
      .set({ cancelled_at: new Date('2026-11-24T06:00:00+08:00') })
      .where('id', '=', leave.id)
      .execute();
    await runUntil('2026-11-24T06:05:00+08:00');
    expect(await dayOf(home)).toMatchObject({ verdict: 'awaiting', closed_as: null });
  });
});

describe('a late opening', () => {
  async function missedHome(pact = {}) {
    const home = await seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-24T07:40:00+08:00', pact });
    await runUntil(EVENING);
    await runUntil(EIGHT);
    await advanceDueAlerts(db, clock.now(), 100);
    return home;
  }
  const messagesTo = (home: SeededHome) =>
    db
      .selectFrom('message')
      .innerJoin('alert', 'alert.id', 'message.alert_id')
      .select(['message.kind', 'message.state', 'message.failure', 'message.person_id'])
      .where('alert.household_id', '=', home.id)
      .orderBy('message.created_at')
      .execute();

  it('closes the alert, stands everyone down and stays on record as kept late', async () => {
    const home = await missedHome();
    await db.updateTable('message').set({ state: 'accepted', attempts: 1 }).execute();
    await seed.open(home, '2026-11-24T08:26:00+08:00');
    await runUntil('2026-11-24T08:26:10+08:00');
    expect(await dayOf(home)).toMatchObject({ verdict: 'kept', closed_as: 'kept_late' });
    expect(await alertsOf(home)).toMatchObject([{ status: 'closed', closed_by: 'signal' }]);
    expect((await messagesTo(home)).map(({ kind, person_id }) => [kind, person_id])).toEqual([
      ['page', home.primaryId],
      ['stand_down', home.primaryId],
    ]);
  });

  it('takes back a page that has not left yet instead of following it with a stand-down', async () => {
    const home = await missedHome();
    await seed.open(home, '2026-11-24T08:00:03+08:00');
    await runUntil('2026-11-24T08:00:12+08:00');
    expect(await messagesTo(home)).toMatchObject([{ kind: 'page', state: 'failed', failure: 'stood_down' }]);
  });

  it('that was given before the deadline but arrived after it makes the day kept', async () => {
    const home = await missedHome();
    await seed.open(home, '2026-11-24T07:15:00+08:00', { receivedAt: '2026-11-24T08:05:00+08:00' });
    await runUntil('2026-11-24T08:05:10+08:00');
    expect(await dayOf(home)).toMatchObject({ closed_as: 'kept' });
    expect(await alertsOf(home)).toMatchObject([{ status: 'closed' }]);
  });

  it('gives way to a proof from before the deadline that arrives even later, and nobody is told twice', async () => {
    const home = await missedHome();
    await db.updateTable('message').set({ state: 'accepted', attempts: 1 }).execute();
    await seed.open(home, '2026-11-24T08:26:00+08:00');
    await runUntil('2026-11-24T08:26:10+08:00');
    const told = await messagesTo(home);
    await seed.open(home, '2026-11-24T07:15:00+08:00', { receivedAt: '2026-11-24T08:31:00+08:00' });
    await runUntil('2026-11-24T08:31:10+08:00');
    expect(await dayOf(home)).toMatchObject({ verdict: 'kept', closed_as: 'kept' });
    expect((await dayOf(home))?.proof_at).toEqual(new Date('2026-11-24T07:15:00+08:00'));
    expect(await messagesTo(home)).toEqual(told);
    const [alert] = await alertsOf(home);
    expect(alert).toMatchObject({ status: 'closed', closed_by: 'signal' });
    expect(alert?.closed_at).toEqual(new Date('2026-11-24T08:26:02+08:00'));
    const timeline = await db
      .selectFrom('alert_entry')
      .select(['kind', 'detail'])
      .where('alert_id', '=', alert?.id ?? '')
      .orderBy('id')
      .execute();
    expect(timeline.at(-1)).toEqual({ kind: 'signal_seen', detail: { at: '2026-11-23T23:15:00Z' } });
  });

  it('comes to the same ledger whatever the order in which it and an earlier proof arrive', async () => {
    const times = ['2026-11-24T08:26:00+08:00', '2026-11-24T07:15:00+08:00'];
    const arrivals = [times, times.toReversed()];
    const homes = [await missedHome(), await missedHome({ signalCloses: false })];
    const others = [await missedHome(), await missedHome({ signalCloses: false })];
    for (const [index, order] of arrivals.entries()) {
      for (const [turn, time] of order.entries()) {
        const receivedAt = `2026-11-24T08:3${index * 4 + turn}:00+08:00`;
        for (const home of index === 0 ? homes : others) await seed.open(home, time, { receivedAt });
        await runUntil(`2026-11-24T08:3${index * 4 + turn}:10+08:00`);
      }
    }
    const days = await Promise.all([...homes, ...others].map((home) => dayOf(home)));
    expect(days.map((day) => [day?.verdict, day?.closed_as, day?.proof_at?.toISOString()])).toEqual(
      days.map(() => ['kept', 'kept', '2026-11-23T23:15:00.000Z']),
    );
  });

  it('leaves the alert open where the pact asks for a visit, until somebody records one', async () => {
    const home = await missedHome({ signalCloses: false });
    await seed.open(home, '2026-11-24T08:26:00+08:00');
    await runUntil('2026-11-24T08:26:10+08:00');
    const [alert] = await alertsOf(home);
    expect(alert).toMatchObject({ status: 'open' });
    expect(alert?.signal_at).not.toBeNull();
    await changeAlert(
      db,
      alert?.id ?? '',
      { kind: 'record_outcome', outcome: 'safe', by: home.primaryId },
      clock.now(),
    );
    expect(await dayOf(home)).toMatchObject({ closed_as: 'visited', verdict: 'missed' });
  });

  it('of the next morning ends what was still open from yesterday, whose day stays unseen', async () => {
    const home = await missedHome();
    const careful = await missedHome({ signalCloses: false });
    await db.updateTable('message').set({ state: 'accepted', attempts: 1 }).execute();
    await runUntil('2026-11-24T20:00:00+08:00');
    await seed.open(home, '2026-11-25T06:50:00+08:00');
    await seed.open(careful, '2026-11-25T06:50:00+08:00');
    await runUntil('2026-11-25T06:50:10+08:00');
    expect(await dayOf(home, '2026-11-25')).toMatchObject({ closed_as: 'kept' });
    expect(await alertsOf(home)).toMatchObject([{ status: 'closed', closed_by: 'signal' }]);
    expect((await messagesTo(home)).map(({ kind }) => kind)).toEqual(['page', 'stand_down']);
    expect(await dayOf(home)).toMatchObject({ verdict: 'missed', closed_as: 'unresolved', proof_at: null });
    expect(await alertsOf(careful)).toMatchObject([{ status: 'open', signal_at: expect.any(Date) }]);
  });

  it('after a recorded visit changes nothing', async () => {
    const home = await missedHome();
    const [alert] = await alertsOf(home);
    await changeAlert(
      db,
      alert?.id ?? '',
      { kind: 'record_outcome', outcome: 'safe', by: home.primaryId },
      clock.now(),
    );
    await seed.open(home, '2026-11-24T08:26:00+08:00');
    await runUntil('2026-11-24T08:26:10+08:00');
    expect(await dayOf(home)).toMatchObject({ closed_as: 'visited' });
  });
});

describe('downtime', () => {
  it('across the deadline gives buffered openings their minute before anybody is sent', async () => {
    const kept = await seed.addHome();
    const missed = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:30:00+08:00');
    sweep = newSweep();
    clock.set('2026-11-24T08:20:00+08:00');
    await sweep();
    expect(await dayOf(kept)).toMatchObject({ verdict: 'awaiting' });
    await seed.open(kept, '2026-11-24T07:10:00+08:00', { receivedAt: '2026-11-24T08:20:30+08:00' });
    for (const second of ['05', '10', '15', '20', '25', '30', '35', '40', '45', '50', '55']) {
      clock.set(`2026-11-24T08:20:${second}+08:00`);
      await sweep();
    }
    expect(await alertsOf(missed)).toEqual([]);
    clock.set('2026-11-24T08:21:01+08:00');
    await sweep();
    expect(await dayOf(kept)).toMatchObject({ closed_as: 'kept' });
    expect(await alertsOf(missed)).toHaveLength(1);
    expect(await alertsOf(kept)).toEqual([]);
  });

  it('gives them the whole of it where a clock that was behind is set right within it', async () => {
    const kept = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:30:00+08:00');
    sweep = newSweep();
    for (const time of ['08:11:40', '08:11:44', '08:20:14', '08:20:18']) {
      clock.set(`2026-11-24T${time}+08:00`);
      await sweep();
    }
    expect(await alertsOf(kept)).toEqual([]);
    await seed.open(kept, '2026-11-24T07:10:00+08:00', { receivedAt: '2026-11-24T08:20:30+08:00' });
    clock.set('2026-11-24T08:21:12+08:00');
    await sweep();
    expect(await dayOf(kept)).toMatchObject({ closed_as: 'kept' });
  });

  it('of nobody, seen by the clock of another process that is behind, holds a deadline back for three minutes at most', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:59:50+08:00');
    const behind = createManualClock(clock.now().subtract({ minutes: 62 }));
    const another = createSweep({ gapMs: GAP_MS }, { db, clock: behind, wake: () => undefined });
    const missedAfter = async (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 2) {
        clock.advance({ seconds: 2 });
        behind.advance({ seconds: 2 });
        await another();
        await sweep();
      }
      return (await alertsOf(home)).length;
    };
    expect(await missedAfter(60)).toBe(0);
    expect(await missedAfter(140)).toBe(1);
  });

  /** Sweeps every eight seconds, up to and with the end. */
  async function sweepUntil(end: string, beside: () => Promise<unknown> = async () => undefined) {
    while (Temporal.Instant.compare(clock.now(), Temporal.Instant.from(end)) < 0) {
      clock.advance({ seconds: 8 });
      await beside();
      await sweep();
    }
  }

  it('of the broker for minutes, while deadlines pass all the time, costs nobody the minute after its end', async () => {
    for (const minute of [46, 47, 48])
      await seed.addHome({ pact: { deadline: `07:${minute}`, signalCloses: true } });
    const late = await seed.addHome({ pact: { deadline: '07:49', signalCloses: true } });
    await runUntil(EVENING);
    await touchWatermark(db, 'intake', clock, GAP_MS);
    await runUntil('2026-11-24T07:40:00+08:00');
    await sweepUntil('2026-11-24T07:49:50+08:00');
    const isBack = () => touchWatermark(db, 'intake', clock, GAP_MS);
    await sweepUntil('2026-11-24T07:50:20+08:00', isBack);
    await seed.open(late, '2026-11-24T07:45:00+08:00', { receivedAt: '2026-11-24T07:50:20+08:00' });
    await sweepUntil('2026-11-24T07:51:20+08:00', isBack);
    expect(await alertsOf(late)).toEqual([]);
    expect(await dayOf(late)).toMatchObject({ closed_as: 'kept' });
  });

  it('of the database alone, through which rules try again and again, gives buffered openings their minute too', async () => {
    const kept = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:54:00+08:00');
    await sweepUntil('2026-11-24T07:58:00+08:00');
    await sql`alter table watermark rename to away`.execute(db);
    while (Temporal.Instant.compare(clock.now(), Temporal.Instant.from('2026-11-24T08:05:00+08:00')) < 0) {
      clock.advance({ seconds: 8 });
      await expect(sweep()).rejects.toThrow();
    }
    await sql`alter table away rename to watermark`.execute(db);
    await sweepUntil('2026-11-24T08:05:30+08:00');
    expect(await dayOf(kept)).toMatchObject({ verdict: 'awaiting' });
    await seed.open(kept, '2026-11-24T07:59:00+08:00', { receivedAt: '2026-11-24T08:05:30+08:00' });
    await sweepUntil('2026-11-24T08:07:00+08:00');
    expect(await dayOf(kept)).toMatchObject({ closed_as: 'kept' });
    expect(await alertsOf(kept)).toEqual([]);
  });

  it('of one broker of two holds back the homes that still hang on it, until it is given up, and no other', async () => {
    const [hanging, moved, another] = [await seed.addHome(), await seed.addHome(), await seed.addHome()];
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:59:30+08:00');
    const says = (id: string, time: string) => stampBroker(sensorPool, id, Temporal.Instant.from(time));
    const hangsOn = (home: SeededHome, id: string) =>
      markPresence(sensorPool, [{ sensorId: home.sensorId ?? '', online: true, connection: `${id}/1` }]);
    await says('silent', '2026-11-24T07:59:48+08:00');
    for (const home of [hanging, moved]) await hangsOn(home, 'silent');
    await hangsOn(another, 'living');
    await hangsOn(moved, 'living');
    await says('living', '2026-11-24T07:59:59+08:00');
    await runUntil(EIGHT);
    expect(await verdictsOf([hanging, moved, another])).toEqual(['awaiting', 'missed', 'missed']);
    // It has come through elsewhere with what the silent one never heard.
    await seed.open(hanging, '2026-11-24T07:59:50+08:00');
    await runUntil('2026-11-24T08:00:20+08:00');
    expect(await verdictsOf([hanging])).toEqual(['kept']);
  });

  it('of one broker for good lets nobody wait longer than half a minute', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:59:30+08:00');
    await stampBroker(sensorPool, 'gone', Temporal.Instant.from('2026-11-24T07:59:48+08:00'));
    await markPresence(sensorPool, [{ sensorId: home.sensorId ?? '', online: true, connection: 'gone/1' }]);
    await runUntil('2026-11-24T08:00:10+08:00');
    expect(await verdictsOf([home])).toEqual(['awaiting']);
    await runUntil('2026-11-24T08:00:22+08:00');
    expect(await verdictsOf([home])).toEqual(['missed']);
    expect(await alertsOf(home)).toHaveLength(1);
  });

  it('over several days loses none of them, and sends somebody only for the day that counts', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    sweep = newSweep();
    const up = Temporal.Instant.from('2026-11-27T09:00:00+08:00');
    for (let seconds = 0; seconds <= 71; seconds += 5) {
      clock.set(up.add({ seconds }));
      await sweep();
    }
    const days = await db
      .selectFrom('pact_day')
      .select(['on_date', 'closed_as'])
      .where('household_id', '=', home.id)
      .orderBy('on_date')
      .execute();
    expect(days.filter(({ on_date }) => on_date >= '2026-11-24')).toEqual(
      ['2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'].map((on_date) => ({
        on_date,
        closed_as: 'unresolved',
      })),
    );
    expect((await alertsOf(home)).map((alert) => alert.on_date)).toEqual(['2026-11-27']);
  });

  it('and a clock that was set back repeats no day and pages nobody twice', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil(EIGHT);
    const before = await dayOf(home);
    await runUntil('2026-11-24T03:00:00+08:00');
    await runUntil(EIGHT);
    expect(await dayOf(home)).toEqual(before);
    expect(await alertsOf(home)).toHaveLength(1);
  });

  it('and a clock that was set back opens no judged day anew, though its pact is changed meanwhile', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil(EIGHT);
    const before = await dayOf(home);
    await runUntil('2026-11-24T03:00:00+08:00');
    await db.updateTable('pact').set({ deadline: '09:00' }).where('household_id', '=', home.id).execute();
    await runUntil('2026-11-24T03:01:00+08:00');
    expect(await dayOf(home)).toEqual(before);
  });

  it('and a clock that leapt ahead and was set right holds no deadline back', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:00:00+08:00');
    clock.set('2026-11-24T10:00:00+08:00');
    await sweep();
    expect(await alertsOf(home)).toEqual([]);
    clock.set('2026-11-24T07:00:04+08:00');
    await sweep();
    await runUntil(EIGHT);
    expect(await alertsOf(home)).toHaveLength(1);
  });

  it('and rules whose clock is an hour ahead open alerts that are due by the deadline, not by their clock', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T09:02:00+08:00');
    expect(await alertsOf(home)).toMatchObject([{ next_step_at: new Date('2026-11-24T08:00:00+08:00') }]);
  });

  it('and a broker whose clock is an hour ahead holds no deadline back for more than a minute', async () => {
    const home = await seed.addHome();
    await runUntil(EVENING);
    await runUntil('2026-11-24T07:30:00+08:00');
    for (const stamp of ['2026-11-24T07:30:00+08:00', '2026-11-24T08:30:02+08:00'])
      await touchWatermark(db, 'intake', { now: () => Temporal.Instant.from(stamp) }, GAP_MS);
    await runUntil('2026-11-24T08:01:02+08:00');
    expect(await alertsOf(home)).toHaveLength(1);
  });
});

describe('the watch over sensors', () => {
  it('opens a ticket the moment a sensor falls silent, and closes it when it is heard again', async () => {
    const home = await seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-23T18:29:00+08:00' });
    const tickets = () =>
      db.selectFrom('ticket').select(['kind', 'closed_at']).where('household_id', '=', home.id).execute();
    await runUntil(EVENING);
    await runUntil('2026-11-23T20:01:00+08:00');
    expect(await tickets()).toEqual([{ kind: 'silent', closed_at: null }]);
    await db
      .updateTable('sensor_state')
      .set({ last_seen_at: new Date('2026-11-23T20:01:30+08:00') })
      .where('sensor_id', '=', home.sensorId ?? '')
      .execute();
    await runUntil('2026-11-23T20:02:00+08:00');
    expect((await tickets())[0]?.closed_at).not.toBeNull();
  });

  const heardHome = () => seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-23T19:59:00+08:00' });
  const setState = (home: SeededHome, state: Updateable<Tables['sensor_state']>) =>
    db
      .updateTable('sensor_state')
      .set(state)
      .where('sensor_id', '=', home.sensorId ?? '')
      .execute();
  const ticketsOf = async (home: SeededHome) =>
    (
      await db
        .selectFrom('ticket')
        .select(['kind', 'closed_at'])
        .where('household_id', '=', home.id)
        .orderBy('kind')
        .orderBy('opened_at')
        .execute()
    ).map(({ kind, closed_at }) => [kind, closed_at ? 'closed' : 'open']);

  it('warns once of a low battery, until a better one is put in', async () => {
    const home = await heardHome();
    await setState(home, { battery: 12 });
    await runUntil(EVENING);
    await runUntil('2026-11-23T20:05:00+08:00');
    await setState(home, { battery: 25 });
    await runUntil('2026-11-23T20:06:00+08:00');
    expect(await ticketsOf(home)).toEqual([['battery_low', 'open']]);
    await setState(home, { battery: 98 });
    await runUntil('2026-11-23T20:07:00+08:00');
    expect(await ticketsOf(home)).toEqual([['battery_low', 'closed']]);
  });

  it('takes a wrong clock off the list once it is right again, and not what somebody must look at', async () => {
    const home = await heardHome();
    const wrongAt = new Date('2026-11-23T19:58:00+08:00');
    await setState(home, { clock_wrong_at: wrongAt, tampered_at: wrongAt });
    await runUntil(EVENING);
    expect(await ticketsOf(home)).toEqual([
      ['clock_wrong', 'open'],
      ['tamper', 'open'],
    ]);
    await setState(home, { clock_wrong_at: null });
    await runUntil('2026-11-23T20:01:00+08:00');
    expect(await ticketsOf(home)).toEqual([
      ['clock_wrong', 'closed'],
      ['tamper', 'open'],
    ]);
  });

  it('moves the tickets of a sensor with it to its next home, and drops them with the home it had', async () => {
    const [old, next] = [await heardHome(), await seed.addHome({ sensor: false })];
    await setState(old, { battery: 12 });
    await runUntil(EVENING);
    const pair = (householdId: string | null) =>
      db
        .updateTable('sensor')
        .set({ household_id: householdId })
        .where('id', '=', old.sensorId ?? '')
        .execute();
    await pair(next.id);
    await runUntil('2026-11-23T20:01:00+08:00');
    await runUntil('2026-11-23T20:01:30+08:00');
    expect(await ticketsOf(old)).toEqual([['battery_low', 'closed']]);
    expect(await ticketsOf(next)).toEqual([['battery_low', 'open']]);
    await pair(null);
    await runUntil('2026-11-23T20:02:00+08:00');
    expect(await ticketsOf(next)).toEqual([['battery_low', 'closed']]);
  });

  it('shows no sensor as connected to a broker that is gone', async () => {
    const [gone, here] = [await heardHome(), await heardHome()];
    await setState(gone, { online: true, connection: 'killed/7' });
    await setState(here, { online: true, connection: 'alive/7' });
    const stamp = (id: string, at: string) =>
      db
        .insertInto('broker')
        .values({ id, seen_at: new Date(at) })
        .execute();
    await stamp('killed', '2026-11-23T19:59:00+08:00');
    await stamp('alive', '2026-11-23T19:59:55+08:00');
    await runUntil(EVENING);
    const states = await db
      .selectFrom('sensor_state')
      .select(['sensor_id', 'online'])
      .where('sensor_id', 'in', [gone.sensorId ?? '', here.sensorId ?? ''])
      .execute();
    expect(new Map(states.map(({ sensor_id, online }) => [sensor_id, online]))).toEqual(
      new Map([
        [gone.sensorId, false],
        [here.sensorId, true],
      ]),
    );
  });
});

describe('an elder’s rhythm', () => {
  /** Kept mornings before the one that the tests watch, at the same time each. */
  async function keptMornings(home: SeededHome, time: string, days: number) {
    const pact = await db
      .selectFrom('pact')
      .select('id')
      .where('household_id', '=', home.id)
      .executeTakeFirst();
    for (let day = 1; day <= days; day += 1) {
      const date = new Date(Date.parse('2026-11-23T00:00:00Z') - day * 86_400_000).toISOString().slice(0, 10);
      await db
        .insertInto('pact_day')
        .values({
          household_id: home.id,
          on_date: date,
          community_id: seed.communityId,
          pact_id: pact?.id ?? '',
          earliest_at: new Date(`${date}T04:00:00+08:00`),
          deadline_at: new Date(`${date}T08:00:00+08:00`),
          verdict: 'kept',
          closed_as: 'kept',
          proof_at: new Date(`${date}T${time}:00+08:00`),
          proof_kind: 'opened',
        })
        .execute();
    }
  }

  it('says before the deadline from when on she is unusually late, and pages nobody for it', async () => {
    const regular = await seed.addHome();
    const fresh = await seed.addHome();
    await keptMornings(regular, '06:10', 28);
    await keptMornings(fresh, '06:10', 3);
    await runUntil(EVENING);
    expect((await dayOf(regular))?.late_from).toEqual(new Date('2026-11-24T06:30:00+08:00'));
    expect((await dayOf(fresh))?.late_from).toBeNull();
    await runUntil('2026-11-24T07:00:00+08:00');
    expect(await alertsOf(regular)).toEqual([]);
  });

  it('is worked out piece by piece for every home', async () => {
    const homes = [await seed.addHome(), await seed.addHome(), await seed.addHome()];
    for (const home of homes) await keptMornings(home, '06:10', 7);
    await openDays(db, clock.now());
    while (await watchRhythm(db, clock.now(), 2)) expect(clock.now()).toBeDefined();
    for (const home of homes) {
      expect((await dayOf(home))?.late_from).toEqual(new Date('2026-11-24T06:30:00+08:00'));
    }
  });
});

it('asks one question, in no transaction, where there is nothing to do', async () => {
  await seed.addHome();
  await runUntil(EVENING);
  const asked: string[] = [];
  const counted = createDatabase(sensorPool, ({ query }) => asked.push(query.sql));
  const own = createSweep({ gapMs: GAP_MS }, { db: counted, clock, wake: () => undefined });
  await own();
  // What is worked out piece by piece goes on from sweep to sweep.
  while (await watchDrifts(db, clock.now())) expect(asked).not.toEqual([]);
  await own();
  asked.length = 0;
  await own();
  expect(asked).toEqual([expect.stringContaining('hasStaleDays')]);
});

it('tells the next deadline, so that nobody waits for its pace', async () => {
  await seed.addHome();
  await runUntil(EVENING);
  const deadline = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
  expect((await sweep()).nextDeadlineAt).toEqual(deadline);
});

it('watches a home whose stored pact cannot be read by the usual times, and all others by theirs, and says so until it is mended', async () => {
  const [broken, partly, other] = [await seed.addHome(), await seed.addHome(), await seed.addHome()];
  const change = (home: SeededHome, terms: Updateable<Tables['pact']>) =>
    db
      .updateTable('pact')
      .set({ ...terms, updated_at: new Date('2026-11-01') })
      .where('household_id', '=', home.id)
      .execute();
  await change(broken, { deadline: 'eight' });
  // As a newer version may write it.
  await change(partly, { deadline: '07:30', accepts: ['opened', 'sung'] });
  for (const minute of ['00', '01']) {
    clock.set(`2026-11-23T20:${minute}:00+08:00`);
    await expect(sweep()).rejects.toThrow(/cannot be read/);
    await sweep();
  }
  const { problems } = await unopenedDays();
  expect(problems).toEqual([{ what: 'days_unopened', count: 1 }]);
  const said: string[] = [];
  await runUntil(EIGHT, [() => sweep().catch(({ code }: PactError) => said.push(code))]);
  expect(said).toEqual(['PACT_INVALID']);
  expect(await verdictsOf([broken, partly, other])).toEqual(['missed', 'missed', 'missed']);
  expect((await dayOf(partly))?.deadline_at).toEqual(new Date('2026-11-24T07:30:00+08:00'));

  await change(broken, { deadline: '08:00' });
  await change(partly, { accepts: ['opened'] });
  clock.set('2026-11-24T08:01:10+08:00');
  await sweep();
  expect((await unopenedDays()).problems).toEqual([]);
});

/** What the audit says of days; steps and marks are others' matter. */
async function unopenedDays() {
  const found = await auditWork(db, clock.now(), { overdueMs: 60_000, gapMs: 60_000 });
  return { problems: found.filter(({ what }) => what === 'days_unopened') };
}
