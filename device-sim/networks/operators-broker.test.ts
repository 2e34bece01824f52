import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type OperatorsBroker, startOperatorsBroker } from './operators-broker.ts';

let broker: OperatorsBroker;
let clients: MqttClient[];

beforeEach(async () => {
  clients = [];
  broker = await startOperatorsBroker();
});
afterEach(async () => {
  for (const client of clients) await client.endAsync(true);
  await broker.stop();
});

async function join(options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(broker.url, { reconnectPeriod: 20, protocolVersion: 4, ...options });
  clients.push(client);
  return client;
}

test('keeps for a persistent session what was published while it was away and before a restart', async () => {
  const bridge = await join({ clientId: 'bridge', clean: false });
  await bridge.subscribeAsync('t/#', { qos: 1 });
  await bridge.endAsync();
  const gateway = await join();
  for (let i = 0; i < 100; i += 1) await gateway.publishAsync('t/a', String(i), { qos: 1 });
  await broker.restart();

  const heard: string[] = [];
  const again = mqtt.connect(broker.url, { clientId: 'bridge', clean: false, protocolVersion: 4 });
  clients.push(again);
  again.on('message', (_topic, payload) => heard.push(String(payload)));
  await vi.waitFor(() => expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => String(i))));
});

test('sends again what a session has not acknowledged when the broker restarts', async () => {
  const heard: string[] = [];
  const acknowledge: (() => void)[] = [];
  const bridge = await join({ clientId: 'bridge', clean: false });
  bridge.handleMessage = (packet, done) => {
    heard.push(String(packet.payload));
    acknowledge.push(done);
  };
  await bridge.subscribeAsync('t', { qos: 1 });
  const gateway = await join();
  await gateway.publishAsync('t', 'one', { qos: 1 });
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  await broker.restart();
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(heard).toEqual(['one', 'one']);
  for (const answer of acknowledge) answer();
});

test('marks as retained what it had before, and plays no last will of those that it cut off itself', async () => {
  await broker.retain('gateway/status', 'online');
  const gateway = await join({
    will: { topic: 'gateway/status', payload: Buffer.from('offline'), qos: 0, retain: true },
  });
  await broker.restart();
  await vi.waitFor(() => expect(gateway.connected).toBe(true));
  const heard: [string, boolean][] = [];
  const bridge = await join();
  bridge.on('message', (_topic, payload, { retain }) => heard.push([String(payload), retain]));
  await bridge.subscribeAsync('gateway/status');
  await vi.waitFor(() => expect(heard).toEqual([['online', true]]));
});

test('lets nobody in without the right password', async () => {
  const closed = await startOperatorsBroker({ credentials: { username: 'u', password: 'p' } });
  await expect(
    mqtt.connectAsync(closed.url, { username: 'u', password: 'x', reconnectPeriod: 0 }),
  ).rejects.toThrow(/refused/i);
  const client = await mqtt.connectAsync(closed.url, { username: 'u', password: 'p' });
  await client.endAsync(true);
  await closed.stop();
});
