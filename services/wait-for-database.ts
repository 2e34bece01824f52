import { DatabaseError } from 'pg';
import { PactError, reasonOf } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';
import { untilAborted } from '#platform/until-aborted.ts';
import { createPool } from '#store/connect.ts';

const PATIENCE_MS = 30_000;
const BETWEEN_TRIES_MS = 500;

/** What no waiting mends: a refused user or password, no such database, no right to connect to it. */
const REFUSAL = /^(28...|3D000|42501)$/;

/**
 * Waits for a server of the operator's, which may come up after us; `onWaiting` is called once if it is not there.
 * @throws PactError DATABASE_UNREACHABLE after half a minute, or at once when the server refuses us
 */
export async function waitForDatabase(
  connectionString: string,
  { signal, onWaiting }: { signal: AbortSignal; onWaiting: () => void },
): Promise<void> {
  const givesUpAt = performance.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    const failure = await untilAborted(tryToConnect(connectionString), signal);
    if (!failure) return;
    const { error } = failure;
    if (error instanceof DatabaseError && REFUSAL.test(error.code ?? '')) {
      throw new PactError('DATABASE_UNREACHABLE', `PostgreSQL refuses us: ${reasonOf(error)}`, {
        cause: error,
        hint: 'Check the user, the password and the name of the database in DATABASE_URL.',
      });
    }
    if (performance.now() > givesUpAt) {
      throw new PactError('DATABASE_UNREACHABLE', `PostgreSQL does not answer: ${reasonOf(error)}`, {
        cause: error,
        hint: 'Check DATABASE_URL, the network and the server.',
      });
    }
    if (attempt === 1) onWaiting();
    await sleep(BETWEEN_TRIES_MS, signal);
  }
}

async function tryToConnect(connectionString: string): Promise<{ error: unknown } | undefined> {
  const failures: Error[] = [];
  const onError = (error: Error) => failures.push(error);
  const pool = createPool({ connectionString, size: 1, name: 'curtain-pact-wait', onError });
  try {
    await pool.query('select 1');
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    await pool.end();
  }
}
