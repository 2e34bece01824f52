import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

export type Hello = { connectionString: string; dataDirectory: string; code?: string; message?: string };

export type ServiceProcess = {
  /** What `postgres-child.ts` said: a connection string, or the code it failed with. */
  hello: Hello;
  pid: number;
  log: { event: string; [field: string]: unknown }[];
  signal(signal: NodeJS.Signals, options?: { group: boolean }): Promise<void>;
  /** Ends its stdin and waits until it has stopped its server and gone. */
  stop(): Promise<void>;
};

/** A process that owns or borrows a data folder, to be killed. */
export const runService = async (
  mode: 'start' | 'borrow',
  options: object,
  where: { root?: string; node?: string; uid?: number; tmpdir?: string } = {},
): Promise<ServiceProcess> => {
  const root = where.root ?? fileURLToPath(new URL('../../..', import.meta.url));
  const script = join(root, 'services/platform/testing/postgres-child.ts');
  const child = spawn(where.node ?? process.execPath, [script, mode, JSON.stringify(options)], {
    cwd: '/',
    env: { ...process.env, ...(where.tmpdir && { TMPDIR: where.tmpdir }) },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(where.uid && { uid: where.uid, gid: where.uid }),
  });
  const exited = once(child, 'exit').then(() => undefined);
  const log: ServiceProcess['log'] = [];
  const noise: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('{')) log.push(JSON.parse(line));
    else noise.push(line);
  });
  const first = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`postgres-child.ts said nothing: ${noise.join('\n')}`)));
  });
  const pid = child.pid ?? 0;
  return {
    hello: JSON.parse(first),
    pid,
    log,
    signal: async (signal, { group } = { group: false }) => {
      process.kill(group ? -pid : pid, signal);
      await exited;
    },
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
};

/** A new folder that everybody may pass, removed after the run. */
export const makeTestFolder = async (name = 'case'): Promise<string> => {
  const folder = await mkdtemp(join(inject('testRoot'), `${name}-`));
  await chmod(folder, 0o755);
  return folder;
};

/** One statement on a connection of its own. */
export const query = async <Row extends Record<string, unknown> = Record<string, unknown>>(
  connectionString: string,
  sql: string,
): Promise<Row[]> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};
