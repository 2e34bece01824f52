import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { judgeAt } from '#pact/verdict.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from './connect.ts';
import type { Db } from './database.ts';
import { toDate } from './instant.ts';
import { findGaps, touchWatermark } from './watermark.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 3, name: 'test', onError: () => undefined }),
  );
});
beforeEach(() => db.deleteFrom('watermark').execute());
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('a service that has never been down holds no deadline back', async () => {
  const start = Temporal.Instant.from('2026-11-24T07:59:58+08:00');
  for (const seconds of [0, 2])
    await touchWatermark(db, 'sweep', { now: () => start.add({ seconds }) }, 10_000);
  expect(await findGaps(db, start.add({ seconds: 3 }), 10_000)).toEqual([]);
});

it('who stood still while it said so, with an old time by then, does not set the others back', async () => {
  const start = Temporal.Instant.from('2026-11-24T07:59:30+08:00');
  const clock = createManualClock(start);
  await touchWatermark(db, 'sweep', clock, 10_000);
  const late = start.add({ seconds: 15 });
  let frozen = Promise.resolve();
  await db.transaction().execute(async (tx) => {
    // Another one goes on stamping, every two seconds.
    await tx
      .updateTable('watermark')
      .set({ seen_at: toDate(late) })
      .where('name', '=', 'sweep')
      .execute();
    frozen = touchWatermark(db, 'sweep', clock, 10_000);
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      );
      expect(rows).toHaveLength(1);
    });
    clock.set(late.add({ seconds: 2 }));
  });
  await frozen;
  await touchWatermark(db, 'sweep', clock, 10_000);
  expect(await findGaps(db, clock.now(), 10_000)).toEqual([]);
});

it('a clock that was set back takes the mark with it', async () => {
  const clock = createManualClock('2026-11-24T09:00:00+08:00');
  await touchWatermark(db, 'sweep', clock, 10_000);
  clock.set('2026-11-24T08:00:00+08:00');
  await touchWatermark(db, 'sweep', clock, 10_000);
  expect(await findGaps(db, clock.now().add({ seconds: 11 }), 10_000)).toEqual([
    { from: clock.now(), resumedAt: undefined },
  ]);
});

it.each([
  ['ahead of', '08:27:00', '08:09:00', '08:27:01'],
  ['behind', '08:09:00', '08:27:00', '08:09:01'],
])(
  'after an outage a process %s the one that stamped last gives sensors their minute by its own clock',
  async (_, own, others, looks) => {
    const instant = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
    const stamp = (time: string) => touchWatermark(db, 'sweep', { now: () => instant(time) }, 10_000);
    for (const time of ['07:04:00', own, others]) await stamp(time);
    const gaps = await findGaps(db, instant(looks), 10_000, 'sweep');
    expect(judgeAt(instant('08:00:00'), gaps).since(instant(looks)).total('seconds')).toBeGreaterThan(50);
  },
);
