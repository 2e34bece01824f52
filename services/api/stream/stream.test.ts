import { get, type IncomingMessage } from 'node:http';
import { sql } from 'kysely';
import { Registry } from 'prom-client';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TodayChange } from '#contracts/http/today.ts';
import { createApiToken, revokeApiToken } from '#store/account/api-tokens.ts';
import { announce } from '#store/change-feed.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type Api, createApi } from '../create-api.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

const isTodayChange = Compile(TodayChange);

let world: ApiUnderTest;
let api: Api;
let seed: Seed;
let home: SeededHome;
let cookie: Record<string, string>;
const boards: Board[] = [];

beforeEach(async () => {
  world = await startApiUnderTest('2026-11-24T06:00:00+08:00');
  seed = await seedCommunity(world.db);
  home = await seed.addHome();
  await openDays(world.db, world.clock.now());
  cookie = await world.signInAs();
  api = createApi(
    { host: '127.0.0.1', port: 0, databaseUrl: world.databaseUrl, publicUrl: undefined, trustProxy: false },
    // Two applications of one process would share the names of their metrics.
    { ...world.ports, metrics: new Registry() },
  );
  await api.start();
  await untilListening();
});
afterEach(async () => {
  for (const board of boards.splice(0)) board.close();
  await api.stop();
  await world.stop();
});

