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

/** Looks no more often than this whether a statement waits for somebody's lock. */
const LOOK_MS = 2;

type State = 'busy' | 'parked' | 'done';

/** @param findBlocked the parts among those given whose statement waits for a lock in the database */
export function createTurnstile(
  chance: Chance,
  findBlocked: (parts: readonly string[]) => Promise<ReadonlySet<string>>,
): Turnstile {
  const states = new Map<string, State>();
  const waiting = new Map<string, () => void>();
  let changed = Promise.withResolvers<void>();
  let active = false;

  const become = (part: string, state: State) => {
    states.set(part, state);
    changed.resolve();
  };
  const partsThatAre = (state: State) => [...states].filter(([, is]) => is === state).map(([part]) => part);

  /** Waits until each part stands before its next statement, is done, or waits for another one's lock. */
  const settle = async (): Promise<void> => {
    for (;;) {
      const busy = partsThatAre('busy');
      if (busy.length === 0) return;
      changed = Promise.withResolvers<void>();
      const look = Promise.withResolvers<'look'>();
      const timer = setTimeout(() => look.resolve('look'), LOOK_MS);
      const what = await Promise.race([changed.promise, look.promise]);
      clearTimeout(timer);
      if (what !== 'look' || states.size < 2) continue;
      const blocked = await findBlocked(busy);
      // What was blocked when asked cannot go on by itself: only a part that is parked can free it.
      if (partsThatAre('parked').length > 0 && partsThatAre('busy').every((part) => blocked.has(part)))
        return;
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
        if (parked.length === 0) {
          if (partsThatAre('busy').length === 0) break;
          await settle();
          continue;
        }
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
