import type { Chance } from './chance.ts';

/** One part's work, known by the part's name; each part has one connection. */
export type Task = { part: string; work(): Promise<void> };

/** Lets the statements of parts that work at the same moment through one by one, in an order that chance decides. */
export type Turnstile = {
  /** Resolves when it is the part's turn; at once where nobody else works. */
  pass(part: string): Promise<void>;
  /** Runs the tasks to their ends, statement by statement. */
  together(tasks: readonly Task[], label: string): Promise<void>;
};

/** `blocked` waits for another one's lock: only a part that goes on can free it. */
type State = 'busy' | 'blocked' | 'parked' | 'done';

/** What the turnstile asks of the bench. */
export type Locks = {
  /** The parts among those given whose statement waits for a lock in the database. */
  findBlocked(parts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Told of each statement that has begun to wait for a lock. */
  onBlocked(listener: (part: string) => void): void;
  /** Told whether a part waits for another one's lock. */
  setWaiting(isAnybodyWaiting: boolean): void;
};

export function createTurnstile(chance: Chance, { findBlocked, onBlocked, setWaiting }: Locks): Turnstile {
  const states = new Map<string, State>();
  const waiting = new Map<string, () => void>();
  let changed = Promise.withResolvers<void>();
  let active = false;

  const become = (part: string, state: State) => {
    states.set(part, state);
    setWaiting(partsThatAre('blocked').length > 0);
    changed.resolve();
  };
  const partsThatAre = (state: State) => [...states].filter(([, is]) => is === state).map(([part]) => part);

  onBlocked((part) => {
    if (states.get(part) === 'busy') become(part, 'blocked');
  });

  /** Waits until each part stands before its next statement, is done, or waits for another one's lock. */
  const settle = async (): Promise<void> => {
    for (;;) {
      while (partsThatAre('busy').length > 0) {
        changed = Promise.withResolvers<void>();
        await changed.promise;
      }
      const waits = partsThatAre('blocked');
      if (waits.length === 0) return;
      // Whoever has gone on since may have let them free, and nobody tells that.
      const blocked = await findBlocked(waits);
      for (const part of waits)
        if (!blocked.has(part) && states.get(part) === 'blocked') become(part, 'busy');
      if (partsThatAre('busy').length === 0) return;
    }
  };

  return {
    async pass(part) {
      if (!active) return;
      const turn = Promise.withResolvers<void>();
      waiting.set(part, turn.resolve);
      become(part, 'parked');
      await turn.promise;
    },
    async together(tasks, label) {
      active = tasks.length > 1;
      const failures: unknown[] = [];
      const works: Promise<void>[] = [];
      for (const { part, work } of tasks) {
        states.set(part, 'busy');
        works.push(
          work()
            .catch((error: unknown) => void failures.push(error))
            .finally(() => become(part, 'done')),
        );
        if (active) await settle();
      }
      for (let turn = 0; active; turn += 1) {
        const parked = partsThatAre('parked').sort();
        if (parked.length === 0) break;
        const next = chance.pick(`${label} turn ${turn}`, parked);
        states.set(next, 'busy');
        waiting.get(next)?.();
        waiting.delete(next);
        await settle();
      }
      await Promise.all(works);
      states.clear();
      active = false;
      if (failures.length > 0) throw failures[0];
    },
  };
}
