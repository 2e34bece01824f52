import type { MqttClient } from 'mqtt';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createPool } from '#store/connect.ts';
import type { Limits } from './limits.ts';
import type { MakersMessage, TakeMakersMessage } from './makers-door.ts';
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
let running: BrokerFixture[] = [];
let count = 0;

const start = async (takeMakersMessage?: TakeMakersMessage, limits: Partial<Limits> = {}) => {
  const port = takeMakersMessage ? { takeMakersMessage } : {};
  const fixture = await startBroker(database.url, { limits }, port);
  running.push(fixture);
  return fixture;
};

/** A broker whose messages are taken at once, and what was taken. */
const startTaking = async (limits: Partial<Limits> = {}) => {
  const taken: MakersMessage[] = [];
  const fixture = await start(async (message) => void taken.push(message), limits);
  return { ...fixture, taken, said: () => taken.map(({ topic, payload }) => [topic, payload.toString()]) };
};

const enrol = async (): Promise<string> => {
  count += 1;
  const id = `maker-${count}`;
  await enrolSensors(admin, [id]);
  return id;
};
const pair = async (): Promise<string> => {
  const id = await enrol();
  await pairDevices(admin, [id], 'maker_at_broker');
  return id;
};
const eventsOf = async (id: string) =>
  (await admin.query('select type from event where sensor_id = $1', [id])).rows;
