import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '#platform/errors.ts';

/** What has to be stopped or removed again, the newest first. */
export type Undo = (() => unknown)[];

/** Of one step once a signal has come. Wall milliseconds. */
const STEP_MS = 4_000;

const underWay = new Set<Undo>();

/** Does the work and then undoes what it has noted, whatever came of it, a signal to this process included. */
export async function undoing<T>(work: (undo: Undo) => Promise<T>): Promise<T> {
  const undo: Undo = [];
  underWay.add(undo);
  try {
    return await work(undo);
  } finally {
    underWay.delete(undo);
    await undoAll(undo);
  }
}

/** @param patienceMs of each step, after which the next has its turn: a connection waits for its statement to end */
async function undoAll(undo: Undo, patienceMs?: number): Promise<void> {
  for (const step of undo.splice(0).toReversed()) {
    const done = Promise.resolve()
      .then(step)
      .catch((error: unknown) => console.error(reasonOf(error)));
    await (patienceMs === undefined ? done : Promise.race([done, wait(patienceMs)]));
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    for (const undo of underWay) await undoAll(undo, STEP_MS);
    process.exit(130);
  });
}
