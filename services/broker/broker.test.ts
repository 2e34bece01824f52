import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import type { IClientOptions, MqttClient } from 'mqtt';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventTopic, statusTopic } from '#contracts/mqtt/topics.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { forgetBrokers } from '#store/sensor/broker-presence.ts';
import {
  type BrokerFixture,
  closed,
  connectSensor,
  enrolSensors,
  say,
  startBroker,
} from './testing/broker-fixture.ts';
import { createSelfSigned } from './testing/self-signed.ts';

let database: TestDatabase;
let admin: pg.Pool;
let running: BrokerFixture[] = [];
let count = 0;

const start = async (
  ...options: Parameters<typeof startBroker> extends [string, ...infer Rest] ? Rest : never
) => {
  const fixture = await startBroker(database.url, ...options);
  running.push(fixture);
  return fixture;
};

/** Each test has sensors of its own. */
const enrol = async (): Promise<string> => {
  count += 1;
  const id = `sensor-${count}`;
  await enrolSensors(admin, [id]);
  return id;
};

const eventsOf = async (id: string) =>
  (await admin.query('select * from event where sensor_id = $1 order by id', [id])).rows;
const stateOf = async (id: string) =>
  (await admin.query('select * from sensor_state where sensor_id = $1', [id])).rows[0];

