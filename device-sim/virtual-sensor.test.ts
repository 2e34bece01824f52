import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findFreePort } from './free-port.ts';
import { createVirtualSensor, type VirtualSensor } from './virtual-sensor.ts';

let port: number;
let broker: Aedes;
let server: Server;
let heard: { topic: string; text: string }[];
let sensor: VirtualSensor;

const startBroker = async () => {
  broker = await Aedes.createBroker();
  broker.authenticate = (_client, username, password, done) => {
    const ok = username === 's1' && String(password) === 'secret';
    if (ok) return done(null, true);
    done(Object.assign(new Error('refused'), { returnCode: 4 as const }), false);
  };
  broker.authorizePublish = (_client, packet, done) => {
    heard.push({ topic: packet.topic, text: String(packet.payload) });
    done(null);
  };
  server = createServer(broker.handle).listen(port, '127.0.0.1');
  await once(server, 'listening');
};

const stopBroker = async () => {
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  server.close();
  await once(server, 'close');
};

beforeEach(async () => {
  port = await findFreePort();
  heard = [];
  await startBroker();
  sensor = createVirtualSensor(
    { sensorId: 's1', secret: 'secret' },
    { url: `mqtt://127.0.0.1:${port}`, reconnectMs: 20 },
  );
});
afterEach(async () => {
  await sensor.vanish();
  await stopBroker();
});

test('says that it is there, and numbers its reports', async () => {
  await sensor.connect();
  await sensor.report({ type: 'closed', battery: 80 });
  await sensor.report({ type: 'opened' });
  expect(heard).toEqual([
    { topic: 'pact/v1/s1/status', text: 'online' },
    { topic: 'pact/v1/s1/event', text: '{"type":"closed","battery":80,"seq":1}' },
    { topic: 'pact/v1/s1/event', text: '{"type":"opened","seq":2}' },
  ]);
  expect(sensor.sent).toMatchObject([
    { seq: 1, ackMs: expect.any(Number) },
    { seq: 2, ackMs: expect.any(Number) },
  ]);
});

test('keeps what it has to say while the broker is away', async () => {
  await sensor.connect();
  await stopBroker();
  const reported = sensor.report({ type: 'opened' });
  expect(sensor.sent[0]?.ackMs).toBeUndefined();
  await startBroker();
  await reported;
  expect(heard.map((message) => message.text)).toContain('{"type":"opened","seq":1}');
  expect(sensor.sent[0]?.ackMs).toBeGreaterThan(0);
});

test('leaves its last will when it vanishes, and none when it says goodbye', async () => {
  await sensor.connect();
  await sensor.disconnect();
  await sensor.connect();
  await sensor.vanish();
  await vi.waitFor(() =>
    expect(heard.map((message) => message.text)).toEqual(['online', 'online', 'offline']),
  );
});

test('is told when its secret is wrong', async () => {
  const stranger = createVirtualSensor(
    { sensorId: 's1', secret: 'guessed' },
    { url: `mqtt://127.0.0.1:${port}` },
  );
  await expect(stranger.connect()).rejects.toThrow(/Connection refused/);
  await stranger.vanish();
});
