import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's connection string of the run's one PostgreSQL server. */
    postgresAdminUrl: string;
    /** A folder of this run, removed with every server below it when the run is over, however it ends. */
    testRoot: string;
  }
}

/** One PostgreSQL server for the whole run. It forgets on a power cut, which no test minds. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const testRoot = await mkdtemp(join(tmpdir(), 'curtain-pact-test-'));
  // Where root runs the tests, PostgreSQL runs as another user and has to pass.
  await chmod(testRoot, 0o755);
  // The tests start the service a hundred times: what one start has compiled, the next one finds.
  process.env.NODE_COMPILE_CACHE = join(testRoot, 'compiled');
  const sweep = startSweeper(testRoot);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(testRoot, 'run'),
    sharedDir: join(testRoot, 'shared'),
    log: (level, event, fields) => {
      if (level === 'warn') console.error(event, fields);
    },
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      max_wal_size: '1GB',
    },
  });
  project.provide('postgresAdminUrl', postgres.connectionString);
  project.provide('testRoot', testRoot);
  return async () => {
    await postgres.stop();
    await sweep();
  };
}

/**
 * A process that outlives us: it sees its stdin end when we are gone, by Ctrl-C or kill -9 too, and then
 * ends the servers and removes the folder. Nothing in this process could promise that.
 */
const startSweeper = (testRoot: string): (() => Promise<void>) => {
  const script = fileURLToPath(new URL('./sweeper.ts', import.meta.url));
  const child = spawn(process.execPath, [script, testRoot], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.unref();
  return async () => {
    const gone = once(child, 'exit');
    child.ref();
    child.stdin?.end();
    await gone;
  };
};
