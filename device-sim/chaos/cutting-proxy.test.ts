import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';

/** An echo behind the proxy, and whoever speaks to it. */
let echo: Server;
let heard: string;
let proxy: CuttingProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  heard = '';
  echo = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      heard += bytes;
      socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startCuttingProxy(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  echo.close();
});

async function call(): Promise<Socket> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, words: string): Promise<string> {
  socket.write(words);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return String(bytes);
}

test('a whole line carries both ways', async () => {
  expect(await ask(await call(), 'here')).toBe('here');
});

test('a line that resets breaks what is open', async () => {
  const socket = await call();
  await ask(socket, 'here');
  const broken = once(socket, 'error');
  await proxy.set('resetting');
  expect(await broken).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
});

test('a line that refuses has nobody listening, and is there again afterwards at the same place', async () => {
  await proxy.set('refusing');
  await expect(call()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.set('whole');
  expect(await ask(await call(), 'again')).toBe('again');
});

test('a silent line loses nothing of what was said meanwhile, on old connections and new ones', async () => {
  const old = await call();
  await ask(old, 'before ');
  await proxy.set('silent');
  const fresh = await call();
  const answers = [once(old, 'data'), once(fresh, 'data')];
  old.write('old ');
  fresh.write('new ');
  // Another line has come and gone meanwhile.
  await once(connect((echo.address() as AddressInfo).port, '127.0.0.1').end(), 'close');
  expect(heard).toBe('before ');
  await proxy.set('whole');
  await Promise.all(answers);
  expect(heard).toMatch(/old /);
  expect(heard).toMatch(/new /);
});

test('a late line keeps the order', async () => {
  const socket = await call();
  await ask(socket, 'a');
  await proxy.set({ delayMs: 20 });
  socket.write('b');
  await proxy.set('whole');
  expect(await ask(socket, 'c')).toMatch(/^b/);
  expect(heard.startsWith('ab')).toBe(true);
});

test('a forgotten connection stays open and dead, and a new one works', async () => {
  const socket = await call();
  await ask(socket, 'before');
  proxy.forget();
  socket.write('into nothing');
  expect(await ask(await call(), ' after')).toBe(' after');
  expect(heard).toBe('before after');
  expect(socket.destroyed).toBe(false);
});
