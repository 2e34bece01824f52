import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '#platform/config.ts';
import { borrowEmbeddedPostgres } from '#platform/embedded-postgres/borrow.ts';
import type { Log } from '#platform/embedded-postgres/options.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';

export type OpenedDatabase = { connectionString: string; close(): Promise<void> };

/**
 * The operator's PostgreSQL where `DATABASE_URL` names one, else the embedded one. `own` runs it for a
 * service; `borrow` is for tools, beside a running service or alone.
 * @throws PactError as the embedded PostgreSQL does
 */
export async function openDatabase(
  config: Config,
  mode: 'own' | 'borrow',
  options: { log?: Log; signal?: AbortSignal; onLost?: (error: Error) => void } = {},
): Promise<OpenedDatabase> {
  if (config.databaseUrl) return { connectionString: config.databaseUrl, close: async () => undefined };
  const dataDir = resolve(config.dataDir);
  await mkdir(dataDir, { recursive: true });
  const open = mode === 'own' ? startEmbeddedPostgres : borrowEmbeddedPostgres;
  const postgres = await open({
    dataDir,
    log: options.log ?? (() => undefined),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onLost ? { onLost: options.onLost } : {}),
  });
  return { connectionString: postgres.connectionString, close: () => postgres.stop() };
}
