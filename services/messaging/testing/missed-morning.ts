import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type HomeOptions, type SeededHome, seedCommunity } from '#store/testing/seed.ts';

export const EIGHT = '2026-11-24T00:00:00Z';

export type MissedHome = SeededHome & { alertId: string };
export type MissedMorning = Awaited<ReturnType<typeof openMissedMorning>>;

/** A community at 8:00 with a database of its own, in which homes miss their deadline and are paged. */
export async function openMissedMorning() {
  const database = await createTestDatabase();
  const pool = createPool({ connectionString: database.url, size: 12, name: 'test', onError: () => {} });
  const db: Db = createDatabase(pool);
  const clock = createManualClock(EIGHT);
  const seed = await seedCommunity(db);

  const alertOf = async (householdId: string) =>
    db.selectFrom('alert').selectAll().where('household_id', '=', householdId).executeTakeFirstOrThrow();

  const missThese = async (homes: readonly SeededHome[]): Promise<MissedHome[]> => {
    const alerts = homes.map((home) => ({
      householdId: home.id,
      communityId: seed.communityId,
      onDate: clock.now().toZonedDateTimeISO('Asia/Shanghai').toPlainDate().toString(),
      deadlineAt: clock.now(),
      reason: 'no_signal' as const,
      silentSince: undefined,
      ladder: DEFAULT_LADDER,
    }));
    await db.transaction().execute((tx) => openAlerts(tx, alerts, clock.now()));
    await advanceDueAlerts(db, clock.now(), 1_000);
    return Promise.all(homes.map(async (home) => ({ ...home, alertId: (await alertOf(home.id)).id })));
  };

  return {
    db,
    pool,
    clock,
    seed,
    alertOf,
    /** A home without a sign of life: its alert is open and its first page planned. */
    async miss(options: HomeOptions = {}): Promise<MissedHome> {
      const [home] = await missThese([await seed.addHome(options)]);
      if (!home) throw new Error('nobody missed');
      return home;
    },
    /** Homes that miss the same deadline. */
    missThese,
    phoneOf: async (personId: string) =>
      (await db.selectFrom('person').select('phone').where('id', '=', personId).executeTakeFirstOrThrow())
        .phone,
    pages: (alertId: string) =>
      db
        .selectFrom('message')
        .selectAll()
        .where('alert_id', '=', alertId)
        .where('kind', '=', 'page')
        .orderBy('step')
        .orderBy('created_at')
        .execute(),
    answers: (phone: string) =>
      db
        .selectFrom('message')
        .selectAll()
        .where('phone', '=', phone)
        .where('kind', '=', 'answer')
        .orderBy('created_at')
        .execute(),
    /** As if nobody had ever been paged. */
    async forgetAlerts() {
      for (const table of ['message', 'alert_entry', 'visit', 'alert'] as const) {
        await db.deleteFrom(table).execute();
      }
    },
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}
