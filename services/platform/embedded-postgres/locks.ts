import { setTimeout as sleep } from 'node:timers/promises';
import { PactError } from '#platform/errors.ts';
import type { Cluster } from './cluster.ts';
import type { Session } from './session.ts';

/** Advisory locks of the maintenance database: PostgreSQL lets go of them when their process dies. */
const SPACE = 0x63757274;
const OWNER = 1;
const BORROWERS = 2;

/**
 * Makes this session the owner of the data folder. A killed owner's connection takes a moment to end, so
 * a held lock is asked for again for a while.
 *
 * @throws PactError DATA_DIR_IN_USE naming the holder
 */
export const takeOwnership = async (
  session: Session,
  cluster: Cluster,
  patienceMs = 2_000,
): Promise<void> => {
  const until = performance.now() + patienceMs;
  while (!(await tryLock(session, OWNER))) {
    if (performance.now() > until) throw inUse(cluster, await findHolder(session));
    await sleep(100);
  }
};

/** Says that a tool uses the server, so that another tool that ends does not stop it. */
export const markBorrowed = async (session: Session): Promise<void> => {
  await session.query('select pg_advisory_lock_shared($1, $2)', [SPACE, BORROWERS]);
};

/** True when neither the service nor a tool uses the server; from then on none of them can begin to. */
export const isUnused = async (session: Session): Promise<boolean> =>
  (await tryLock(session, OWNER)) && (await tryLock(session, BORROWERS));

const tryLock = async (session: Session, key: number): Promise<boolean> => {
  const [row] = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
    SPACE,
    key,
  ]);
  return row?.got === true;
};

const findHolder = async (session: Session): Promise<string | undefined> => {
  const [row] = await session.query<{ application_name: string }>(
    `select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2`,
    [SPACE, OWNER],
  );
  return row?.application_name;
};

const inUse = (cluster: Cluster, holder: string | undefined): PactError =>
  new PactError(
    'DATA_DIR_IN_USE',
    `The data folder ${cluster.dataDir} is in use by ${holder ?? 'another process'}.`,
    { hint: 'Stop that process first, or give this one a data folder of its own.' },
  );
