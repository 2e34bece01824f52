import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceDueAlerts } from '../alert/change-alert.ts';
import type { Db } from '../database.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { readToday } from '../today/read-today.ts';
import { touchWatermark } from '../watermark.ts';
import { watchOutages } from './watch-outages.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
let opened: TestDb;
let db: Db;
let seed: Seed;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  await db.deleteFrom('watermark').execute();
  seed = await seedCommunity(db);
});

/** Homes in buildings of their own behind one gateway, all last heard at a time. */
async function behind(gateway: string, count: number, lastSeen: string): Promise<SeededHome[]> {
  const homes: SeededHome[] = [];
  for (let i = 0; i < count; i += 1) {
    const home = await seed.addHome({ lastSeenAt: `2026-11-24T${lastSeen}+08:00`, curtain: 'closed' });
    await db.updateTable('household').set({ building: home.code }).where('id', '=', home.id).execute();
    await db
      .updateTable('sensor')
      .set({ gateway })
      .where('id', '=', home.sensorId ?? '')
      .execute();
    homes.push(home);
  }
  return homes;
}
const hear = (homes: readonly SeededHome[], time: string) =>
  db
    .updateTable('sensor_state')
    .set({ last_seen_at: new Date(`2026-11-24T${time}+08:00`) })
    .where(
      'sensor_id',
      'in',
      homes.flatMap(({ sensorId }) => sensorId ?? []),
    )
    .execute();
const heard = async () =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('person_id', '=', seed.officeId)
      .where('kind', '=', 'notice')
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);
const outages = async (now: Temporal.Instant) =>
  (await readToday(db, { communityId: seed.communityId, now, clockSpeed: 1 }))?.outages.map(
    ({ cause, subject, codes }) => ({ cause, subject, codes }),
  );

describe('an outage', () => {
  it('is told before the deadline, once, and ends when the sensors are back', async () => {
    const homes = await behind('g1', 4, '05:00:00');
    await behind('g2', 2, '05:00:00');
    await watchOutages(db, at('06:29:00'));
    expect(await heard()).toEqual([]);
    await Promise.all([watchOutages(db, at('06:31:00')), watchOutages(db, at('06:31:00'))]);
    await watchOutages(db, at('06:32:00'));
    expect(await heard()).toEqual([
      '【窗帘之约】网关g1下4户5:00起一起断了信号:01、02、03、04。照常逐户去看,并查电和网',
    ]);
    expect(await outages(at('06:33:00'))).toEqual([
      { cause: 'gateway', subject: 'g1', codes: ['01', '02', '03', '04'] },
    ]);
    await hear(homes, '06:40:00');
    await watchOutages(db, at('06:41:00'));
    expect(await outages(at('06:42:00'))).toEqual([]);
    await hear(homes, '06:42:00');
    await watchOutages(db, at('08:30:00'));
    expect(await outages(at('08:30:00'))).toHaveLength(1);
    expect(await heard()).toHaveLength(1);
  });

  it('of a whole community is told when a fifth of it misses, and every home stays red and paged', async () => {
    for (let i = 0; i < 6; i += 1) await seed.addHome({ sensor: false });
    for (const now of [at('01:00:00'), at('08:00:01')]) {
      await openDays(db, now);
      await refreshStaleDays(db, now, 500);
      await judgeDueDays(db, now, [], 500);
    }
    await advanceDueAlerts(db, at('08:00:02'), 100);
    await watchOutages(db, at('08:00:30'));
    expect((await heard()).at(-1)).toContain('全社区6户8:00起一起未报平安:01、02');
    const today = await readToday(db, { communityId: seed.communityId, now: at('08:01:00'), clockSpeed: 1 });
    expect(today?.homes.map(({ state }) => state)).toEqual(Array(6).fill('missed'));
    const pages = await db
      .selectFrom('message')
      .select('id')
      .where('community_id', '=', seed.communityId)
      .where('kind', '=', 'page')
      .execute();
    expect(pages).toHaveLength(6);
  });

  it('that is known before the deadline silences nobody: each of its homes is paged for', async () => {
    const homes = await behind('g1', 4, '05:00:00');
    await openDays(db, at('01:00:00'));
    await watchOutages(db, at('06:31:00'));
    expect(await outages(at('06:31:00'))).toHaveLength(1);
    await judgeDueDays(db, at('08:00:01'), [], 500);
    await advanceDueAlerts(db, at('08:00:02'), 100);
    const paged = await db
      .selectFrom('message')
      .select('person_id')
      .where('community_id', '=', seed.communityId)
      .where('kind', '=', 'page')
      .execute();
    expect(paged.map(({ person_id }) => person_id).sort()).toEqual(
      homes.map(({ primaryId }) => primaryId).sort(),
    );
  });

  it('is not made of a downtime of ours', async () => {
    await behind('g1', 4, '05:00:00');
    await touchWatermark(db, 'sweep', { now: () => at('05:00:00') }, 10_000);
    await touchWatermark(db, 'sweep', { now: () => at('06:31:00') }, 10_000);
    await watchOutages(db, at('06:31:30'));
    expect(await heard()).toEqual([]);
    await watchOutages(db, at('06:34:00'));
    expect(await heard()).toHaveLength(1);
  });

  it('that goes on past midnight is told once', async () => {
    await behind('g1', 4, '20:00:00');
    await watchOutages(db, at('23:00:00'));
    await watchOutages(db, Temporal.Instant.from('2026-11-25T01:00:00+08:00'));
    expect(await heard()).toHaveLength(1);
  });
});