/** Keeps every event out until released. */
async function lockEvents(): Promise<{ waitForBroker(): Promise<void>; release(): Promise<void> }> {
  const client = await admin.connect();
  await client.query('begin; lock table event in access exclusive mode');
  return {
    waitForBroker: () =>
      vi.waitFor(
        async () => {
          const { rows } = await admin.query(
            `select 1 from pg_locks where not granted and relation = 'event'::regclass`,
          );
          expect(rows.length).toBeGreaterThan(0);
        },
        { timeout: 10_000, interval: 20 },
      ),
    async release() {
      await client.query('rollback');
      client.release();
    },
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 8, name: 'admin', onError: () => undefined });
});
afterEach(async () => {
  for (const fixture of running) await fixture.stop();
  running = [];
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

describe('an acknowledgement', () => {
  test('comes after the commit and not before', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    const lock = await lockEvents();
    let acknowledged = false;
    const published = say(client, id, { type: 'opened', seq: 1 }).then(() => {
      acknowledged = true;
    });
    await lock.waitForBroker();
    expect(acknowledged).toBe(false);
    await lock.release();
    await published;
    expect(await eventsOf(id)).toMatchObject([{ type: 'opened', opening: true, judged: false }]);
  });

  test('is also the event itself, handed back to a sensor that listens to its own topic', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(String(payload)));
    await client.subscribeAsync(eventTopic(id), { qos: 1 });
    const lock = await lockEvents();
    const published = say(client, id, { type: 'opened', seq: 1 });
    await lock.waitForBroker();
    expect(heard).toEqual([]);
    await lock.release();
    await published;
    // Sent again because the first answer got lost: known already, and safe all the same.
    await say(client, id, { type: 'opened', seq: 1 });
    await vi.waitFor(() => expect(heard).toEqual(Array(2).fill('{"type":"opened","seq":1}')));
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('of QoS 2 comes after the commit too, and a repeated message is one event', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    const lock = await lockEvents();
    const received: string[] = [];
    client.on('packetreceive', (packet) => received.push(packet.cmd));
    const published = client.publishAsync(eventTopic(id), '{"type":"opened","seq":1}', { qos: 2 });
    await lock.waitForBroker();
    expect(received).not.toContain('pubrec');
    await lock.release();
    await published;
    await client.publishAsync(eventTopic(id), '{"type":"opened","seq":1}', { qos: 2, dup: true });
    expect(received.filter((cmd) => cmd === 'pubcomp')).toHaveLength(2);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('that takes too long closes the connection, and the message is stored all the same', async () => {
    const { connect, refusals } = await start({ limits: { ackWaitMs: 200 } });
    const id = await enrol();
    const client = await connect(id);
    const lock = await lockEvents();
    client.publish(eventTopic(id), '{"type":"opened","seq":1}', { qos: 1 });
    await closed(client);
    expect(await refusals()).toMatchObject({ ack_overdue: 1 });
    await lock.release();
    await vi.waitFor(async () => expect(await eventsOf(id)).toHaveLength(1));
    const again = await connect(id);
    await say(again, id, { type: 'opened', seq: 1 });
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('comes for thousands of messages that one sensor sends at once, in their order', async () => {
    const { connect } = await start({ limits: { perSecond: 1e6, burst: 1e6, pauseReadingAt: 8 } });
    const id = await enrol();
    const client = await connect(id);
    const payloads = Array.from({ length: 1_500 }, (_, seq) => ({
      type: seq % 2 ? 'opened' : 'closed',
      seq,
      firmware: 'x'.repeat(seq % 64),
    }));
    await Promise.all(payloads.map((payload) => say(client, id, payload)));
    expect((await eventsOf(id)).map((event) => event.seq)).toEqual(payloads.map(({ seq }) => seq));
    expect(await stateOf(id)).toMatchObject({ curtain: 'open', last_seq: 1_499 });
  });

  test('comes for QoS 0 never, and the message is stored', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    await client.publishAsync(eventTopic(id), '{"type":"closed","seq":1}', { qos: 0 });
    await vi.waitFor(async () => expect(await eventsOf(id)).toHaveLength(1));
  });
});

describe('a payload that cannot be read', () => {
  test('is acknowledged, kept with its reason, and counted', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    const garbage: [string, string | Buffer][] = [
      ['not_json', 'hello'],
      ['not_utf8', Buffer.from([0xff, 0xfe])],
      ['too_deep', '['.repeat(900)],
      ['type_unknown', '{"type":"open"}'],
      ['position_invalid', '{"type":"position","position":"80"}'],
      ['too_large', `{"type":"opened","x":"${'x'.repeat(2_000)}"}`],
    ];
    for (const [, payload] of garbage) await say(client, id, payload);
    await client.publishAsync(statusTopic(id), 'maybe', { qos: 1 });
    const { rows } = await admin.query('select reason from quarantine where sensor_id = $1 order by id', [
      id,
    ]);
    expect(rows.map((row) => row.reason)).toEqual([...garbage.map(([reason]) => reason), 'status_unknown']);
    expect(await eventsOf(id)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ quarantined: 7, last_seen_at: null });
    for (let n = 0; n < 30; n += 1) await say(client, id, `garbage ${n}`);
    const kept = await admin.query('select 1 from quarantine where sensor_id = $1', [id]);
    expect(kept.rowCount).toBe(20);
  });
});

describe('who is let in', () => {
  test.each([
    ['with a wrong secret', { password: 'secret of somebody' }, 'wrong_secret'],
    ['without a secret', { password: '' }, 'wrong_secret'],
    ['that nobody enrolled', { username: 'stranger' }, 'unknown_sensor'],
    ['with a name that is none', { username: 'a/b' }, 'bad_username'],
  ] as [string, IClientOptions, string][])('not a sensor %s', async (_, options, reason) => {
    const { connect, refusals } = await start();
    const id = await enrol();
    await expect(connect(id, options)).rejects.toMatchObject({ code: 5 });
    expect(await refusals()).toMatchObject({ [reason]: 1 });
  });

  test('not a retired sensor, whose connection can be ended at once', async () => {
    const { connect, broker } = await start();
    const id = await enrol();
    const client = await connect(id);
    await admin.query('update sensor set retired_at = now() where id = $1', [id]);
    const ended = closed(client);
    broker.disconnect(id);
    await ended;
    await expect(connect(id)).rejects.toMatchObject({ code: 5 });
  });

  test('a sensor that takes another one’s client id leaves that one connected', async () => {
    const { connect } = await start();
    const [victim, thief] = [await enrol(), await enrol()];
    const client = await connect(victim);
    await connect(thief, { clientId: victim });
    await say(client, victim, { type: 'opened', seq: 1 });
    expect(await eventsOf(victim)).toHaveLength(1);
  });

  test('a sensor that connects anew takes over its own connection', async () => {
    const { connect } = await start();
    const id = await enrol();
    const first = await connect(id, { clientId: 'one' });
    const ended = closed(first);
    const second = await connect(id, { clientId: 'two' });
    await ended;
    await say(second, id, { type: 'opened', seq: 1 });
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: true }));
  });

  test('and holds the packet with its secret no longer than it takes', async () => {
    const id = await enrol();
    const { connect } = await start();
    const sensor = await connect(id);
    const received = new Promise<object>((resolve) => sensor.once('packetreceive', resolve));
    await say(sensor, id, { type: 'opened', seq: 1 });
    // What both ends parse is of one class: a packet that let a sensor in shows up among all that anybody holds.
    const packet = await received;
    const held = queryObjects(packet.constructor, { format: 'summary' });
    expect(held.filter((one) => one.includes(id) && one.includes('password'))).toEqual([]);
  });

  test('hundreds at once, with few queries', async () => {
    const { connect, pool, broker } = await start();
    const ids = Array.from({ length: 200 }, (_, n) => `storm-${n}`);
    await enrolSensors(admin, ids);
    const query = vi.spyOn(pool, 'query');
    const client = await admin.connect();
    await client.query('begin; lock table sensor in access exclusive mode');
    const connected = Promise.all(ids.map((id) => connect(id)));
    await vi.waitFor(() => expect(broker.status().connections).toBe(200), 10_000);
    await client.query('rollback');
    client.release();
    await connected;
    const lookups = query.mock.calls.filter(([text]) =>
      JSON.stringify(text).includes('pact-load-credentials'),
    );
    expect(lookups.length).toBeLessThan(20);
  });

  test('only as many connections as are allowed', async () => {
    const { connect, refusals } = await start({ maxConnections: 1 });
    const [one, two] = [await enrol(), await enrol()];
    await connect(one);
    await expect(connect(two)).rejects.toThrow();
    expect(await refusals()).toMatchObject({ too_many_connections: 1 });
  });
});

