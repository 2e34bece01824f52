import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANGE_CHANNEL } from '../change-feed.ts';
import { listen } from '../listen.ts';
import { seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { MOST_REPORTS, MOST_UNKNOWN, noteSightings, noteSourceState } from './note.ts';
import type { Sighting } from './setting.ts';
import { addSource, sightingOf } from './testing/sightings.ts';

const NOW = Temporal.Instant.from('2026-11-26T08:00:00Z');
let opened: TestDb;
let sourceId: string;
let communityId: string;
beforeAll(async () => {
  opened = await openTestDb();
  communityId = (await seedCommunity(opened.db)).communityId;
});
beforeEach(async () => {
  sourceId = await addSource(opened.db, communityId, `网关-${randomUUID()}`);
});
afterAll(() => opened?.close());

const note = (...sightings: Sighting[]) => noteSightings(opened.db, sightings, NOW);
const saw = (address: string, more: Partial<Sighting> = {}, at = '2026-11-26T07:59:00Z') =>
  sightingOf(sourceId, address, at, more);
const devices = () =>
  opened.db.selectFrom('device').selectAll().where('source_id', '=', sourceId).orderBy('address').execute();
const reportsOf = (deviceId: string) =>
  opened.db.selectFrom('device_report').selectAll().where('device_id', '=', deviceId).orderBy('id').execute();
const source = () =>
  opened.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirstOrThrow();

describe('a device that was never seen before', () => {
  it('appears with its name, its guess and what it said', async () => {
    await note(
      saw('0x01', { name: '窗帘', guess: 'milesight_ws301', fPort: 85, payload: Buffer.from([3, 0, 1]) }),
      saw('0x02'),
    );
    const [first, second] = await devices();
    expect(first).toMatchObject({ address: '0x01', name: '窗帘', guess: 'milesight_ws301', messages: 1 });
    expect(second).toMatchObject({ address: '0x02', name: null, guess: null, sensor_id: null, format: null });
    expect(await reportsOf(first!.id)).toMatchObject([
      { f_port: 85, payload: Buffer.from([3, 0, 1]), contact: 'closed', became: 'unpaired', retained: false },
    ]);
  });

  it('keeps its name and guess when the next message does not say them', async () => {
    await note(saw('0x01', { name: '窗帘', guess: 'bthome_v2' }));
    await note(saw('0x01'));
    expect(await devices()).toMatchObject([{ name: '窗帘', guess: 'bthome_v2', messages: 2 }]);
  });

  it('is dropped where a thousand are unpaired, and said so', async () => {
    const street = Array.from({ length: MOST_UNKNOWN }, (_, n) => saw(`beacon-${n}`));
    await note(...street);
    await note(saw('beacon-0'), saw('late-1'), saw('late-1'), saw('late-2'));
    expect(await devices()).toHaveLength(MOST_UNKNOWN);
    expect(await source()).toMatchObject({ refused: 3, last_refusal: 'too_many_devices' });
    // A day later the beacons of passers-by have gone, and there is room again.
    const tomorrow = saw('late-1', {}, '2026-11-27T08:30:00Z');
    await opened.db
      .updateTable('device')
      .set({ ignored_at: new Date() })
      .where('address', '=', 'beacon-7')
      .where('source_id', '=', sourceId)
      .execute();
    await noteSightings(opened.db, [tomorrow], NOW.add({ hours: 25 }));
    expect((await devices()).map(({ address }) => address)).toEqual(['beacon-7', 'late-1']);
  });
});

it('counts messages, refusals, missed openings and restarts', async () => {
  const refused = { refusal: 'too_short' as const, reading: null, became: null };
  await note(
    saw('0x01'),
    saw('0x01', { ...refused, missed: 2 }),
    saw('0x01', { restarted: true, missed: 1 }),
  );
  await note(saw('0x01', { refusal: 'wrong_port', reading: null }, '2026-11-26T07:59:30Z'));
  expect(await devices()).toMatchObject([
    {
      ...{ messages: 4, refused: 2, missed: 3, restarts: 1, last_refusal: 'wrong_port' },
      last_refused_at: new Date('2026-11-26T07:59:30Z'),
      last_seen_at: new Date('2026-11-26T07:59:30Z'),
    },
  ]);
});

it('keeps the newest reports of each device and no more, also when many come at once', async () => {
  const burst = Array.from({ length: MOST_REPORTS + 5 }, (_, n) => saw('0x01', { topic: `t/${n}` }));
  await note(...burst, saw('0x02'));
  await note(saw('0x01', { topic: 't/last', payload: Buffer.alloc(10_000) }));
  const [first, second] = await devices();
  const kept = await reportsOf(first!.id);
  expect(kept).toHaveLength(MOST_REPORTS);
  expect(kept[0]).toMatchObject({ topic: 't/6' });
  expect(kept.at(-1)).toMatchObject({ topic: 't/last' });
  expect(kept.at(-1)!.payload.length).toBeLessThan(10_000);
  expect(await reportsOf(second!.id)).toHaveLength(1);
  expect(first).toMatchObject({ messages: MOST_REPORTS + 6 });
});

it('notes nothing of a source that was removed meanwhile', async () => {
  await opened.db.updateTable('source').set({ removed_at: new Date() }).where('id', '=', sourceId).execute();
  await note(saw('0x01'));
  expect(await devices()).toEqual([]);
});

it('lets two bridges note the same new device at once', async () => {
  await Promise.all([note(saw('0x01')), note(saw('0x01')), note(saw('0x01'))]);
  expect(await devices()).toMatchObject([{ messages: 3 }]);
});

it('knows since when a source stands as it does, and adds up what it refused', async () => {
  const state = { problem: null, lastMessageAt: null, refused: 0, lastRefusal: null, looksLike: null };
  await noteSourceState(opened.db, sourceId, { ...state, state: 'connected' }, NOW);
  const lastMessageAt = NOW.epochMilliseconds;
  const more = {
    ...state,
    state: 'connected',
    lastMessageAt,
    refused: 2,
    lastRefusal: 'not_json',
    looksLike: null,
  } as const;
  await noteSourceState(opened.db, sourceId, more, NOW.add({ minutes: 1 }));
  await noteSourceState(
    opened.db,
    sourceId,
    { ...more, lastRefusal: null, looksLike: null },
    NOW.add({ minutes: 2 }),
  );
  expect(await source()).toMatchObject({
    ...{ state: 'connected', refused: 4, last_refusal: 'not_json' },
    ...{ state_at: new Date('2026-11-26T08:00:00Z'), last_message_at: new Date(lastMessageAt) },
  });
  await noteSourceState(opened.db, sourceId, { ...state, state: 'away', problem: 'ECONNREFUSED' }, NOW);
  expect(await source()).toMatchObject({ state: 'away', problem: 'ECONNREFUSED' });
});

it('tells boards of a new device, and of its later messages nothing', async () => {
  const told: string[] = [];
  const listening = Promise.withResolvers<void>();
  const listener = listen({
    ...{ connectionString: opened.url, channel: CHANGE_CHANNEL, onError: listening.reject },
    onNotice: (payload) => told.push(payload),
    onGap: listening.resolve,
  });
  await listening.promise;
  await note(saw('0x01'), saw('0x02'));
  await note(saw('0x01'));
  await noteSourceState(
    opened.db,
    sourceId,
    {
      state: 'connected',
      problem: null,
      lastMessageAt: null,
      refused: 0,
      lastRefusal: null,
      looksLike: null,
    },
    NOW,
  );
  const news = JSON.stringify({ community: communityId, households: [] });
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(1));
  await listener.stop();
  expect(told).toEqual([news, news]);
});