describe('the live stream', () => {
  it('tells every board of the community what changed, and nobody else', async () => {
    const elsewhere = await seedCommunity(world.db);
    const [one, two, other] = await Promise.all([openBoard(), openBoard(), openBoard(elsewhere.communityId)]);
    await one.next('tick');
    await seed.open(home, '2026-11-24T06:00:00+08:00');
    await weighSignals(world.db, world.clock.now(), 10);
    const [first, second] = [await one.next('change'), await two.next('change')];
    expect(second).toEqual(first);
    expect(isTodayChange.Check(first.data)).toBe(true);
    expect(first.data).toMatchObject({
      date: '2026-11-24',
      counts: { enrolled: 1, kept: 1 },
      homes: [{ householdId: home.id, state: 'kept' }],
    });
    expect(first.id).toMatch(/^[0-9a-f]{8}-\d+$/);
    await announce(world.db, { communityId: elsewhere.communityId, householdIds: [] });
    expect((await other.next('change')).data).toMatchObject({ homes: [] });
  });

  it('tells a steward of their own homes, and of no other', async () => {
    const other = await seed.addHome();
    const steward = await world.signInAs({
      role: 'steward',
      communityId: seed.communityId,
      personId: home.primaryId,
    });
    const board = await openBoard(seed.communityId, steward);
    await board.next('tick');
    await announce(world.db, { communityId: seed.communityId, householdIds: [other.id, home.id] });
    const { data } = await board.next('change');
    expect((data as TodayChange).homes.map(({ householdId }) => householdId)).toEqual([home.id]);
    expect(data).toMatchObject({ counts: { enrolled: 1 } });
  });

  it('reads a burst once, with every home that changed in it', async () => {
    const homes = [home, await seed.addHome(), await seed.addHome()];
    const board = await openBoard();
    await board.next('tick');
    for (const { id } of [...homes, ...homes]) {
      await announce(world.db, { communityId: seed.communityId, householdIds: [id] });
    }
    const changed = new Set<string>();
    let events = 0;
    while (changed.size < homes.length) {
      events += 1;
      for (const { householdId } of ((await board.next('change')).data as TodayChange).homes)
        changed.add(householdId);
    }
    expect(events).toBeLessThanOrEqual(3);
  });

  it('tells boards to fetch again after its own connection to the database broke', async () => {
    const board = await openBoard();
    await board.next('tick');
    await killListener();
    await board.next('resync');
    await announce(world.db, { communityId: seed.communityId, householdIds: [home.id] });
    expect((await board.next('change')).data).toMatchObject({ homes: [{ householdId: home.id }] });
  });

  it('tells a board that comes back whether it missed something', async () => {
    const board = await openBoard();
    await board.next('tick');
    await announce(world.db, { communityId: seed.communityId, householdIds: [home.id] });
    const { id } = await board.next('change');
    const upToDate = await openBoard(seed.communityId, { 'last-event-id': id });
    const behind = await openBoard(seed.communityId, { 'last-event-id': 'another-run-1' });
    await behind.next('resync');
    await announce(world.db, { communityId: seed.communityId, householdIds: [home.id] });
    await upToDate.next('change');
    expect(upToDate.heard).not.toContain('resync');
  });

  it('sends each message once, until it changes', async () => {
    const add = (text: string) =>
      world.db
        .insertInto('message')
        .values({
          id: crypto.randomUUID(),
          community_id: seed.communityId,
          direction: 'in',
          kind: 'reply',
          channel: 'sms',
          phone: '+8613900000001',
          text,
          state: 'received',
          created_at: new Date(world.clock.now().epochMilliseconds),
        })
        .execute();
    const board = await openBoard();
    await board.next('tick');
    const textsAfter = async () => {
      await announce(world.db, { communityId: seed.communityId, householdIds: [] });
      return ((await board.next('change')).data as TodayChange).messages.map((message) => message.text);
    };
    await add('收到');
    expect(await textsAfter()).toEqual(['收到']);
    await add('平安');
    expect(await textsAfter()).toEqual(['平安']);
    expect(await textsAfter()).toEqual([]);
  });

  it('ends when the person signs out, and when the service stops', async () => {
    const [signedOut, other] = [await openBoard(), await openBoard(seed.communityId, await world.signInAs())];
    const answer = await fetch(`${api.address()}/api/v1/session`, { method: 'DELETE', headers: cookie });
    expect(answer.status).toBe(204);
    await signedOut.ended;
    const started = performance.now();
    await api.stop();
    await other.ended;
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('ends at once when the account is switched off, in another process too', async () => {
    const colleague = await world.signInAs();
    const [theirs, other] = [await openBoard(seed.communityId, colleague), await openBoard()];
    await theirs.next('tick');
    const { id } = (await world.request({ url: '/api/v1/session', as: colleague })).json();
    await world.request({
      method: 'PATCH',
      url: `/api/v1/accounts/${id}`,
      payload: { disabled: true },
      as: await world.signInAs({ role: 'admin' }),
    });
    await theirs.ended;
    await announce(world.db, { communityId: seed.communityId, householdIds: [] });
    await other.next('change');
  });

  it('ends at once when its token is taken back, and is not opened by it again', async () => {
    const { id, token } = await createApiToken(world.db, { name: 'wall' }, world.clock.now());
    const headers = { authorization: `Bearer ${token}` };
    const board = await openBoard(seed.communityId, { ...headers, cookie: '' });
    await board.next('tick');
    const revokedAt = performance.now();
    await revokeApiToken(world.db, id, world.clock.now());
    await board.ended;
    // Well before the check that comes with each tick, every 15 s.
    expect(performance.now() - revokedAt).toBeLessThan(5_000);
    const answer = await fetch(`${api.address()}/api/v1/stream?community=${seed.communityId}`, { headers });
    expect(answer.status).toBe(401);
  });
});

type Event = { id: string; event: string; data: unknown };
type Board = { next(event: string): Promise<Event>; heard: string[]; ended: Promise<void>; close(): void };

async function openBoard(
  communityId = seed.communityId,
  headers: Record<string, string> = {},
): Promise<Board> {
  const url = `${api.address()}/api/v1/stream?community=${communityId}`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { ...cookie, ...headers }, agent: false }, resolve).once('error', reject);
  });
  expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  const events: Event[] = [];
  const heard: string[] = [];
  let wake = () => {};
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
      if (!field('event')) continue;
      heard.push(field('event'));
      events.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
    }
    wake();
  });
  const board: Board = {
    heard,
    async next(event) {
      for (;;) {
        const index = events.findIndex((each) => each.event === event);
        if (index >= 0) return events.splice(index, 1)[0]!;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    ended: new Promise((resolve) => response.once('close', () => resolve())),
    close: () => response.destroy(),
  };
  response.on('error', () => {});
  boards.push(board);
  return board;
}

const listeners = () =>
  sql<{ pid: number }>`
  select pid from pg_stat_activity where datname = current_database()
  and application_name = 'curtain-pact-listen-pact_change' and query ilike 'listen%' and state = 'idle'`.execute(
    world.db,
  );

async function untilListening(): Promise<number> {
  for (;;) {
    const pid = (await listeners()).rows[0]?.pid;
    if (pid !== undefined) return pid;
  }
}

async function killListener(): Promise<void> {
  await sql`select pg_terminate_backend(${await untilListening()})`.execute(world.db);
}
