import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { changeAlert } from '../alert/change-alert.ts';
import { openAlerts } from '../alert/open-alerts.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Tx } from '../database.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { untilSomebodyWaits } from '../testing/until-waiting.ts';
import { judgeDueDays } from './judge-due-days.ts';
import { openDays } from './open-days.ts';
import { weighSignals } from './weigh-signals.ts';

let test: TestDb;
let seed: Seed;
beforeAll(async () => {
  test = await openTestDb();
});
afterAll(() => test.close());
beforeEach(async () => {
  seed = await seedCommunity(test.db);
});

const MORNING = Temporal.Instant.from('2026-11-24T05:00:00+08:00');
const DEADLINE = '2026-11-24T08:00:00+08:00';
const now = Temporal.Instant.from('2026-11-24T08:00:02+08:00');

const dayOf = (home: SeededHome) =>
  test.db
    .selectFrom('pact_day')
    .selectAll()
    .where('household_id', '=', home.id)
    .where('on_date', '=', '2026-11-24')
    .executeTakeFirstOrThrow();
const alertsOf = (home: SeededHome) =>
  test.db.selectFrom('alert').selectAll().where('household_id', '=', home.id).execute();

/** What another process does to the day, and has not committed yet. */
const close = (
  tx: Tx,
  home: SeededHome,
  as: { verdict: 'kept' | 'missed'; closed_as: 'kept' | 'unresolved' },
) =>
  tx
    .updateTable('pact_day')
    .set({ ...as, judged_at: new Date(now.epochMilliseconds) })
    .where('household_id', '=', home.id)
    .where('on_date', '=', '2026-11-24')
    .execute();

const miss = (tx: Tx, home: SeededHome) =>
  openAlerts(
    tx,
    [
      {
        ...{ householdId: home.id, communityId: seed.communityId, onDate: '2026-11-24', reason: 'no_signal' },
        ...{ deadlineAt: Temporal.Instant.from(DEADLINE), silentSince: undefined, ladder: DEFAULT_LADDER },
      },
    ],
    now,
  );

it('a day that another process has at hand is left to it, and the others are judged', async () => {
  const [held, other] = [await seed.addHome(), await seed.addHome()];
  await openDays(test.db, MORNING);
  const impatient = createDatabase(
    createPool({
      connectionString: `${test.url}?options=-c%20lock_timeout%3D2s`,
      ...{ size: 1, name: 'test', onError: () => undefined },
    }),
  );
  try {
    const count = await test.db.transaction().execute(async (tx) => {
      await close(tx, held, { verdict: 'kept', closed_as: 'kept' });
      return judgeDueDays(impatient, now, [], 10);
    });
    expect(count).toEqual({ judged: 1, alerts: 1 });
  } finally {
    await impatient.destroy();
  }
  expect(await alertsOf(held)).toEqual([]);
  expect(await alertsOf(other)).toHaveLength(1);
  expect(await dayOf(held)).toMatchObject({ closed_as: 'kept' });
});

it('an opening that is weighed while its day is judged a miss is weighed again, against the alert', async () => {
  const home = await seed.addHome();
  await openDays(test.db, MORNING);
  await seed.open(home, '2026-11-24T07:10:00+08:00', { receivedAt: now.toString() });
  const { weighing } = await test.db.transaction().execute(async (tx) => {
    await close(tx, home, { verdict: 'missed', closed_as: 'unresolved' });
    await miss(tx, home);
    const weighing = weighSignals(test.db, now, 10);
    await untilSomebodyWaits(test.db);
    return { weighing };
  });
  await weighing;
  await weighSignals(test.db, now, 10);
  expect(await dayOf(home)).toMatchObject({ closed_as: 'kept' });
  expect(await alertsOf(home)).toMatchObject([{ status: 'closed', closed_by: 'signal' }]);
});

it('whoever claims a home while its outcome is being written hears that it is closed', async () => {
  const home = await seed.addHome();
  await openDays(test.db, MORNING);
  await test.db.transaction().execute(async (tx) => {
    await close(tx, home, { verdict: 'missed', closed_as: 'unresolved' });
    await miss(tx, home);
  });
  const [alert] = await alertsOf(home);
  const { claiming } = await test.db.transaction().execute(async (tx) => {
    const outcome = { kind: 'record_outcome', outcome: 'safe', by: home.primaryId } as const;
    await changeAlert(tx, alert!.id, outcome, now);
    const claiming = changeAlert(test.db, alert!.id, { kind: 'acknowledge', by: home.backupId }, now);
    await untilSomebodyWaits(test.db);
    return { claiming };
  });
  expect(await claiming).toMatchObject({ refused: 'closed', facts: [] });
  expect(await alertsOf(home)).toMatchObject([{ status: 'closed', closed_by: 'outcome' }]);
});
