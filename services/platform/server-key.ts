import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PactError } from './errors.ts';

/**
 * The key under which secrets are stored: `PACT_SECRET` where several processes share it, else made once in
 * the data folder. Losing it makes every sensor's secret worthless.
 */
export async function loadServerKey(dataDir: string, secret: string | undefined): Promise<Buffer> {
  if (secret !== undefined) return Buffer.from(secret, 'utf8');
  const file = join(dataDir, 'server.key');
  return (await readKey(file)) ?? makeKey(dataDir, file);
}

/**
 * Makes ready to use the key under which a restored database keeps its secrets. One that is there stays beside, in a file
 * with `stamp` in its name.
 * @throws PactError SECRET_MISMATCH where `PACT_SECRET` is another one
 */
export async function prepareServerKey(
  dataDir: string,
  secret: string | undefined,
  key: Buffer,
  stamp: string,
): Promise<{ commit(): Promise<void> }> {
  if (secret !== undefined) {
    if (Buffer.from(secret, 'utf8').equals(key)) return { commit: async () => undefined };
    throw new PactError('SECRET_MISMATCH', 'PACT_SECRET is not the one that the backup was made under.', {
      hint: 'Set PACT_SECRET to what it was then. Where it is lost, unset it: the key is in the backup, and goes to server.key.',
    });
  }
  const file = join(dataDir, 'server.key');
  const draft = `${file}.restoring`;
  await mkdir(dataDir, { recursive: true });
  await rm(draft, { force: true });
  await writeFile(draft, `${key.toString('base64url')}\n`, { mode: 0o600 });
  return {
    async commit() {
      const present = await readKey(file);
      if (present && !present.equals(key)) await rename(file, `${file}.before_${stamp}`);
      await rename(draft, file);
    },
  };
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
