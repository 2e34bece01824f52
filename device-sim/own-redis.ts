import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { createRedisServer, isRedisInstalled } from '#platform/testing/redis-server.ts';

export type OwnRedis = { readonly url: string; stop(): Promise<void> };

const MISSING = `The scale-out demo needs a Redis, and redis-server is not installed on this machine.
Install it (Debian and Ubuntu: apt-get install redis-server, macOS: brew install redis), or give the address of one that
you have: REDIS_URL=redis://127.0.0.1:6379 npm run demo -- --scale-out`;

const folderOf = (dataDir: string) => resolve(dataDir, 'redis');
const portFileOf = (dataDir: string) => join(folderOf(dataDir), 'port');

/** The machine's redis-server, in a folder of its own under `dataDir`, told to forget nothing. */
export async function startOwnRedis(dataDir: string): Promise<OwnRedis> {
  if (!isRedisInstalled) throw new Error(MISSING);
  const folder = folderOf(dataDir);
  await mkdir(folder, { recursive: true });
  const redis = await createRedisServer(folder);
  await redis.start();
  await writeFile(portFileOf(dataDir), new URL(redis.url).port);
  return { url: redis.url, stop: redis.kill };
}

/** Ends the Redis that a run which was killed has left over this folder. */
export async function endLeftRedis(dataDir: string): Promise<void> {
  const port = await readFile(portFileOf(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (port === undefined) return;
  const redis = new Redis(Number(port), '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const [, folder] = (await redis.config('GET', 'dir')) as string[];
    // Another program may have got the port since.
    if (folder === folderOf(dataDir)) await redis.shutdown('NOSAVE');
  } catch (error) {
    // Nobody is there, or it has hung up because it ends.
    if (redis.status === 'ready') throw error;
  } finally {
    redis.disconnect();
  }
}
