import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PactError } from '#platform/errors.ts';
import { codeOf } from './error-code.ts';

/**
 * The port asked for if it is free, else another. Below the range that systems hand out to outgoing
 * connections: there, somebody's connection could sit on our port, and a client that reconnects to a
 * stopped server can even end up connected to itself.
 */
export const findFreePort = async (wanted: number): Promise<number> => {
  if (wanted !== 0 && (await isFree(wanted))) return wanted;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new PactError('DATABASE_START_FAILED', 'No free TCP port between 20000 and 32000 was found.', {
    hint: 'Something on this machine holds thousands of ports; find it with `ss -ltn` and stop it.',
  });
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
