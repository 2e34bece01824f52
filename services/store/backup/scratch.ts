import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { PactError } from '#platform/errors.ts';
import { createBeside, dropBeside } from './beside.ts';

/**
 * Hands an empty database to `work` and removes it afterwards: one beside the database, or, where its user may make none,
 * one of a PostgreSQL that runs for this alone and needs no rights of anybody.
 */
export async function withScratch<T>(
  connectionString: string,
  work: (scratch: string) => Promise<T>,
): Promise<{ result: T; where: 'beside' | 'apart' }> {
  let beside: Awaited<ReturnType<typeof createBeside>>;
  try {
    beside = await createBeside(connectionString, 'backup_check');
  } catch (error) {
    if (!(error instanceof PactError && error.code === 'DATABASE_RIGHTS_MISSING')) throw error;
    return { result: await withServer(work, error), where: 'apart' };
  }
  try {
    return { result: await work(beside.connectionString), where: 'beside' };
  } finally {
    await dropBeside(connectionString, beside.name);
  }
}

async function withServer<T>(work: (scratch: string) => Promise<T>, why: PactError): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-check-'));
  try {
    // Where we are root, PostgreSQL runs as another user and has to pass; its own folder is closed.
    await chmod(folder, 0o755);
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      log: () => undefined,
      settings: { fsync: 'off', shared_buffers: '32MB' },
    }).catch((error: unknown) => {
      // There is none for this platform: then the user needs the right after all.
      throw new PactError(why.code, why.message, { cause: error, ...(why.hint ? { hint: why.hint } : {}) });
    });
    try {
      return await work(server.connectionString);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
