import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { touchWatermark } from '#store/watermark.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createLadders, type Ladders } from './testing/ladders.ts';

const NOW = '2026-11-24T08:00:00+08:00';
let ladders: Ladders;
let monitor: Server;
let calls: string[] = [];
let answer: { status: number; location?: string } = { status: 200 };

beforeAll(async () => {
  ladders = await createLadders();
  monitor = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {}).end();
  }).listen(0, '127.0.0.1');
  await once(monitor, 'listening');
});
afterAll(async () => {
  monitor.close();
  await ladders.close();
});
beforeEach(async () => {
  calls = [];
  answer = { status: 200 };
  await ladders.db.deleteFrom('watermark').execute();
  await ladders.db
    .updateTable('alert')
    .set({ status: 'closed', next_step_at: null, closed_at: new Date() })
    .execute();
  clock.set(NOW);
  await sql`
    insert into day_opening (community_id, on_date, begun_at, completed_at)
    select id, '2026-11-24', now(), now() from community on conflict do nothing`.execute(ladders.db);
  await touchWatermark(ladders.db, 'sweep', clock, 10_000);
});

const clock = createManualClock(NOW);
const never = new AbortController().signal;
const create = () => {
  const heartbeatUrl = `http://127.0.0.1:${(monitor.address() as AddressInfo).port}/ping`;
  return createHeartbeat(
    { heartbeatUrl, gapMs: 10_000 },
    { db: ladders.db, clock, logger: createLogger('silent') },
  );
};

describe('the heartbeat', () => {
  it('is heard after a sweep that missed nothing, and not more often than every half minute', async () => {
    const heartbeat = create();
    await heartbeat.beat(never);
    await heartbeat.beat(never);
    expect(calls).toEqual(['/ping']);
    expect(heartbeat.problems()).toEqual([]);
  });

  it('falls silent while a step is overdue', async () => {
    const { alertId } = await ladders.openAlert(Temporal.Instant.from(NOW));
    clock.advance({ minutes: 2 });
    await touchWatermark(ladders.db, 'sweep', clock, 600_000);
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(calls).toEqual([]);
    expect(heartbeat.problems()).toEqual([{ what: 'steps_overdue', count: 1 }]);
    await ladders.db
      .updateTable('alert')
      .set({ next_step_at: new Date(clock.now().epochMilliseconds) })
      .where('id', '=', alertId)
      .execute();
    await heartbeat.beat(never);
    expect(calls).toEqual(['/ping']);
  });

  it('falls silent while nobody watches the deadlines', async () => {
    clock.advance({ minutes: 2 });
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(calls).toEqual([]);
    expect(heartbeat.problems()).toEqual([{ what: 'deadlines_unwatched', count: 120 }]);
  });

  it('falls silent while the day of a community stays unopened for a minute', async () => {
    await ladders.db.deleteFrom('day_opening').execute();
    await sql`update pact set updated_at = '2026-11-01'`.execute(ladders.db);
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(heartbeat.problems()).toEqual([]);
    clock.advance({ minutes: 1 });
    await touchWatermark(ladders.db, 'sweep', clock, 600_000);
    calls = [];
    await heartbeat.beat(never);
    expect(calls).toEqual([]);
    expect(heartbeat.problems()).toMatchObject([{ what: 'days_unopened' }]);
  });

  it('falls silent when the clock was set back behind what the database has seen', async () => {
    clock.set('2026-11-24T07:00:00+08:00');
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(calls).toEqual([]);
    expect(heartbeat.problems()).toEqual([{ what: 'clock_behind', count: 3600 }]);
  });

  it('falls silent while a deadline is not judged or a message not sent', async () => {
    const home = await ladders.seed.addHome();
    const { id } = await ladders.db
      .selectFrom('pact')
      .select('id')
      .where('household_id', '=', home.id)
      .executeTakeFirstOrThrow();
    const past = new Date(Date.parse(NOW) - 120_000);
    await ladders.db
      .insertInto('pact_day')
      .values({
        household_id: home.id,
        on_date: '2026-11-24',
        community_id: ladders.seed.communityId,
        pact_id: id,
        earliest_at: past,
        deadline_at: past,
        verdict: 'awaiting',
      })
      .execute();
    await ladders.db
      .insertInto('message')
      .values({
        id: '0193a000-0000-7000-8000-000000000009',
        direction: 'out',
        kind: 'answer',
        channel: 'sms',
        phone: '+8613900000000',
        text: 'x',
        state: 'planned',
        created_at: past,
        next_attempt_at: past,
      })
      .execute();
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(calls).toEqual([]);
    expect(heartbeat.problems()?.map(({ what }) => what)).toEqual(['messages_overdue', 'days_overdue']);
    await ladders.db.deleteFrom('pact_day').execute();
    await ladders.db.deleteFrom('message').execute();
  });

  it('follows no redirect, and a monitor that is away stops nothing', async () => {
    answer = { status: 302, location: '/elsewhere' };
    const heartbeat = create();
    await heartbeat.beat(never);
    expect(calls).toEqual(['/ping']);
    expect(heartbeat.problems()).toEqual([]);
  });
});
