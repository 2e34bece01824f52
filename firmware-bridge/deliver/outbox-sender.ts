import type { Memory, OutboxRow } from '../memory/memory.ts';
import type { BrokerLink } from './broker-link.ts';

export type OutboxSender = {
  /**
   * Sends messages in their order. Resolves when our broker has them, or when it is away and they are kept: either way
   * they will not be lost.
   */
  send(rows: readonly OutboxRow[]): Promise<void>;
  stop(): void;
};

/** Unacknowledged messages on the way; our broker takes more than this of a bridge. */
const WINDOW = 512;

/** A sign of life this old says nothing of now. Milliseconds by our clock. */
const STALE_LIFE_MS = 90_000;

/** Longer than this nobody waits for a broker that is there and does not answer. Wall milliseconds. */
const PATIENCE_MS = 4_000;

type Parcel = { row: OutboxRow; again: boolean; onKept: () => void };

/** Carries what stands in the memory's outbox to our broker, and what was left there when the process last ended. */
export function createOutboxSender(
  memory: Memory,
  link: BrokerLink,
  ports: { nowMs: () => number; onError: (error: unknown) => void },
): OutboxSender {
  const waiting: Parcel[] = [];
  const onTheWay = new Set<Parcel>();
  let stopped = false;
  for (const row of memory.outbox()) waiting.push({ row, again: true, onKept: () => undefined });
  link.onLost(() => {
    for (const parcel of [...onTheWay, ...waiting]) parcel.onKept();
  });
  pump();

  function pump(): void {
    while (!stopped && waiting.length > 0 && onTheWay.size < WINDOW) {
      const parcel = waiting.shift() as Parcel;
      const { row } = parcel;
      if (row.message.type === 'heartbeat' && ports.nowMs() - row.madeAt > STALE_LIFE_MS) {
        finish(parcel);
        continue;
      }
      onTheWay.add(parcel);
      link
        .publish(row.sensorId, row.message, { again: parcel.again })
        .then(() => {
          finish(parcel);
          pump();
        })
        .catch((error: unknown) => {
          onTheWay.delete(parcel);
          // It stays in the outbox, and is sent at the next start.
          if (!stopped) ports.onError(error);
        });
    }
  }

  function finish(parcel: Parcel): void {
    onTheWay.delete(parcel);
    memory.done([parcel.row.id], []);
    parcel.onKept();
  }

  return {
    async send(rows) {
      if (rows.length === 0) return;
      let impatience: NodeJS.Timeout | undefined;
      await Promise.race([
        Promise.all(
          rows.map(
            (row) =>
              new Promise<void>((resolve) => {
                waiting.push({ row, again: false, onKept: resolve });
                if (!link.connected()) resolve();
              }),
          ),
        ),
        new Promise<void>((resolve) => {
          impatience = setTimeout(resolve, PATIENCE_MS);
          pump();
        }),
      ]).finally(() => clearTimeout(impatience));
    },
    stop() {
      stopped = true;
    },
  };
}
