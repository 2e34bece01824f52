import { reasonOf } from '#platform/errors.ts';

/** What has to be stopped or removed again, the newest first. */
export type Undo = (() => unknown)[];

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

async function undoAll(undo: Undo): Promise<void> {
  for (const step of undo.splice(0).toReversed())
    await Promise.resolve()
      .then(step)
      .catch((error: unknown) => console.error(reasonOf(error)));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    for (const undo of underWay) await undoAll(undo);
    process.exit(130);
  });
}
