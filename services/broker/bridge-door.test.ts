import type { MqttClient } from 'mqtt';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { eventTopic, statusTopic } from '#contracts/mqtt/topics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createPool } from '#store/connect.ts';
import {
  type BrokerFixture,
  closed,
  enrolSensors,
  pairDevices,
  say,
  startBroker,
} from './testing/broker-fixture.ts';

let database: TestDatabase;
let admin: pg.Pool;
let server: pg.Pool;
let running: BrokerFixture[] = [];
let count = 0;

const start = async (
  ...options: Parameters<typeof startBroker> extends [string, ...infer Rest] ? Rest : never
) => {
  const fixture = await startBroker(database.url, ...options);
  running.push(fixture);
  return fixture;
};

const named = (): string => {
  count += 1;
  return `behind-${count}`;
};
/** A sensor of a device, for this test alone. */
const pair = async (): Promise<string> => {
  const id = named();
  await enrolSensors(admin, [id]);
  await pairDevices(admin, [id]);
  return id;
};

const eventsOf = async (id: string) =>
  (await admin.query('select * from event where sensor_id = $1 order by id', [id])).rows;
const stateOf = async (id: string) =>
  (await admin.query('select * from sensor_state where sensor_id = $1', [id])).rows[0];
const publish = (bridge: MqttClient, topic: string, payload: string, options: object = {}) =>
  bridge.publishAsync(topic, payload, { qos: 1, ...options });

beforeAll(async () => {
  database = await createTestDatabase();
  const onError = () => undefined;
  admin = createPool({ connectionString: database.url, size: 4, name: 'admin', onError });
  server = createPool({ connectionString: inject('postgresAdminUrl'), size: 1, name: 'server', onError });
});
afterEach(async () => {
  for (const fixture of running) await fixture.stop();
  running = [];
});
afterAll(async () => {
  await admin.end();
  await server.end();
  await database.drop();
});

describe('the bridge is let in', () => {
  test.each([
    ['a wrong password', 'A'.repeat(43)],
    ['none', ''],
  ])('not with %s', async (_, password) => {
    const { connectBridge, refusals } = await start();
    await expect(connectBridge({ password })).rejects.toMatchObject({ code: 5 });
    expect(await refusals()).toEqual({ wrong_secret: 1 });
  });

  test('as nobody that a sensor could be, and no sensor is marked online by it', async () => {
    const { connectBridge } = await start();
    const id = await pair();
    // An old way into the register must not make a bridge of a sensor.
    await enrolSensors(admin, ['~bridge']);
    await expect(connectBridge({ password: 'secret of ~bridge' })).rejects.toMatchObject({ code: 5 });
    await say(await connectBridge(), id, { type: 'heartbeat' });
    const { rows } = await admin.query('select sensor_id from sensor_state where online');
    expect(rows).toEqual([]);
  });

  test('once: a second connection takes over', async () => {
    const { connectBridge } = await start();
    const id = await pair();
    const first = await connectBridge({ clientId: 'one' });
    const ended = closed(first);
    const second = await connectBridge({ clientId: 'two' });
    await ended;
    await say(second, id, { type: 'opened', seq: 1 });
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('and may listen to nothing', async () => {
    const { connectBridge } = await start();
    const id = await pair();
    const bridge = await connectBridge();
    for (const filter of ['#', eventTopic(id)]) {
      const refused = await bridge.subscribeAsync(filter).catch((error: Error) => error.message);
      expect(JSON.stringify(refused)).toMatch(/128|refused|Unspecified/i);
    }
    await say(bridge, id, { type: 'heartbeat' });
  });
});

describe('what it says for a sensor', () => {
  test('is recorded as that sensor’s own, with what could not be read in its quarantine', async () => {
    const { connectBridge } = await start();
    const id = await pair();
    const bridge = await connectBridge();
    await say(bridge, id, { type: 'closed', seq: 1, battery: 88 });
    await say(bridge, id, { type: 'opened', seq: 2 });
    await say(bridge, id, { type: 'opened', seq: 2 });
    await say(bridge, id, 'garbage');
    await publish(bridge, statusTopic(id), 'perhaps');
    expect(await eventsOf(id)).toMatchObject([
      { type: 'closed', opening: false },
      { type: 'opened', opening: true },
    ]);
    expect(await stateOf(id)).toMatchObject({ curtain: 'open', battery: 88, quarantined: 2 });
    const kept = await admin.query('select reason from quarantine where sensor_id = $1 order by id', [id]);
    expect(kept.rows).toEqual([{ reason: 'not_json' }, { reason: 'status_unknown' }]);
  });

  test('retained sets the state and proves nothing', async () => {
    const { connectBridge } = await start();
    const id = await pair();
    await publish(await connectBridge(), eventTopic(id), '{"type":"opened"}', { retain: true });
    expect(await eventsOf(id)).toMatchObject([{ retained: true, opening: false }]);
    expect(await stateOf(id)).toMatchObject({ curtain: 'open', last_seen_at: null });
  });

  test('is turned round from the moment that the sensor is', async () => {
    const { connectBridge, broker } = await start();
    const id = await pair();
    const bridge = await connectBridge();
    await say(bridge, id, { type: 'opened', seq: 1 });
    await admin.query('update sensor set reversed = true where id = $1', [id]);
    broker.disconnect(id);
    await say(bridge, id, { type: 'opened', seq: 2 });
    await admin.query('update sensor set reversed = false where id = $1', [id]);
    await broker.recheck();
    await say(bridge, id, { type: 'opened', seq: 3 });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['opened', 'closed', 'opened']);
    expect(bridge.connected).toBe(true);
  });

  test('says whether it is online, also over the bridge’s next connection, unless it is connected itself', async () => {
    const { connectBridge, connect } = await start();
    const [id, present] = [await pair(), await pair()];
    await publish(await connectBridge(), statusTopic(id), 'online');
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: true }));
    const bridge = await connectBridge();
    await connect(present);
    await publish(bridge, statusTopic(present), 'offline');
    await publish(bridge, statusTopic(id), 'offline');
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ online: false }));
    expect(await stateOf(present)).toMatchObject({ online: true });
  });
});

