import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes, type Client } from 'aedes';
import mqtt from 'mqtt';
import { afterAll, expect, test } from 'vitest';
import { forgetConnect } from './aedes-internals.ts';

const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle);
afterAll(async () => {
  await new Promise<void>((resolve) => aedes.close(resolve));
  server.close();
});

test('the bytes of a last will are its own, without the secret that came in the same packet', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const letIn = new Promise<Client>((resolve) => aedes.once('client', resolve));
  const will = { topic: 'status', payload: Buffer.from('offline'), qos: 1 as const };
  const { port } = server.address() as AddressInfo;
  const sensor = mqtt.connect({ port, host: '127.0.0.1', username: 'sensor', password: 'the secret', will });
  const client = (await letIn) as Client & { will: { payload: Buffer } };
  const bytesHeld = () => Buffer.from(client.will.payload.buffer).toString('latin1');
  expect(bytesHeld()).toContain('the secret');
  forgetConnect(client);
  expect(bytesHeld()).toBe('offline');
  await sensor.endAsync();
});
