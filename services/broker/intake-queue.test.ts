import pg from 'pg';
import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { createLogger } from '#platform/logger.ts';
import type { IntakeMessage, IntakeOutcome } from '#store/sensor/intake.ts';
import { message } from '#store/sensor/sensor-fixture.ts';
import { createIntakeQueue, type IntakeStore } from './intake-queue.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { createMetrics } from './metrics.ts';

const recorded = (messages: readonly IntakeMessage[]): IntakeOutcome[] => messages.map(() => 'recorded');

function createQueue(store: Partial<IntakeStore>, limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  const gauges = { connections: () => 0, pending: () => 0, heldSeconds: () => 0 };
  const queue = createIntakeQueue(
    { record: async (messages) => recorded(messages), quarantine: async () => undefined, ...store },
    { ...DEFAULT_LIMITS, ...limits },
    {
      logger: createLogger('silent'),
      metrics: createMetrics(new Registry(), gauges),
      onRecovered: () => undefined,
    },
  );
  const push = (sensorId: string, seq: number): Promise<Error | undefined> =>
    new Promise((resolve, reject) => {
      const raw = { sensorId, receivedAt: new Date(0), topic: '', reason: '', payload: Buffer.alloc(0) };
      const accepted = queue.push({ sensorId, raw, message: message({ sensorId, seq }) }, resolve);
      if (!accepted) reject(new Error('full'));
    });
  return { queue, push };
}

test('what arrives while a batch commits goes together with the next, one message of each sensor', async () => {
  const batches: string[][] = [];
  const { push } = createQueue({
    async record(messages) {
      batches.push(messages.map((said) => `${said.sensorId}${said.seq}`));
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      return recorded(messages);
    },
  });
  await Promise.all([push('a', 1), push('b', 1), push('a', 2), push('a', 3), push('c', 1)]);
  expect(batches).toEqual([['a1', 'b1', 'c1'], ['a2'], ['a3']]);
});

test('a batch holds so many sensors and no more', async () => {
  const sizes: number[] = [];
  const { push } = createQueue(
    {
      async record(messages) {
        sizes.push(messages.length);
        return recorded(messages);
      },
    },
    { batchSize: 4 },
  );
  await Promise.all(Array.from({ length: 10 }, (_, n) => push(`s${n}`, 1)));
  expect(sizes).toEqual([4, 4, 2]);
});

test('a batch is acknowledged while the database works on the next', async () => {
  const told: string[] = [];
  const commits: (() => void)[] = [];
  const { push } = createQueue(
    {
      async record(messages) {
        const names = messages.map((said) => said.sensorId).join('');
        told.push(`begun ${names}`);
        await new Promise<void>((resolve) => commits.push(resolve));
        told.push(`committed ${names}`);
        return recorded(messages);
      },
    },
    { batchSize: 2 },
  );
  const acknowledged = ['a', 'b', 'c'].map((id) => push(id, 1).then(() => told.push(`acknowledged ${id}`)));
  await vi.waitFor(() => expect(commits).toHaveLength(1));
  commits[0]?.();
  await Promise.all(acknowledged.slice(0, 2));
  commits[1]?.();
  await Promise.all(acknowledged);
  expect(told).toEqual([
    'begun ab',
    'committed ab',
    'begun c',
    'acknowledged a',
    'acknowledged b',
    'committed c',
    'acknowledged c',
  ]);
});

test("a sensor's messages are acknowledged in their order, however quick the database is", async () => {
  const { push } = createQueue({}, { batchSize: 1 });
  const order: string[] = [];
  const send = (id: string, seq: number) => push(id, seq).then(() => order.push(`${id}${seq}`));
  await Promise.all([send('a', 1), send('b', 1), send('a', 2), send('a', 3), send('b', 2)]);
  expect(order.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(order.filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2']);
});

test('many sensors that speak at once share two commits, so that one is answered while the other is stored', async () => {
  const sizes: number[] = [];
  const { push } = createQueue({
    async record(messages) {
      sizes.push(messages.length);
      return recorded(messages);
    },
  });
  await Promise.all(Array.from({ length: 100 }, (_, n) => push(`s${n}`, 1)));
  expect(sizes).toEqual([50, 50]);
});

test('the same batch is tried again until the database takes it, and nothing overtakes it', async () => {
  const tried: number[][] = [];
  const { push } = createQueue({
    async record(messages) {
      tried.push(messages.map((said) => said.seq ?? 0));
      if (tried.length < 4) throw new Error('connection terminated');
      return recorded(messages);
    },
  });
  await Promise.all([push('a', 1), push('a', 2)]);
  expect(tried).toEqual([[1], [1], [1], [1], [2]]);
});

test('a message that the database refuses for good is put aside, and the others are stored', async () => {
  const stored: number[] = [];
  const aside: string[] = [];
  const { push } = createQueue({
    async record(messages) {
      if (messages.some((said) => said.seq === 13)) {
        throw Object.assign(new pg.DatabaseError('out of range', 0, 'error'), { code: '22003' });
      }
      stored.push(...messages.map((said) => said.seq ?? 0));
      return recorded(messages);
    },
    async quarantine(unread) {
      aside.push(...unread.map((item) => `${item.sensorId} ${item.reason}`));
    },
  });
  await Promise.all(Array.from({ length: 20 }, (_, n) => push(`s${n}`, n)));
  expect(aside).toEqual(['s13 refused_by_database']);
  expect(stored.sort((a, b) => a - b)).toEqual([...Array(20).keys()].filter((n) => n !== 13));
});

test('a payload that cannot be read is acknowledged once it is stored, and not before', async () => {
  const stored = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { queue } = createQueue({
    quarantine() {
      begun.resolve();
      return stored.promise;
    },
  });
  const raw = { sensorId: 'a', receivedAt: new Date(0), topic: '', reason: '', payload: Buffer.alloc(0) };
  const settled = vi.fn();
  queue.push({ sensorId: 'a', raw, message: undefined }, settled);
  await begun.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).not.toHaveBeenCalled();
  stored.resolve();
  await vi.waitFor(() => expect(settled).toHaveBeenCalledWith());
});

test('a full queue takes nothing more', async () => {
  const { push, queue } = createQueue({ record: () => new Promise(() => undefined) }, { mostPending: 2 });
  void push('a', 1);
  void push('b', 1);
  await expect(push('c', 1)).rejects.toThrow('full');
  await queue.stop(10);
});

test('a stop waits for a database that hangs only so long', async () => {
  const { push, queue } = createQueue({ record: () => new Promise(() => undefined) });
  let settled = false;
  void push('a', 1).then(() => {
    settled = true;
  });
  await queue.stop(50);
  expect(settled).toBe(false);
});