describe('what a sensor may do', () => {
  test.each([
    ['another sensor’s topic', eventTopic('other')],
    ['a topic of its own making', 'pact/v1/self/event/more'],
    ['a system topic', '$SYS/x/new/clients'],
  ])('a publish to %s closes its connection', async (_, topic) => {
    const { connect, refusals } = await start();
    const id = await enrol();
    const client = await connect(id);
    client.publish(topic, '{"type":"opened"}', { qos: 1 });
    await closed(client);
    expect(await refusals()).toMatchObject({ foreign_topic: 1 });
  });

  test('it may listen to its own topics and to nothing else', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    const granted = await client.subscribeAsync(`pact/v1/${id}/+`, { qos: 1 });
    expect(granted).toMatchObject([{ qos: 1 }]);
    for (const filter of ['#', 'pact/v1/+/event', eventTopic('other'), '$SYS/#']) {
      const refused = await client.subscribeAsync(filter).catch((error: Error) => error.message);
      expect(JSON.stringify(refused)).toMatch(/128|refused|Unspecified/i);
    }
  });

  test('a retained message is no proof', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    await client.publishAsync(eventTopic(id), '{"type":"opened"}', { qos: 1, retain: true });
    expect(await eventsOf(id)).toMatchObject([{ retained: true, opening: false }]);
  });

  test('its last will is never an event, and tells that it is offline', async () => {
    const { connect } = await start();
    const [liar, honest] = [await enrol(), await enrol()];
    const will = { payload: Buffer.from('{"type":"opened"}'), qos: 1 as const, retain: false };
    const one = await connect(liar, { will: { ...will, topic: eventTopic(liar) } });
    const two = await connect(honest, {
      will: { ...will, topic: statusTopic(honest), payload: Buffer.from('offline') },
    });
    await vi.waitFor(async () => expect(await stateOf(honest)).toMatchObject({ online: true }));
    one.stream.destroy();
    two.stream.destroy();
    for (const id of [liar, honest]) {
      await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: false }));
      expect(await eventsOf(id)).toEqual([]);
    }
  });

  test('it is online again at once when its broker was taken for dead', async () => {
    const clock = createManualClock('2026-11-24T00:00:00Z');
    let held: Promise<void> | undefined;
    const { connect } = await start({}, { clock, touch: async () => held });
    const id = await enrol();
    await connect(id);
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: true }));
    // It says nothing for a while, or it would be back before anybody has looked.
    const { promise, resolve: goOn } = Promise.withResolvers<void>();
    held = promise;
    await forgetBrokers(createDatabase(admin), clock.now().add({ minutes: 5 }), 30_000);
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: false }));
    goOn();
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: true }), {
      timeout: 10_000,
    });
  });

  test('it says itself whether it is online', async () => {
    const { connect } = await start();
    const id = await enrol();
    const client = await connect(id);
    await client.publishAsync(statusTopic(id), 'offline', { qos: 1 });
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: false }));
    await client.publishAsync(statusTopic(id), 'online', { qos: 1 });
    await vi.waitFor(async () =>
      expect(await stateOf(id)).toMatchObject({ online: true, last_seen_at: null }),
    );
  });
});

describe('a packet that is too large', () => {
  test('ends a connection at its header, before anybody knows whose it is', async () => {
    const { socket, refusals } = await start();
    const connection = await socket();
    // CONNECT, and the length of 256 MB.
    connection.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await once(connection, 'close');
    expect(await refusals()).toMatchObject({ packet_too_large: 1 });
  });

  test('ends a connection also after it was let in', async () => {
    const { connect, refusals } = await start();
    const id = await enrol();
    const client = await connect(id);
    await say(client, id, 'x'.repeat(8_000));
    client.publish(eventTopic(id), 'x'.repeat(8_200), { qos: 1 });
    await closed(client);
    expect(await refusals()).toMatchObject({ packet_too_large: 1 });
  });

  test('cut into single bytes is seen too, and a small one in pieces is read', async () => {
    const { socket } = await start({ limits: { packetBytesBefore: 200 } });
    const connection = await socket();
    connection.setNoDelay(true);
    for (const byte of [0x10, 0xc9, 0x01]) connection.write(Buffer.from([byte]));
    await once(connection, 'close');
  });

  test('nothing at all is waited for as long as is allowed', async () => {
    const { socket } = await start({ limits: { connectTimeoutMs: 100 } });
    await once(await socket(), 'close');
  });
});

