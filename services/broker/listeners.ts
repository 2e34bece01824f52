import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { PactError, reasonOf } from '#platform/errors.ts';
import type { Door, Pass } from './door.ts';
import { readProxyHeader } from './proxy-header.ts';

export type ListenerConfig = {
  host: string;
  port: number | undefined;
  wsPort: number | undefined;
  tls: { port: number; certFile: string; keyFile: string } | undefined;
  maxConnections: number;
  /** The plain port stands behind a balancer that says in a line of its own for whom it speaks. */
  proxyProtocol?: boolean;
};

export type Addresses = {
  tcp: AddressInfo | undefined;
  tls: AddressInfo | undefined;
  ws: AddressInfo | undefined;
};

export type Listeners = {
  addresses: Addresses;
  connections(): number;
  /** No new connections from here on. */
  close(): void;
  /** Ends what is still open. */
  destroy(): void;
};

type Ports = {
  door: Door;
  accept: (connection: Duplex, pass: Pass, request?: IncomingMessage) => void;
  onRefused: (reason: 'too_many_connections' | 'too_many_unknown' | 'protocol') => void;
  connectTimeoutMs: number;
  /** Bytes of one WebSocket message; MQTT packets may be cut anywhere. */
  mostMessageBytes: number;
};

const WS_PATH = '/mqtt';

/**
 * Opens every listener that is configured; all or none.
 * @throws PactError PORT_IN_USE or CONFIG_INVALID, with the key to change
 */
export async function openListeners(config: ListenerConfig, ports: Ports): Promise<Listeners> {
  const sockets = new Set<Socket>();
  /** By origin, for what comes over TLS or WebSocket is another object than the socket that was admitted. */
  const passes = new Map<string, Pass>();
  const servers: Server[] = [];

  /** One count over all listeners, taken before a TLS handshake costs anything. */
  const admit = (socket: Socket, address = socket.remoteAddress ?? ''): void => {
    const pass = sockets.size < config.maxConnections && ports.door.enter(address);
    if (!pass) {
      ports.onRefused(pass === false ? 'too_many_connections' : 'too_many_unknown');
      socket.destroy();
      return;
    }
    const origin = originOf(socket);
    sockets.add(socket);
    passes.set(origin, pass);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      if (passes.get(origin) === pass) passes.delete(origin);
      pass.close();
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
  };

  const accept = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    const pass = passes.get(originOf(socket));
    if (!pass || socket.destroyed) socket.destroy();
    else ports.accept(socket, pass);
  };

  const admitBehindProxy = async (socket: Socket): Promise<void> => {
    socket.on('error', () => socket.destroy());
    const address = await readProxyHeader(socket, ports.connectTimeoutMs);
    if (socket.destroyed) return;
    if (address === undefined) {
      ports.onRefused('protocol');
      socket.destroy();
      return;
    }
    admit(socket, address);
    accept(socket);
  };

  const open = async (server: Server, port: number, portKey: string): Promise<AddressInfo> => {
    servers.push(server);
    return listen(server, config.host, port, portKey);
  };

  const addresses: Addresses = { tcp: undefined, tls: undefined, ws: undefined };
  try {
    if (config.port !== undefined) {
      const server = createTcpServer((socket) => {
        if (config.proxyProtocol) {
          void admitBehindProxy(socket);
          return;
        }
        admit(socket);
        accept(socket);
      });
      addresses.tcp = await open(server, config.port, 'PACT_MQTT_PORT');
    }
    if (config.tls) {
      const server = createTlsServer(
        {
          cert: await readPem(config.tls.certFile, 'PACT_MQTT_TLS_CERT'),
          key: await readPem(config.tls.keyFile, 'PACT_MQTT_TLS_KEY'),
          minVersion: 'TLSv1.2',
          handshakeTimeout: ports.connectTimeoutMs,
        },
        accept,
      );
      server.on('connection', (socket: Socket) => admit(socket));
      // A failed handshake is the client's affair.
      server.on('tlsClientError', () => undefined);
      addresses.tls = await open(server, config.tls.port, 'PACT_MQTT_TLS_PORT');
    }
    if (config.wsPort !== undefined) {
      const server = createWsServer(ports, (socket) => passes.get(originOf(socket)));
      server.on('connection', (socket: Socket) => admit(socket));
      addresses.ws = await open(server, config.wsPort, 'PACT_MQTT_WS_PORT');
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return {
    addresses,
    connections: () => sockets.size,
    close: () => {
      for (const server of servers) server.close();
    },
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Both ends: a client may use one port of its own towards several of ours. */
const originOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;

function createWsServer(ports: Ports, passOf: (socket: Socket) => Pass | undefined): Server {
  const http = createHttpServer((_, response) => {
    response.writeHead(426, { connection: 'close' }).end();
  });
  http.headersTimeout = ports.connectTimeoutMs;
  http.requestTimeout = ports.connectTimeoutMs;
  http.on('clientError', (_, socket) => socket.destroy());
  const upgrades = new WebSocketServer({
    server: http,
    path: WS_PATH,
    perMessageDeflate: false,
    maxPayload: ports.mostMessageBytes,
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
  });
  upgrades.on('error', () => undefined);
  upgrades.on('wsClientError', (_, socket) => socket.destroy());
  upgrades.on('connection', (socket, request) => {
    const stream = createWebSocketStream(socket);
    stream.on('error', () => socket.terminate());
    const pass = passOf(request.socket);
    if (pass) ports.accept(stream, pass, request);
    else socket.terminate();
  });
  return http;
}

async function readPem(path: string, key: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new PactError('CONFIG_INVALID', `The file that ${key} names cannot be read.`, {
      cause: error,
      hint: `Give ${key} the path of a PEM file that this process may read.`,
    });
  }
}

function listen(server: Server, host: string, port: number, portKey: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port, portKey)));
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.removeAllListeners('error');
      // Out of file descriptors, say: the others stay connected.
      server.on('error', () => undefined);
      resolve(server.address() as AddressInfo);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, portKey: string): PactError {
  if (error.code === 'EADDRINUSE') {
    return new PactError('PORT_IN_USE', `Port ${port} on ${host} is in use by another program.`, {
      cause: error,
      hint: `Stop that program, or set ${portKey} to a free port.`,
    });
  }
  return new PactError('CONFIG_INVALID', `Cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`, {
    cause: error,
    hint: `Mend PACT_MQTT_HOST or ${portKey}.`,
  });
}
