import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { type Message, NEW_DEVICE } from '../report/device-state.ts';
import { type Entry, openMemory } from './memory.ts';

let folder: string;
beforeAll(async () => {
  folder = await makeTestFolder('memory');
});
afterAll(() => rm(folder, { recursive: true }));

const OPENED: Message = {
  ...{ type: 'opened', at: 1, seq: 1, position: null, battery: null, rssi: null, firmware: null },
  snapshot: false,
};
const entry = (deviceId: string, key = deviceId): Entry => ({
  sourceId: 'source',
  deliveryKeys: [key],
  onceKeys: [key],
  states: [{ deviceId, curtain: 's', state: { ...NEW_DEVICE, contact: 'open' } }],
  messages: [{ sensorId: 's', message: OPENED }],
  at: 1,
});
const unusable = { code: 'BRIDGE_MEMORY_UNUSABLE' };
const open = (file: string, mostPages?: number) => {
  const failures: unknown[] = [];
  const memory = openMemory(file, {
    onFailed: (error) => failures.push(error),
    ...(mostPages === undefined ? {} : { mostPages }),
  });
  return { memory, failures };
};

test('a file that is no memory of ours, or a newer one, is refused and left as it is', async () => {
  const broken = join(folder, 'broken.sqlite');
  await writeFile(broken, 'not a database, but long enough to be taken for the beginning of one'.repeat(20));
  expect(() => open(broken)).toThrow(expect.objectContaining(unusable));
  const newer = join(folder, 'newer.sqlite');
  const db = new DatabaseSync(newer);
  db.exec('pragma user_version = 99');
  db.close();
  expect(() => open(newer)).toThrow(
    expect.objectContaining({ ...unusable, message: expect.stringContaining('(99)') }),
  );
  const directory = join(folder, 'directory.sqlite');
  await mkdir(directory);
  expect(() => open(directory)).toThrow(expect.objectContaining(unusable));
});

test('a file of the first version is taken over', () => {
  const file = join(folder, 'kept.sqlite');
  open(file).memory.close();
  const { memory } = open(file);
  memory.commit([entry('d')]);
  memory.setLife('source', { gatewayLife: 2, linkedSince: 7 });
  memory.close();
  const { memory: again } = open(file);
  expect(again.stateOf('d', 's').contact).toBe('open');
  expect(again.lifeOf('source')).toEqual({ gatewayLife: 2, linkedSince: 7 });
  expect([again.outbox().length, again.knows('source', 'd'), again.hasTaken('source', 'd')]).toEqual([
    1,
    true,
    true,
  ]);
  again.close();
});

test('after another memory’s time it knows of no device how it stands, and still what our broker has yet to be told', () => {
  const file = join(folder, 'outdated.sqlite');
  const { memory } = open(file);
  memory.commit([entry('d')]);
  memory.setLife('source', { gatewayLife: 2, linkedSince: 7 });
  memory.beginAnew();
  expect([memory.stateOf('d', 's'), memory.lifeOf('source').linkedSince]).toEqual([NEW_DEVICE, 0]);
  memory.close();
  const { memory: again } = open(file);
  expect(again.id).toBe(memory.id);
  expect(again.stateOf('d', 's')).toBe(NEW_DEVICE);
  expect([again.hasTaken('source', 'd'), again.knows('source', 'd')]).toEqual([false, true]);
  expect(again.outbox()).toHaveLength(1);
  again.close();
});

test('a commit that does not fit leaves nothing behind, and goes through when there is room again', () => {
  const file = join(folder, 'full.sqlite');
  const { memory, failures } = open(file, 20);
  const kept: number[] = [];
  const fill = () => {
    for (let n = 0; n < 1_000; n += 1) {
      const rows = memory.commit([entry(`d${n}`, `${n}`.repeat(100))]);
      kept.push(...rows.flat().map(({ id }) => id));
    }
  };
  expect(fill).toThrow(/full/);
  const count = kept.length;
  expect(count).toBeGreaterThan(0);
  expect([memory.waiting(), memory.outbox().length]).toEqual([count, count]);
  expect(memory.stateOf(`d${count}`, 's')).toBe(NEW_DEVICE);
  expect(memory.knows('source', `${count}`.repeat(100))).toBe(false);
  expect([memory.isWritable(), failures.length]).toEqual([false, 1]);

  memory.done(kept, []);
  memory.forgetBefore(2);
  expect(failures).toHaveLength(1);
  expect(memory.isWritable()).toBe(true);
  memory.commit([entry(`d${count}`)]);
  expect(memory.outbox()).toHaveLength(1);
  memory.close();
});

test('how a source is linked is known at once, and written when it can be', () => {
  const file = join(folder, 'locked.sqlite');
  const { memory, failures } = open(file);
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  memory.setLife('source', { gatewayLife: 1, linkedSince: 5 });
  expect(failures).toHaveLength(1);
  expect([memory.isWritable(), memory.lifeOf('source').linkedSince]).toEqual([false, 5]);
  other.exec('commit');
  other.close();
  memory.commit([entry('d')]);
  expect(memory.isWritable()).toBe(true);
  memory.close();
  const { memory: again } = open(file);
  expect(again.lifeOf('source').linkedSince).toBe(5);
  again.close();
});