const tell = (client: MqttClient, topic: string, payload: string, options: object = {}) =>
  client.publishAsync(topic, payload, { qos: 1, ...options });

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 4, name: 'admin', onError: () => undefined });
});
afterEach(async () => {
  for (const fixture of running) await fixture.stop();
  running = [];
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

describe('what a maker’s device says under its own prefix', () => {
  test('is handed over as it came, and is no event by itself', async () => {
    const { connect, taken } = await startTaking();
    const id = await pair();
    const device = await connect(id);
    const from = Date.now();
    await tell(device, `pact/v1/${id}/stat/RESULT`, '{"Switch1":{"Action":"ON"}}');
    await tell(device, `pact/v1/${id}/binary_sensor/curtain/state`, 'ON', { retain: true, dup: true });
    await tell(device, `pact/v1/${id}/events/rpc`, '{}', { qos: 2 });
    expect(taken).toMatchObject([
      { sensorId: id, topic: `pact/v1/${id}/stat/RESULT`, isWill: false, redelivered: false, qos: 1 },
      { topic: `pact/v1/${id}/binary_sensor/curtain/state`, isWill: false, redelivered: true, qos: 1 },
      { topic: `pact/v1/${id}/events/rpc`, qos: 2 },
    ]);
    expect(taken[0]?.payload.toString()).toBe('{"Switch1":{"Action":"ON"}}');
    expect(taken[0]?.receivedAt).toBeGreaterThanOrEqual(from);
    expect(taken[0]?.connectedAt).toBeLessThanOrEqual(from);
    expect(await eventsOf(id)).toEqual([]);
  });

  test('is acknowledged when it has been taken and not before', async () => {
    let take: () => void = () => undefined;
    const { connect } = await start(
      () =>
        new Promise((resolve) => {
          take = resolve;
        }),
    );
    const id = await pair();
    const device = await connect(id);
    const received: string[] = [];
    device.on('packetreceive', ({ cmd }) => received.push(cmd));
    const published = tell(device, `pact/v1/${id}/tele/SENSOR`, '{}');
    // Answered after it: what came before would have been answered by now.
    await device.subscribeAsync(`pact/v1/${id}/+`);
    expect(received).toEqual(['suback']);
    take();
    await published;
  });

  test.each([
    ['refused', () => Promise.reject(new Error('away')), 'makers_refused'],
    ['kept waiting', () => new Promise<void>(() => undefined), 'ack_overdue'],
  ] as const)('%s closes the connection, so that it is sent again', async (_, take, reason) => {
    const { connect, refusals } = await start(take, { ackWaitMs: 100 });
    const id = await pair();
    const device = await connect(id);
    let acknowledged = false;
    device.publish(`pact/v1/${id}/tele/SENSOR`, '{}', { qos: 1 }, (error) => {
      acknowledged = !error;
    });
    await closed(device);
    expect(acknowledged).toBe(false);
    expect(await refusals()).toEqual({ [reason]: 1 });
  });

  test('comes in its order, within the rates of any sensor', async () => {
    const { connect, said, refusals } = await startTaking({ perSecond: 100, burst: 5, mostHoldMs: 300 });
    const id = await pair();
    const device = await connect(id);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => tell(device, `pact/v1/${id}/stat/RESULT`, `${n}`)),
    );
    expect(said().map(([, payload]) => payload)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
    for (let n = 0; n < 60; n += 1) device.publish(`pact/v1/${id}/stat/RESULT`, 'x', { qos: 1 });
    await closed(device);
    expect(await refusals()).toHaveProperty('flood');
  });

  test('at its end is its last will, handed over as how things stand, and its status is ours', async () => {
    const { connect, taken } = await startTaking();
    const [tasmota, esphome] = [await pair(), await pair()];
    const will = (topic: string, text: string) => ({
      will: { topic, payload: Buffer.from(text), qos: 1 as const, retain: false },
    });
    const one = await connect(tasmota, will(`pact/v1/${tasmota}/tele/LWT`, 'Offline'));
    const two = await connect(esphome, will(`pact/v1/${esphome}/status`, 'offline'));
    await tell(two, `pact/v1/${esphome}/status`, 'online');
    one.stream.destroy();
    two.stream.destroy();
    await vi.waitFor(() =>
      expect(taken).toMatchObject([
        { topic: `pact/v1/${tasmota}/tele/LWT`, isWill: true, sensorId: tasmota },
      ]),
    );
    await vi.waitFor(async () => {
      const { rows } = await admin.query('select online from sensor_state where sensor_id = any($1)', [
        [tasmota, esphome],
      ]);
      expect(rows).toEqual([{ online: false }, { online: false }]);
    });
  });
});

describe('beside its prefix', () => {
  test('it speaks our words as well', async () => {
    const { connect, taken } = await startTaking();
    const id = await pair();
    await say(await connect(id), id, { type: 'opened' });
    expect(await eventsOf(id)).toEqual([{ type: 'opened' }]);
    expect(taken).toEqual([]);
  });

  test('it may introduce itself to others, whom that does not reach', async () => {
    const { connect, taken, refusals } = await startTaking();
    const id = await pair();
    const device = await connect(id);
    await tell(device, 'tasmota/discovery/AABBCC/config', '{}', { retain: true });
    await tell(device, `pact/v1/${id}/stat/RESULT`, '{}');
    expect(taken).toHaveLength(1);
    expect(await refusals()).toEqual({ foreign_topic: 1 });
  });

  test('it may not speak as another, and what it may not listen to it is denied and no more', async () => {
    const { connect, taken } = await startTaking();
    const [id, other] = [await pair(), await pair()];
    const device = await connect(id);
    for (const filter of [`pact/v1/${other}/cmnd/#`, `pact/v1/${id}/cmnd/#`, 'homeassistant/status']) {
      const refused = await device.subscribeAsync(filter).catch((error: Error) => error.message);
      expect(JSON.stringify(refused)).toMatch(/128|refused|Unspecified/i);
    }
    await tell(device, `pact/v1/${id}/stat/RESULT`, '{}');
    device.publish(`pact/v1/${other}/stat/RESULT`, '{}', { qos: 1 });
    await closed(device);
    expect(taken).toHaveLength(1);
  });
});

describe('such a topic is foreign as ever', () => {
  test.each([
    ['where nobody takes it', async () => ({ fixture: await start(), id: await pair() })],
    ['to a sensor of ours', async () => ({ fixture: await startTaking(), id: await enrol() })],
    [
      'to a device behind a gateway',
      async () => {
        const id = await enrol();
        await pairDevices(admin, [id]);
        return { fixture: await startTaking(), id };
      },
    ],
    [
      'where its source is switched off',
      async () => {
        const id = await pair();
        await admin.query(
          'update source set enabled = false where id = (select source_id from device where sensor_id = $1)',
          [id],
        );
        return { fixture: await startTaking(), id };
      },
    ],
  ])('%s', async (_, given) => {
    const { fixture, id } = await given();
    const device = await fixture.connect(id);
    device.publish(`pact/v1/${id}/stat/RESULT`, '{}', { qos: 1 });
    await closed(device);
    expect(await fixture.refusals()).toEqual({ foreign_topic: 1 });
  });

  test('to one that is no such device any more', async () => {
    const { connect, broker, taken } = await startTaking();
    const id = await pair();
    const device = await connect(id);
    await tell(device, `pact/v1/${id}/stat/RESULT`, '{}');
    await admin.query('delete from device where sensor_id = $1', [id]);
    await broker.recheck();
    await closed(device);
    const again = await connect(id);
    again.publish(eventTopic(`${id}/stat`), '{}', { qos: 1 });
    await closed(again);
    expect(taken).toHaveLength(1);
  });
});
