import { connect as connectTcp, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { CONNACK, connectPacket } from '#sim/bench/mqtt-frames.ts';
import { createPool } from '#store/connect.ts';
import { createAddressThrottle } from './address-throttle.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import {
  type BrokerFixture,
  closed,
  connectSensor,
  enrolSensors,
  secretOf,
  startBroker,
} from './testing/broker-fixture.ts';

let database: TestDatabase;
let admin: pg.Pool;
let broker: BrokerFixture;
let sockets: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 2, name: 'admin', onError: () => undefined });
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

const port = () => broker.broker.addresses().tcp?.port ?? 0;

/** What becomes of a connection: `let in`, `refused` by an answer, or `closed` without one. */
function knock(sensorId: string, secret: string): Promise<'let in' | 'refused' | 'closed'> {
  const socket = connectTcp(port(), '127.0.0.1', () => socket.write(connectPacket(sensorId, secret)));
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('data', (answer: Buffer) => {
      resolve(answer[0] === CONNACK && answer[3] === 0 ? 'let in' : 'refused');
    });
    socket.once('close', () => resolve('closed'));
    // What was refused at the door before it was read is reset; its close follows.
    socket.on('error', () => socket.destroy());
  });
}

/** However it ends: with a reset too. */
const gone = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

const took = async (work: Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work;
  return performance.now() - from;
};

describe('an address', () => {
  test('that tries sixty passwords at once has them answered one after the other; its good sensors are let in', async () => {
    broker = await startBroker(database.url);
    await enrolSensors(admin, ['guessed', 'good']);
    let answered = 0;
    const guess = async () => {
      await knock('guessed', `guess ${Math.random()}`);
      answered += 1;
    };
    for (let n = 0; n < 60; n += 1) void guess();
    await expect.poll(async () => (await broker.refusals()).wrong_secret, { timeout: 5_000 }).toBe(60);
    expect(
      await took(connectSensor(broker.url, 'good').then((client) => client.endAsync(true))),
    ).toBeLessThan(1_000);
    await expect.poll(() => answered, { timeout: 6_000 }).toBe(8);
    // The ninth comes four seconds after the eighth.
    expect(answered).toBeLessThanOrEqual(9);
  });

  test('that leaves before its wrong password is answered and comes again is not let near, and fills nothing', async () => {
    broker = await startBroker(database.url);
    await enrolSensors(admin, ['guessed', 'good']);
    const turnedAway = async () => {
      const { wrong_secret: judged = 0, too_many_unknown: unread = 0 } = await broker.refusals();
      return judged + unread;
    };
    const throttle = createAddressThrottle();
    const answerTimes = Array.from({ length: 300 }, () => throttle.fail('guessed', 0));
    const begunAt = performance.now();
    const answeredBy = (at: number) => answerTimes.filter((time) => time <= at - begunAt).length;
    let freed = 0;
    for (let come = 50; come <= 300; come += 50) {
      // What was answered 200 ms ago has gone out: its places are there for this crowd.
      freed = answeredBy(performance.now() - 200);
      const crowd = Array.from({ length: 50 }, () => {
        const socket = connectTcp(port(), '127.0.0.1', () => socket.write(connectPacket('guessed', 'wrong')));
        socket.on('error', () => socket.destroy());
        return socket;
      });
      sockets.push(...crowd);
      const left = crowd.map(gone);
      // Each is judged or was not let near; none has waited for its answer.
      await expect.poll(turnedAway, { timeout: 10_000 }).toBe(come);
      for (const socket of crowd) socket.destroy();
      await Promise.all(left);
    }
    // As many as a suspect has places, and whoever came into one that an answer had set free meanwhile.
    const answered = answeredBy(performance.now());
    const { wrong_secret: judged = 0, too_many_unknown: unread = 0 } = await broker.refusals();
    expect(judged).toBeGreaterThanOrEqual(DEFAULT_LIMITS.unknownPerSuspect + freed);
    expect(judged).toBeLessThanOrEqual(DEFAULT_LIMITS.unknownPerSuspect + answered);
    expect(judged + unread).toBe(300);
    await expect.poll(() => broker.broker.status().connections).toBe(0);
  });

  test('whose connections say nothing is given few more', async () => {
    broker = await startBroker(database.url, { limits: { connectTimeoutMs: 100, unknownPerSuspect: 10 } });
    const silent = () => {
      const socket = connectTcp(port(), '127.0.0.1');
      socket.on('error', () => socket.destroy());
      sockets.push(socket);
      return socket;
    };
    await Promise.all(Array.from({ length: 30 }, () => gone(silent())));
    expect(await broker.refusals()).not.toHaveProperty('too_many_unknown');
    await Promise.all(Array.from({ length: 30 }, () => gone(silent())));
    expect(await broker.refusals()).toMatchObject({ too_many_unknown: 20 });
  });

  test('of two thousand good sensors has them all in at once, and also where a few of them are wrong', {
    timeout: 90_000,
  }, async () => {
    broker = await startBroker(database.url, { maxConnections: 20_000 });
    const ids = Array.from({ length: 2_000 }, (_, n) => `storm-${n}`);
    await enrolSensors(admin, ids);
    const comeIn = async (id: string): Promise<number> => {
      for (let tries = 1; ; tries += 1) if ((await knock(id, secretOf(id))) === 'let in') return tries;
    };
    expect(new Set(await Promise.all(ids.map(comeIn)))).toEqual(new Set([1]));

    for (const socket of sockets) socket.destroy();
    await expect.poll(() => broker.broker.status().connections, { timeout: 10_000 }).toBe(0);
    for (let n = 0; n < 20; n += 1) void knock('storm-0', 'wrong');
    await expect.poll(async () => (await broker.refusals()).wrong_secret, { timeout: 5_000 }).toBe(20);
    expect(await took(Promise.all(ids.map(comeIn)))).toBeLessThan(20_000);
  });
});

test('a sensor that publishes to foreign topics waits when it comes again, and its neighbours do not', async () => {
  broker = await startBroker(database.url);
  await enrolSensors(admin, ['meddler', 'neighbour']);
  for (let n = 0; n < 8; n += 1) {
    const client = await connectSensor(broker.url, 'meddler');
    client.publish('pact/v1/neighbour/event', '{"type":"opened"}', { qos: 1 });
    await closed(client);
  }
  expect(await broker.refusals()).toMatchObject({ foreign_topic: 8 });
  const neighbour = took(connectSensor(broker.url, 'neighbour').then((client) => client.endAsync(true)));
  const meddler = took(connectSensor(broker.url, 'meddler').then((client) => client.endAsync(true)));
  const waited = await meddler;
  expect(waited).toBeGreaterThan(500);
  expect(await neighbour).toBeLessThan(waited);
});