describe('too much of it', () => {
  test('over the rate is acknowledged later, and none is lost', async () => {
    const { connect } = await start({ limits: { perSecond: 50, burst: 3 } });
    const id = await enrol();
    const client = await connect(id);
    const from = performance.now();
    await Promise.all(Array.from({ length: 13 }, (_, seq) => say(client, id, { type: 'closed', seq })));
    expect(performance.now() - from).toBeGreaterThan(150);
    expect((await eventsOf(id)).map((event) => event.seq)).toEqual([...Array(13).keys()]);
  });

  test('at once is a flood and closes the connection', async () => {
    const { connect, refusals } = await start({ limits: { perSecond: 10, burst: 5, mostHoldMs: 500 } });
    const id = await enrol();
    const client = await connect(id);
    for (let seq = 0; seq < 50; seq += 1)
      client.publish(eventTopic(id), `{"type":"closed","seq":${seq}}`, { qos: 1 });
    await closed(client);
    expect(await refusals()).toHaveProperty('flood');
  });

  test('of all sensors together, while the database is away, closes the newest', async () => {
    const { connect, refusals, broker } = await start({ limits: { mostPending: 3 } });
    const ids = [await enrol(), await enrol(), await enrol(), await enrol()];
    const clients: MqttClient[] = [];
    for (const id of ids) clients.push(await connect(id));
    const lock = await lockEvents();
    const published = ids
      .slice(0, 3)
      .map((id, n) => say(clients[n] as MqttClient, id, { type: 'opened', seq: 1 }));
    await vi.waitFor(() => expect(broker.status().pending).toBe(3));
    clients[3]?.publish(eventTopic(ids[3] as string), '{"type":"opened"}', { qos: 1 });
    await closed(clients[3] as MqttClient);
    expect(await refusals()).toMatchObject({ backlog_full: 1 });
    await lock.release();
    await Promise.all(published);
  });
});

describe('listeners', () => {
  test('speak TLS and WebSocket as well', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pact-tls-'));
    const { cert, key } = createSelfSigned();
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, key);
    const { broker } = await start({ port: undefined, wsPort: 0, tls: { port: 0, ...files } });
    const { tcp, tls, ws } = broker.addresses();
    expect(tcp).toBeUndefined();
    for (const url of [`mqtts://localhost:${tls?.port}`, `ws://127.0.0.1:${ws?.port}/mqtt`]) {
      const id = await enrol();
      const client = await connectSensor(url, id, { ca: cert, family: 4 } as object);
      await say(client, id, { type: 'opened', seq: 1 });
      expect(await eventsOf(id)).toHaveLength(1);
      await client.endAsync(true);
    }
    await rm(folder, { recursive: true });
  });

  test('say which key to change when a port is busy, and leave nothing open', async () => {
    const { broker } = await start();
    const port = broker.addresses().tcp?.port;
    await expect(startBroker(database.url, { wsPort: 0, port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      hint: expect.stringContaining('PACT_MQTT_PORT'),
    });
  });

  test('name the key of a certificate that cannot be read', async () => {
    const tls = { port: 0, certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
    await expect(startBroker(database.url, { tls })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('PACT_MQTT_TLS_CERT'),
    });
  });
});

test('two brokers that serve a sensor at once store one event', async () => {
  const [one, two] = [await start(), await start()];
  const id = await enrol();
  const clients = [await one.connect(id), await two.connect(id)];
  const now = Date.now();
  await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 20 }, (_, seq) => say(client, id, { type: 'opened', seq, at: now - seq * 1_000 })),
    ),
  );
  expect((await eventsOf(id)).map((event) => event.seq).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
});

test('a stop commits and acknowledges what was accepted, within three seconds', async () => {
  const fixture = await start();
  const id = await enrol();
  const client = await fixture.connect(id);
  const lock = await lockEvents();
  const published = say(client, id, { type: 'opened', seq: 1 });
  await lock.waitForBroker();
  const from = performance.now();
  const stopped = fixture.broker.stop();
  await lock.release();
  await Promise.all([published, stopped]);
  expect(performance.now() - from).toBeLessThan(3_000);
  expect(await eventsOf(id)).toHaveLength(1);
  await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: false }));
});
