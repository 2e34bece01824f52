import type { OutboxSender } from '../deliver/outbox-sender.ts';
import type { Entry, Memory } from '../memory/memory.ts';

export type Committer = {
  /** Resolves when what it brings is durable, and with our broker or kept for it. Rejects when it could not be kept. */
  keep(entry: Entry): Promise<void>;
  /** Commits what is waiting. */
  flush(): void;
};

type Waiting = { entry: Entry; resolve: () => void; reject: (error: unknown) => void };

/** Gathers what one turn of the loop decides into one commit of the memory. */
export function createCommitter(
  memory: Memory,
  sender: OutboxSender,
  ports: {
    onKept: (entries: readonly Entry[]) => void;
    onFailed: (entries: readonly Entry[], error: unknown) => void;
  },
): Committer {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const entries = batch.map(({ entry }) => entry);
    let rows: ReturnType<Memory['commit']>;
    try {
      rows = memory.commit(entries);
    } catch (error) {
      ports.onFailed(entries, error);
      for (const { reject } of batch) reject(error);
      return;
    }
    ports.onKept(entries);
    batch.forEach(({ resolve, reject }, index) => {
      sender.send(rows[index] ?? []).then(resolve, reject);
    });
  }

  return {
    keep: (entry) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ entry, resolve, reject });
      }),
    flush,
  };
}
