import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Balancer = {
  /** Where clients find it, on this machine. */
  readonly port: number;
  stop(): Promise<void>;
};

/** Wall milliseconds after which a target that has not answered counts as dead. */
const MOST_CONNECT_MS = 1_000;

/**
 * A TCP balancer in front of several processes on this machine: each connection goes to the next target in turn that
 * takes it, so that a dead one is skipped and one that comes back gets its share again. With a target its connections end.
 * @param targets ports
 */
export async function startBalancer(targets: readonly number[], port = 0): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let turn = 0;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // What went wrong shows at the other end, which is closed.
    socket.on('error', () => socket.destroy());
    return socket;
  };

  const reach = async (): Promise<Socket | undefined> => {
    turn += 1;
    for (let tried = 0; tried < targets.length; tried += 1) {
      const target = targets[(turn + tried) % targets.length] ?? 0;
      const socket = keep(connect({ port: target, host: '127.0.0.1', noDelay: true }));
      socket.setTimeout(MOST_CONNECT_MS, () => socket.destroy());
      const isReached = await Promise.race([
        once(socket, 'connect').then(
          () => true,
          () => false,
        ),
        once(socket, 'close').then(
          () => false,
          () => false,
        ),
      ]);
      if (!isReached) continue;
      socket.setTimeout(0);
      return socket;
    }
    return undefined;
  };

  const server = createServer({ noDelay: true, pauseOnConnect: true }, async (client) => {
    keep(client);
    const target = await reach();
    if (!target || client.destroyed) {
      client.destroy();
      target?.destroy();
      return;
    }
    client.once('close', () => target.destroy());
    target.once('close', () => client.destroy());
    client.pipe(target).pipe(client);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