describe('what is none of its business', () => {
  test('is acknowledged, counted and kept nowhere, and its connection stays', async () => {
    const { connectBridge, connect, refusals } = await start();
    const [id, foreign] = [await pair(), named()];
    await enrolSensors(admin, [foreign]);
    const heard: string[] = [];
    const listeners = await Promise.all([foreign, id].map((sensorId) => connect(sensorId)));
    for (const listener of listeners) {
      await listener.subscribeAsync(`pact/v1/${listener.options.username}/+`);
      listener.on('message', (topic) => heard.push(topic));
    }
    const bridge = await connectBridge();
    const topics = [eventTopic(foreign), statusTopic(foreign), eventTopic('nobody'), eventTopic('~bridge')];
    for (const topic of [...topics, `pact/v1/${foreign}/command`, `pact/v1/${id}/event/more`, '$SYS/x/y'])
      await publish(bridge, topic, '{"type":"opened"}');
    await say(bridge, id, { type: 'opened' });
    expect(await refusals()).toEqual({ bridge_foreign: 7 });
    for (const { rowCount } of [
      await admin.query('select 1 from event where sensor_id = $1', [foreign]),
      await admin.query('select 1 from quarantine where sensor_id = $1', [foreign]),
    ])
      expect(rowCount).toBe(0);
    expect(await eventsOf(id)).toHaveLength(1);
    // Their own words come back to them, and are the first that do; nor are they told what the bridge said for them.
    for (const listener of listeners)
      await say(listener, listener.options.username ?? '', { type: 'tamper' });
    await vi.waitFor(() =>
      expect(heard.toSorted()).toEqual([eventTopic(id), eventTopic(foreign)].toSorted()),
    );
  });

  test('is a sensor that was retired meanwhile, and one that is paired next is let through at once', async () => {
    const { connectBridge, broker, refusals } = await start();
    const [id, next] = [await pair(), named()];
    await enrolSensors(admin, [next]);
    const bridge = await connectBridge();
    await say(bridge, id, { type: 'closed', seq: 1 });
    await admin.query('update sensor set retired_at = now() where id = $1', [id]);
    broker.disconnect(id);
    await say(bridge, id, { type: 'opened', seq: 2 });
    await say(bridge, next, { type: 'opened', seq: 1 });
    await pairDevices(admin, [next]);
    await say(bridge, next, { type: 'opened', seq: 2 });
    expect(await eventsOf(id)).toHaveLength(1);
    expect((await eventsOf(next)).map(({ seq }) => seq)).toEqual([2]);
    expect(await refusals()).toEqual({ bridge_foreign: 2 });
  });
});

