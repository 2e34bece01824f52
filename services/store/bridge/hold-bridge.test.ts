import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import { claimMemory } from './claim-memory.ts';
import { type BridgeHold, holdBridge } from './hold-bridge.ts';

const WAIT = { timeout: 10_000, interval: 20 };
let database: TestDatabase;
let admin: pg.Client;
const open: BridgeHold[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(() => Promise.all(open.splice(0).map((hold) => hold.stop())));
afterAll(async () => {
  await admin.end();
  await database.drop();
});

function hold(begin: () => Promise<void> = async () => undefined) {
  const did: string[] = [];
  const failures: unknown[] = [];
  let looks = 0;
  const held = holdBridge({
    connectionString: database.url,
    async begin() {
      await begin();
      did.push('began');
    },
    end: async () => void did.push('ended'),
    outage: {
      failed: (error) => failures.push(error),
      succeeded: () => {
        looks += 1;
      },
    },
  });
  open.push(held);
  return { held, did, failures, looks: () => looks };
}

const LOCK = `select l.pid, l.objid from pg_locks l join pg_database d on d.oid = l.database
  where l.locktype = 'advisory' and d.datname = current_database() and l.granted`;

/** Breaks the connection of whoever has the lock; with `take`, somebody else has it before it can come back. */
async function breakHolder({ take }: { take: boolean }): Promise<void> {
  const { rows } = await admin.query<{ pid: number; objid: string }>(LOCK);
  const [holder] = rows;
  if (!holder) throw new Error('nobody has the lock');
  const { pid, objid } = holder;
  const taking = take ? other.query('select pg_advisory_lock($1::bigint)', [objid]) : undefined;
  if (take)
    await vi.waitFor(async () => {
      const waiting = await admin.query(
        `select from pg_stat_activity where application_name = 'other' and wait_event = 'advisory'`,
      );
      expect(waiting.rowCount).toBe(1);
    }, WAIT);
  await admin.query('select pg_terminate_backend($1)', [pid]);
  await taking;
}
let other: pg.Client;
beforeAll(async () => {
  other = new pg.Client({ connectionString: database.url, application_name: 'other' });
  await other.connect();
});
afterAll(() => other.end());

test('one works, the other stands by and takes over when the first has ended its work', async () => {
  const first = hold();
  await first.held.begun;
  const second = hold();
  await second.held.begun;
  expect([first.did, second.did]).toEqual([['began'], []]);
  await first.held.stop();
  expect(first.did).toEqual(['began', 'ended']);
  await vi.waitFor(() => expect(second.did).toEqual(['began']), WAIT);
});

test('whoever works goes on over a broken connection, and stops when somebody else is there on return', async () => {
  const first = hold();
  await first.held.begun;
  await breakHolder({ take: false });
  await vi.waitFor(() => expect(first.failures).toHaveLength(1), WAIT);
  await vi.waitFor(async () => expect((await admin.query(LOCK)).rowCount).toBe(1), WAIT);
  expect(first.did).toEqual(['began']);

  await breakHolder({ take: true });
  await vi.waitFor(() => expect(first.did).toEqual(['began', 'ended']), WAIT);
  await other.query('select pg_advisory_unlock_all()');
  await vi.waitFor(() => expect(first.did).toEqual(['began', 'ended', 'began']), WAIT);
});

test('work that cannot begin fails the start and leaves the place to others', async () => {
  const broken = hold(async () => {
    throw new Error('no memory');
  });
  await expect(broken.held.begun).rejects.toThrow('no memory');
  const next = hold();
  await next.held.begun;
  expect(next.did).toEqual(['began']);
});

test('a memory that another one has followed is told so', async () => {
  const db = createDatabase(
    createPool({ connectionString: database.url, size: 1, name: 'test', onError: () => undefined }),
  );
  const [one, two] = [randomUUID(), randomUUID()];
  const anew: string[] = [];
  for (const id of [one, one, two, two, one]) await claimMemory(db, id, () => anew.push(id));
  await db.destroy();
  expect(anew).toEqual([two, one]);
});
