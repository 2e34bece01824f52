import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createEventClient, frameOf } from './event-client.ts';

it('drops a board that does not read, instead of keeping everything for it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  request.on('error', () => {});
  // Without this Node would read the answer and throw it away.
  request.on('response', (answer) => answer.pause());
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  let mostUnread = 0;
  let isGone = false;
  const client = createEventClient(response, { channel: 'c', credential: 'x' }, () => {
    isGone = true;
  });
  const frame = frameOf('change', { filler: 'x'.repeat(64 * 1024) });
  while (!isGone) {
    client.send(frame);
    mostUnread = Math.max(mostUnread, response.writableLength);
    await nextTurn();
  }
  expect(mostUnread).toBeLessThan(1.2 * 1024 * 1024);
  client.send(frame);
  request.destroy();
  server.close();
});
