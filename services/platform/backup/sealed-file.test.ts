import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PactError } from '../errors.ts';
import { type Part, packArchive, unpackArchive } from './archive.ts';
import { createRecoveryKey, findIdentity, isRecipient, type RecoveryKey } from './recovery-key.ts';
import { readSealed, writeSealed } from './sealed-file.ts';

let folder: string;
let file: string;
let key: RecoveryKey;
let sealed: Buffer;

const PARTS: Part[] = [
  { name: 'manifest.json', bytes: Buffer.from('{}') },
  { name: 'empty', bytes: Buffer.alloc(0) },
  { name: 'tables/event/1', bytes: randomBytes(300_000) },
  { name: 'tables/event/2', bytes: randomBytes(512) },
];

async function* given(parts: readonly Part[]) {
  yield* parts;
}

async function read(path = file, identity = key.identity): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of unpackArchive(readSealed(path, identity))) parts.push(part);
  return parts;
}

const refused = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'read',
    ({ code }: PactError) => code,
  );

async function damage(change: (bytes: Buffer) => Buffer): Promise<string> {
  const damaged = join(folder, 'damaged');
  await writeFile(damaged, change(Buffer.from(sealed)));
  return refused(read(damaged));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pact-sealed-'));
  file = join(folder, 'sealed.age');
  key = await createRecoveryKey();
  await writeSealed(file, [key.recipient], packArchive(given(PARTS)));
  sealed = await readFile(file);
});
afterAll(() => rm(folder, { recursive: true }));

test('what was sealed is read again, by its key alone, from a file that only its owner may read', async () => {
  expect(await read()).toEqual(PARTS.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) })));
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(sealed.includes('manifest.json')).toBe(false);
  expect(await refused(read(file, (await createRecoveryKey()).identity))).toBe('BACKUP_KEY_WRONG');
  expect(await refused(read(join(folder, 'nowhere')))).toBe('NOT_FOUND');
});

test('a file that was cut off, changed, reordered or lengthened is damaged, wherever it was', async () => {
  const header = sealed.length - 300_000;
  const chunk = 64 * 1024 + 16;
  const swapped = (bytes: Buffer) => {
    const from = bytes.indexOf('\n---') + 49 + 16;
    return Buffer.concat([
      bytes.subarray(0, from),
      bytes.subarray(from + chunk, from + 2 * chunk),
      bytes.subarray(from, from + chunk),
      bytes.subarray(from + 2 * chunk),
    ]);
  };
  for (const cut of [0, 10, header, 150_000, sealed.length - 1]) {
    expect([cut, await damage((bytes) => bytes.subarray(0, cut))]).toEqual([cut, 'BACKUP_DAMAGED']);
  }
  for (const at of [0, sealed.indexOf('\n---') + 6, 100_000, sealed.length - 1]) {
    const flip = (bytes: Buffer) => bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1);
    expect([at, await damage(flip)]).toEqual([at, 'BACKUP_DAMAGED']);
  }
  expect(await damage(swapped)).toBe('BACKUP_DAMAGED');
  expect(await damage((bytes) => Buffer.concat([bytes, Buffer.alloc(70_000)]))).toBe('BACKUP_DAMAGED');
});

test('an archive without its end, or of something else, is damaged', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packArchive(given(PARTS))) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  async function* bytes(some: Buffer) {
    yield some;
  }
  const unpack = async (some: Buffer) => {
    for await (const { name } of unpackArchive(bytes(some))) expect(name).toBeTruthy();
  };
  expect(await refused(unpack(whole))).toBe('read');
  expect(await refused(unpack(whole.subarray(0, -1024)))).toBe('BACKUP_DAMAGED');
  expect(await refused(unpack(Buffer.from(whole).fill('x', 0, 1)))).toBe('BACKUP_DAMAGED');
});

test('a recovery key is found as people keep it', () => {
  expect(isRecipient(key.recipient)).toBe(true);
  expect(isRecipient(key.identity)).toBe(false);
  expect(findIdentity(`# made: today\n# public key: ${key.recipient}\n${key.identity}\n`)).toBe(key.identity);
  const spoken = key.identity
    .toLowerCase()
    .match(/.{1,8}/g)
    ?.join(' ');
  expect(findIdentity(spoken ?? '')).toBe(key.identity);
  expect(findIdentity(key.identity.slice(0, -1))).toBeUndefined();
});

test('a fault of what is being written reaches whoever writes', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield randomBytes(200_000);
    throw new Error('the database went away');
  }
  const writing = writeSealed(join(folder, 'failing'), [key.recipient], failing());
  await expect(writing).rejects.toThrow('the database went away');
});
