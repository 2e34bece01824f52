import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key under which secrets are stored: `PACT_SECRET` where several processes share it, else made once in
 * the data folder. Losing it makes every sensor's secret worthless.
 */
export async function loadServerKey(dataDir: string, secret: string | undefined): Promise<Buffer> {
  if (secret !== undefined) return Buffer.from(secret, 'utf8');
  const file = join(dataDir, 'server.key');
  return (await readKey(file)) ?? makeKey(dataDir, file);
}

/** Tells one key from another, and nothing of either. */
export const fingerprintOf = (key: Buffer): Buffer =>
  createHmac('sha256', key).update('curtain-pact server key').digest();

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from((await readFile(file, 'utf8')).trim(), 'base64url');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A link fails where the file exists, so that of two processes that start together both use one key. */
async function makeKey(dataDir: string, file: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  const key = await readKey(file);
  if (!key) throw new Error('the server key vanished while it was being made');
  return key;
}
