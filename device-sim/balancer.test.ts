import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Balancer, startBalancer } from './balancer.ts';
import { findFreePort } from './free-port.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
});

/** A process that says its name to everybody, as far as a port can tell. */
async function startTarget(name: string, port: number) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    socket.write(name);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const die = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  closers.push(die);
  return { die };
}

const call = async ({ port }: Balancer) => {
  const socket = connect(port, '127.0.0.1');
  closers.push(async () => socket.destroy());
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const name = await Promise.race([
    once(socket, 'data').then(([data]) => String(data)),
    ended.then(() => 'nobody'),
  ]);
  return { name, ended };
};
const namesOf = async (balancer: Balancer, calls: number) => {
  const names: string[] = [];
  for (let n = 0; n < calls; n += 1) names.push((await call(balancer)).name);
  return names.sort();
};

test('shares connections out in turn, skips a dead target, ends its connections, and takes it back', async () => {
  const [portA, portB] = [await findFreePort(), await findFreePort()];
  const a = await startTarget('a', portA);
  const b = await startTarget('b', portB);
  const balancer = await startBalancer([portA, portB]);
  closers.push(balancer.stop);
  expect(await namesOf(balancer, 4)).toEqual(['a', 'a', 'b', 'b']);

  const [one, other] = [await call(balancer), await call(balancer)];
  await a.die();
  await (one.name === 'a' ? one : other).ended;
  expect(await namesOf(balancer, 3)).toEqual(['b', 'b', 'b']);

  await b.die();
  expect(await namesOf(balancer, 1)).toEqual(['nobody']);
  await startTarget('a', portA);
  expect(await namesOf(balancer, 2)).toEqual(['a', 'a']);
});
