import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Undo } from './undo.ts';

export type Mosquitto = { pid: number; port: number };

/** For comparison: a C broker without authentication that stores nothing. Undefined where it is not installed. */
export async function startMosquitto(folder: string, undo: Undo): Promise<Mosquitto | undefined> {
  const port = 20_000 + (process.pid % 20_000);
  const file = join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_type none\n`,
  );
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  const failed = await Promise.race([
    once(child, 'error').then(() => true),
    once(child, 'exit').then(() => true),
    listens(port).then(() => false),
  ]);
  if (failed || child.pid === undefined) return undefined;
  undo.push(() => child.kill());
  return { pid: child.pid, port };
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
