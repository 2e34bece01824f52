import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `sweeper.ts <folder>`: when stdin ends, ends every server below the folder and removes it. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('sweeper.ts needs the folder to sweep');

for await (const _ of process.stdin);

for (const pid of await findServers(folder)) await endServer(pid, folder);
await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });

async function findServers(root: string): Promise<number[]> {
  const files = await readdir(root, { recursive: true });
  const locks = files.filter((file) => /(?:^|\/)(?:postmaster|redis)\.pid$/.test(file));
  const texts = await Promise.all(locks.map((file) => readFile(join(root, file), 'utf8')));
  return texts.map((text) => Number.parseInt(text, 10)).filter((pid) => pid > 1);
}

/** Tests put numbers of living strangers into lock files: only a server over this folder is ended. */
async function endServer(pid: number, root: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!args.includes(root)) return;
    process.kill(pid, 'SIGQUIT');
    // A server that a test has frozen hears nothing until it goes on.
    process.kill(pid, 'SIGCONT');
    await sleep(100);
  }
}
