import { connect, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { CONNACK, connectPacket } from '#sim/bench/mqtt-frames.ts';
import { createPool } from '#store/connect.ts';
import { type BrokerFixture, enrolSensors, secretOf, startBroker } from './testing/broker-fixture.ts';

let database: TestDatabase;
let admin: pg.Pool;
let broker: BrokerFixture;
let sockets: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 2, name: 'admin', onError: () => undefined });
  await enrolSensors(admin, ['good', 'guessed']);
});
beforeEach(async () => {
  broker = await startBroker(database.url, { proxyProtocol: true });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await broker.stop();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

/** Writes these pieces one after the other; each but the last has gone out by itself. */
function say(...pieces: (string | Buffer)[]): Promise<'let in' | 'refused' | 'closed'> {
  const port = broker.broker.addresses().tcp?.port ?? 0;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  sockets.push(socket);
  const next = () => {
    const piece = pieces.shift();
    if (piece !== undefined) socket.write(piece, () => setImmediate(next));
  };
  socket.once('connect', next);
  return new Promise((resolve) => {
    socket.once('data', (answer: Buffer) =>
      resolve(answer[0] === CONNACK && answer[3] === 0 ? 'let in' : 'refused'),
    );
    socket.once('close', () => resolve('closed'));
    socket.on('error', () => socket.destroy());
  });
}
const from = (address: string, family = 'TCP4') => `PROXY ${family} ${address} 10.0.0.1 4711 1883\r\n`;
const good = () => connectPacket('good', secretOf('good'));

test.each([
  ['in one piece with its client', () => [Buffer.concat([Buffer.from(from('203.0.113.7')), good()])]],
  [
    'in two pieces, cut within the line end',
    () => ['PROXY TCP4 203.0.113.7 10.0.0.1 4711 1883\r', '\n', good()],
  ],
  ['for a client of IPv6', () => [from('2001:db8::7', 'TCP6'), good()]],
  ['for itself', () => ['PROXY UNKNOWN\r\n', good()]],
  ['not at all, as the bridge beside it', () => [good()]],
])('a balancer that speaks %s is heard', async (_, pieces) => {
  expect(await say(...pieces())).toBe('let in');
});

test.each([
  ['an address that is none', 'PROXY TCP4 203.0.113.700 10.0.0.1 4711 1883\r\n'],
  ['another family than its address', 'PROXY TCP6 203.0.113.7 10.0.0.1 4711 1883\r\n'],
  ['a line without an end', `PROXY TCP4 ${'1'.repeat(120)}`],
])('%s is refused', async (_, line) => {
  expect(await say(line, good())).toBe('closed');
  expect(await broker.refusals()).toMatchObject({ protocol: 1 });
});

test('who guesses passwords through the balancer is told from the others behind it', async () => {
  const guess = () => say(from('203.0.113.66'), connectPacket('guessed', 'wrong'));
  for (let n = 0; n < 6; n += 1) void guess();
  await expect.poll(async () => (await broker.refusals()).wrong_secret).toBe(6);
  // As many as a suspect has places; the next of the same address is turned away, and of another one is not.
  for (let n = 0; n < 100; n += 1) void guess();
  await expect.poll(async () => (await broker.refusals()).too_many_unknown ?? 0).toBeGreaterThan(0);
  expect(await say(from('203.0.113.7'), good())).toBe('let in');
  expect(await guess()).toBe('closed');
});
