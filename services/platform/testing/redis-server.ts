import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { findFreePort } from '#platform/embedded-postgres/port.ts';

/** Redis comes with no npm package: where the machine has none, its tests are left out by name. */
export const isRedisInstalled = spawnSync('redis-server', ['--version']).status === 0;

export type RedisServer = {
  readonly url: string;
  start(): Promise<void>;
  /** The end that no process can prepare for. */
  kill(): Promise<void>;
  /** Stands still without going away, and goes on. */
  freeze(): void;
  thaw(): void;
  /** Loses everything that it holds, and lives on. */
  forgetAll(): Promise<void>;
};

export type RedisSettings = Record<string, string | string[]>;

const SAFE = { appendonly: 'yes', 'maxmemory-policy': 'noeviction' };

/** A redis-server on a port of its own over an empty folder; not started yet. */
export async function createRedisServer(
  folder: string,
  settings: RedisSettings = SAFE,
): Promise<RedisServer> {
  const port = await findFreePort(0);
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    // Both for the sweeper: it ends what a killed test run left, and knows it by the folder in its command line.
    pidfile: `${folder}/redis.pid`,
    'set-proc-title': 'no',
    ...settings,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value].flat());
  let child: ReturnType<typeof spawn> | undefined;

  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
      child = started;
      const said: string[] = [];
      await new Promise<void>((resolve, reject) => {
        createInterface({ input: started.stdout }).on('line', (line) => {
          said.push(line);
          if (line.includes('Ready to accept connections')) resolve();
        });
        started.once('exit', () => reject(new Error(`redis-server ended:\n${said.join('\n')}`)));
      });
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async forgetAll() {
      const client = new Redis(port, '127.0.0.1');
      await client.flushall();
      await client.quit();
    },
  };
}