describe('much of it at once', () => {
  test('of two hundred sensors is recorded, each sensor’s in its order', async () => {
    const { connectBridge, pool } = await start();
    const ids = Array.from({ length: 200 }, named);
    await enrolSensors(admin, ids);
    await pairDevices(admin, ids);
    const bridge = await connectBridge();
    const query = vi.spyOn(pool, 'query');
    const type = (seq: number) => (seq % 2 ? 'opened' : 'closed');
    await Promise.all(
      [0, 1, 2, 3, 4].flatMap((seq) => ids.map((id) => say(bridge, id, { type: type(seq), seq }))),
    );
    const lookups = query.mock.calls.filter(([text]) =>
      JSON.stringify(text).includes('pact-load-credentials'),
    );
    expect(lookups.length).toBeLessThan(20);
    const { rows } = await admin.query(
      `select array_agg(seq::int order by id) as seqs from event where sensor_id = any($1) group by sensor_id`,
      [ids],
    );
    expect(rows).toEqual(ids.map(() => ({ seqs: [0, 1, 2, 3, 4] })));
  });

  test('of one sensor over its rate holds up that sensor only, in its order, and nobody is sent away', async () => {
    const limits = { perSecond: 20, burst: 3, mostHoldMs: 100, pauseReadingAt: 4, mostPerSensor: 8 };
    const { connectBridge } = await start({ limits });
    const [loud, quiet] = [await pair(), await pair()];
    // By itself the client would put its ping off at every acknowledgement, and be taken for dead.
    const bridge = await connectBridge({ keepalive: 1, reschedulePings: false });
    const answered: string[] = [];
    const pong = new Promise<void>((resolve) => {
      bridge.on('packetreceive', ({ cmd }) => cmd === 'pingresp' && resolve());
    });
    const all = Array.from({ length: 40 }, (_, seq) =>
      say(bridge, loud, { type: seq % 2 ? 'opened' : 'closed', seq }).then(() => answered.push('loud')),
    );
    await say(bridge, quiet, { type: 'opened' }).then(() => answered.push('quiet'));
    expect(answered.length).toBeLessThan(20);
    await pong;
    expect(answered.length).toBeLessThan(41);
    await Promise.all(all);
    expect((await eventsOf(loud)).map(({ seq }) => seq)).toEqual([...Array(40).keys()]);
  });

  test('beyond its limit is not read until some is answered, and none is lost', async () => {
    const { connectBridge } = await start({ limits: { mostFromBridge: 10 } });
    const ids = [await pair(), await pair(), await pair()];
    const bridge = await connectBridge();
    const firmware = 'x'.repeat(60);
    await Promise.all(
      Array.from({ length: 1_500 }, (_, seq) => {
        const id = ids[seq % 3] as string;
        return say(bridge, id, { type: seq % 2 ? 'opened' : 'closed', seq, firmware });
      }),
    );
    for (const [n, id] of ids.entries())
      expect((await eventsOf(id)).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 500 }, (_, index) => index * 3 + n),
      );
  });
});

test('with the database away it is acknowledged nothing and stays, and afterwards all of it', async () => {
  const { connectBridge, broker } = await start({ limits: { ackWaitMs: 200, mostPending: 1 } });
  const ids = [await pair(), await pair(), await pair()];
  const bridge = await connectBridge();
  await say(bridge, ids[0] as string, { type: 'closed', seq: 1 });
  const name = new URL(database.url).pathname.slice(1);
  await server.query(`alter database ${name} with allow_connections false`);
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  let acknowledged = 0;
  const published = ids.map((id) =>
    say(bridge, id, { type: 'opened', seq: 2 }).then(() => {
      acknowledged += 1;
    }),
  );
  // One is known and waits for its commit, the others wait to be known; longer than any sensor would be let wait.
  await vi.waitFor(() => expect(broker.status().heldMs).toBeGreaterThan(600), 10_000);
  expect([acknowledged, bridge.connected]).toEqual([0, true]);
  await server.query(`alter database ${name} with allow_connections true`);
  await Promise.all(published);
  for (const id of ids) expect((await eventsOf(id)).at(-1)).toMatchObject({ seq: 2, opening: true });
});
