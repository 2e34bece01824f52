import { spawn } from 'node:child_process';
import type { RunAs } from './run-as.ts';

export type CommandResult = { ok: boolean; output: string };

/**
 * Runs one of PostgreSQL's programs and returns what it said. Never rejects: a program that cannot be
 * started (not there, no permission, the wrong libc) is `ok: false` with the system's reason. `signal` ends it.
 */
export const runCommand = (
  file: string,
  args: readonly string[],
  options: {
    as?: RunAs | undefined;
    cwd?: string;
    timeoutMs?: number;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const child = spawn(file, args, {
      // Our own folder may be closed to the user that PostgreSQL runs as, and it would complain.
      cwd: options.cwd ?? '/',
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches the whole foreground group: a half-done pg_ctl must not be hit by it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      ...(options.as && { uid: options.as.uid, gid: options.as.gid }),
    });
    // Not spawn's own `timeout`: after a failed spawn its timer stays and holds the process up.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
    const end = () => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', end, { once: true });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, output: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
      if (signal) output += `\nended by ${signal}`;
      resolve({ ok: code === 0, output: output.trim() });
    });
  });

/** PGDATA, PGPORT, PGOPTIONS and the like of the caller must not reach the server. */
const environment = (): NodeJS.ProcessEnv => {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SYSTEMROOT', 'APPDATA', 'USERPROFILE'];
  const entries = kept.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]]));
  return { ...Object.fromEntries(entries), LC_ALL: 'C' };
};
