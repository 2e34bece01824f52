import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';

export type OperatorsBroker = {
  /** Stays the same over a restart. */
  readonly url: string;
  /** Leaves a message in its store, as if a gateway had left it there long ago. */
  retain(topic: string, payload: string): Promise<void>;
  /** Cuts everybody off and takes no one in; what it knows of sessions and retained messages it keeps. */
  goAway(): Promise<void>;
  /** Takes connections again, at the same address. */
  comeBack(): Promise<void>;
  /** Both, one after the other. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type OperatorsBrokerOptions = {
  /** 0 for a free one. */
  port?: number;
  /** What everybody signs in with; without it anybody may. */
  credentials?: { username: string; password: string };
};

/**
 * A broker such as an operator runs for gateways: MQTT 3.1.1 over TCP, persistent sessions, retained messages. Its
 * memory outlives a restart as the disk of a Mosquitto does: what it has acknowledged, it still delivers.
 */
export async function startOperatorsBroker(options: OperatorsBrokerOptions = {}): Promise<OperatorsBroker> {
  const { credentials } = options;
  // A persistent session that is away may fall behind as far as it likes.
  const aedes = await Aedes.createBroker({ queueLimit: Number.POSITIVE_INFINITY });
  const sockets = new Set<Socket>();
  let isAway = false;
  if (credentials) {
    aedes.authenticate = (_client, username, password, done) => {
      if (username === credentials.username && String(password) === credentials.password) {
        return done(null, true);
      }
      done(Object.assign(new Error('refused'), { returnCode: 4 as const }), false);
    };
  }
  // Aedes works on what a client sent together at the same time; a broker that people run keeps the order.
  const turns = new WeakMap<Client, Promise<void>>();
  const ends = new WeakMap<Client, () => void>();
  aedes.authorizePublish = (client, _packet, done) => {
    // Who dies with its broker leaves no last will: nobody is there to publish it.
    if (isAway) return done(new Error('away'));
    if (!client || client.closed) return done(null);
    const turn = (turns.get(client) ?? Promise.resolve()).then(
      () =>
        new Promise<void>((end) => {
          ends.set(client, end);
          done(null);
        }),
    );
    turns.set(client, turn);
  };
  aedes.published = (_packet, client, done) => {
    if (client) ends.get(client)?.();
    done();
  };

  let port = options.port ?? 0;
  let server = await listen();

  async function listen(): Promise<Server> {
    const opened = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      aedes.handle(socket);
    }).listen(port, '127.0.0.1');
    await once(opened, 'listening');
    port = (opened.address() as AddressInfo).port;
    return opened;
  }

  async function goAway(): Promise<void> {
    if (isAway) return;
    isAway = true;
    server.close();
    const gone = [...sockets].map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.destroy();
    await Promise.all([once(server, 'close'), ...gone]);
  }

  async function comeBack(): Promise<void> {
    if (!isAway) return;
    server = await listen();
    isAway = false;
  }

  return {
    url: `mqtt://127.0.0.1:${port}`,
    retain: (topic, payload) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: true, dup: false },
          (error) => (error ? reject(error) : resolve()),
        );
      }),
    goAway,
    comeBack,
    async restart() {
      await goAway();
      await comeBack();
    },
    async stop() {
      await goAway();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}
