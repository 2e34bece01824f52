import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PactError } from './errors.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIST = join(ROOT, 'services/board/dist');
const STAMP = join(DIST, '.sources');
const SOURCES = [
  'services/board/{index.html,door.html,vite.config.ts,src/**/*,public/*}',
  'services/pact/**/*.ts',
  'services/contracts/http/*.ts',
];

/**
 * Builds the board when it has never been built or its sources have changed since. An installation without
 * the build tools (an image made for production) keeps the board that it came with.
 */
export async function ensureBoardBuilt(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) return;
  const stamp = await hashSources();
  if (existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === stamp) return;

  say('正在生成看板(约十秒)…  Building the board (about ten seconds) …');
  const child = spawn(process.execPath, [vite, 'build', 'services/board', '--logLevel', 'error'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new PactError('INTERNAL', `The board could not be built:\n${output.join('')}`, {
      hint: 'Run "npm run build" to see the whole of it.',
    });
  }
  await writeFile(STAMP, stamp);
}

async function hashSources(): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob(SOURCES, { cwd: ROOT, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file.slice(ROOT.length)).update(await readFile(file));
  return hash.digest('hex');
}
