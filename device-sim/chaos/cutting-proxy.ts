import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a line is: as it should be; nobody listens; every connection is reset; nothing comes through and nothing is
 * lost, as when a cable is out and put back; everything comes so much later.
 */
export type Line = 'whole' | 'refusing' | 'resetting' | 'silent' | { delayMs: number };

/** A TCP line between two parts that can be cut in the ways in which lines break. */
export type CuttingProxy = {
  /** Of the far side with this proxy's port. */
  readonly url: string;
  set(line: Line): Promise<void>;
  /**
   * The far side forgets the connections that are open, and the near side is not told: its words go nowhere, as behind
   * a firewall that has lost its memory. New connections are as the line is.
   */
  forget(): void;
  connections(): number;
  close(): Promise<void>;
};

type Connection = { near: Socket; far: Socket | undefined; isForgotten: boolean };

/** @param to the far side's address, of any scheme with a host and a port */
export async function startCuttingProxy(to: string): Promise<CuttingProxy> {
  const target = new URL(to);
  const connections = new Set<Connection>();
  let line: Line = 'whole';
  let port = 0;
  let server: Server | undefined;
  await listen();

  async function listen(): Promise<void> {
    server = createServer({ allowHalfOpen: false }, accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  function accept(near: Socket): void {
    near.setNoDelay(true);
    const connection: Connection = { near, far: undefined, isForgotten: false };
    connections.add(connection);
    near.on('error', () => near.destroy());
    near.once('close', () => {
      connections.delete(connection);
      connection.far?.destroy();
    });
    if (line === 'resetting') near.resetAndDestroy();
    else if (line === 'silent') near.pause();
    else join(connection);
  }

  function join(connection: Connection): void {
    const { near } = connection;
    const far = connect(Number(target.port), target.hostname);
    connection.far = far;
    far.setNoDelay(true);
    far.on('error', () => far.destroy());
    far.once('close', () => {
      if (!connection.isForgotten) near.destroy();
    });
    carry(near, far, connection);
    carry(far, near, connection);
  }

  function carry(from: Socket, to: Socket, connection: Connection): void {
    // One line for each direction, so that what is late keeps its order.
    let last = Promise.resolve();
    let underWay = 0;
    from.on('data', (bytes: Buffer) => {
      if (connection.isForgotten) return;
      if (typeof line === 'string' && underWay === 0) {
        if (!to.write(bytes)) {
          from.pause();
          to.once('drain', () => line !== 'silent' && from.resume());
        }
        return;
      }
      const delayMs = typeof line === 'string' ? 0 : line.delayMs;
      const arrived = new Promise<void>((resolve) => setTimeout(resolve, delayMs));
      underWay += 1;
      last = Promise.all([last, arrived]).then(() => {
        underWay -= 1;
        to.write(bytes);
      });
    });
    from.on('end', () => void last.then(() => to.end()));
  }

  return {
    get url() {
      const url = new URL(to);
      url.port = String(port);
      return url.href.replace(/\/$/, '');
    },
    async set(next) {
      const before = line;
      line = next;
      if (next === 'refusing' && server) {
        const closed = once(server, 'close');
        server.close();
        server = undefined;
        for (const { near } of connections) near.resetAndDestroy();
        await closed;
      } else if (before === 'refusing') await listen();
      if (next === 'resetting') for (const { near } of connections) near.resetAndDestroy();
      for (const connection of connections) {
        const { near, far } = connection;
        if (next === 'silent') {
          near.pause();
          far?.pause();
        } else if (before === 'silent') {
          if (far) far.resume();
          else join(connection);
          near.resume();
        }
      }
    },
    forget() {
      for (const connection of connections) {
        connection.isForgotten = true;
        // A goodbye is not heard either.
        connection.near.pause();
        connection.far?.destroy();
      }
    },
    connections: () => connections.size,
    async close() {
      for (const { near } of connections) near.destroy();
      const closed = server && once(server, 'close');
      server?.close();
      await closed;
    },
  };
}
