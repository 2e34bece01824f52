import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that systems give to connections on their way out, of which the next would take one again, and below those
 * that an embedded PostgreSQL chooses from.
 */
const RANGE = { lowest: 10_000, highest: 20_000 };
const MOST_ATTEMPTS = 200;

/**
 * A port that is free, for providers must be told our address before we listen, and is given to nobody else of ours while
 * this process lives: it holds the UDP port of the same number, which nobody needs, as its claim.
 */
export async function findFreePort({ lowest, highest } = RANGE): Promise<number> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const port = randomInt(lowest, highest);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${lowest} to ${highest} was found`);
}

async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  return isListening(socket);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  if (!(await isListening(server))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function isListening(socket: NodeJS.EventEmitter): Promise<boolean> {
  try {
    await once(socket, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return false;
  }
}
