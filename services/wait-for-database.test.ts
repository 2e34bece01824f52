import { connect, createServer, type Server } from 'node:net';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { findFreePort } from '#sim/free-port.ts';
import { waitForDatabase } from './wait-for-database.ts';

let admin: URL;
let waits: number;
let server: Server | undefined;
const signal = new AbortController().signal;
const onWaiting = () => {
  waits += 1;
};

beforeAll(() => {
  admin = new URL(inject('postgresAdminUrl'));
});
afterEach(() => {
  server?.close();
  server = undefined;
});

const wait = (change: (url: URL) => void, until = signal) => {
  waits = 0;
  const url = new URL(admin);
  change(url);
  return waitForDatabase(url.href, { signal: until, onWaiting });
};

describe('the operator’s database', () => {
  test('that is there is not waited for', async () => {
    await wait(() => undefined);
    expect(waits).toBe(0);
  });

  test.each([
    ['the password is wrong', (url: URL) => (url.password = 'not-it')],
    ['there is no such user', (url: URL) => (url.username = 'nobody_here')],
    ['there is no such database', (url: URL) => (url.pathname = '/not_there')],
  ])('refuses us at once where %s, without a secret in the words', async (_why, change) => {
    const from = performance.now();
    const refusal = await wait(change).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      hint: 'Check the user, the password and the name of the database in DATABASE_URL.',
    });
    expect(String(refusal)).not.toContain('not-it');
    expect(waits).toBe(0);
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  test('that comes up after us is waited for, which is said once', async () => {
    const port = await findFreePort();
    const away = wait((url) => (url.port = String(port)));
    await expect.poll(() => waits).toBe(1);
    server = createServer((socket) => {
      const onward = connect(Number(admin.port), admin.hostname);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    }).listen(port, '127.0.0.1');
    await away;
    expect(waits).toBe(1);
  });

  test('is not waited for any longer by a start that is broken off', async () => {
    const port = await findFreePort();
    const ending = new AbortController();
    const away = wait((url) => (url.port = String(port)), ending.signal);
    await expect.poll(() => waits).toBe(1);
    ending.abort();
    await expect(away).rejects.toBe(ending.signal.reason);
  });
});
