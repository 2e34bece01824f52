import { resolve } from 'node:path';
import type { Config } from '#platform/config.ts';
import { PactError } from '#platform/errors.ts';
import { fingerprintOf, loadServerKey } from '#platform/server-key.ts';
import type { Db } from '#store/database.ts';
import { claimServerKey } from '#store/server-key.ts';

/**
 * The key under which this database keeps its secrets. With another one every sensor would be refused, and the
 * ones enrolled meanwhile by everybody else.
 * @throws PactError SECRET_MISMATCH
 */
export async function openServerKey({ dataDir, secret }: Config, db: Db): Promise<Buffer> {
  const key = await loadServerKey(resolve(dataDir), secret);
  if (await claimServerKey(db, fingerprintOf(key))) return key;
  throw new PactError(
    'SECRET_MISMATCH',
    secret
      ? 'PACT_SECRET is not the key under which this database keeps its secrets.'
      : 'The key in this data folder is not the one under which this database keeps its secrets.',
    { hint: 'Give every process over one database the same PACT_SECRET; docs/errors.md says how.' },
  );
}
