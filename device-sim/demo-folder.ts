import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { PactError } from '#platform/errors.ts';
import { endLeftRedis } from './own-redis.ts';

const MOST_AT_ONCE = 20;

/**
 * An empty data folder for one run. What a run that was killed has left, a living database and Redis included, is
 * taken over first and then removed; while another run uses the folder, the next number is taken.
 * @throws PactError DATA_DIR_IN_USE when twenty runs are under way
 */
export async function makeDemoFolder(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const dataDir = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      if (await exists(join(dataDir, 'postgres.json'))) {
        const left = await startEmbeddedPostgres({ dataDir, log: () => undefined });
        await left.stop();
        await endLeftRedis(dataDir);
      }
      await removeDemoFolder(dataDir);
      return dataDir;
    } catch (error) {
      const isBusy = error instanceof PactError && error.code === 'DATA_DIR_IN_USE';
      if (!isBusy || number === MOST_AT_ONCE) throw error;
    }
  }
}

export const removeDemoFolder = (dataDir: string): Promise<void> =>
  rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
