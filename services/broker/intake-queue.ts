import pg from 'pg';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { isTracing, noteApart, withSpan } from '#platform/tracing.ts';
import type { IntakeMessage, IntakeOutcome } from '#store/sensor/intake.ts';
import type { Unread } from '#store/sensor/quarantine.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';

/** What stands at the end of the queue; `services/store/sensor` in service, something quicker in the bench. */
export type IntakeStore = {
  record(messages: readonly IntakeMessage[]): Promise<readonly IntakeOutcome[]>;
  quarantine(unread: readonly Unread[]): Promise<void>;
};

export type Arrival = { sensorId: string; raw: Unread; message: IntakeMessage | undefined };

/** Called once: with nothing after the commit, with an error when the wait was too long. */
export type Settled = (failure?: Error) => void;

export type IntakeQueue = {
  /**
   * False when the queue is full; then `settled` is never called. Without `patience` a wait that is too long settles
   * the message with an error.
   */
  push(arrival: Arrival, settled: Settled, patience?: 'as long as it takes'): boolean;
  pending(): number;
  /** Milliseconds that the oldest message has waited for its commit. */
  heldMs(): number;
  /** Commits what was accepted, for at most so many milliseconds; whatever is left is dropped without an acknowledgement. */
  stop(withinMs: number): Promise<void>;
};

type Entry = { arrival: Arrival; settled: Settled | undefined; since: number; isPatient: boolean };
/** One sensor's messages in their order, without the one that is being committed. */
type Lane = { waiting: Entry[] };

const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 500;
/** Messages that cost less together than a commit of their own. */
const SMALL_BATCH = 20;

/**
 * Gathers messages while the previous batch commits, and commits them together: a batch is never waited
 * for. A batch takes one message of each sensor, so that a sensor that empties its memory neither delays
 * the others nor overtakes itself. A batch that cannot be committed is tried again until it is.
 */
export function createIntakeQueue(
  store: IntakeStore,
  limits: Pick<Limits, 'batchSize' | 'mostPending' | 'ackWaitMs'>,
  ports: { logger: Logger; metrics: Metrics; onRecovered: () => void },
): IntakeQueue {
  const lanes = new Map<string, Lane>();
  const entries = new Set<Entry>();
  let ready: Lane[] = [];
  let scheduled = false;
  let committing = false;
  let stopped = false;
  let onEmpty: (() => void) | undefined;
  const overdue = setInterval(closeOverdue, Math.min(1_000, limits.ackWaitMs / 4)).unref();

  function push(arrival: Arrival, settled: Settled, patience?: 'as long as it takes'): boolean {
    if (stopped || entries.size >= limits.mostPending) return false;
    const entry: Entry = { arrival, settled, since: performance.now(), isPatient: patience !== undefined };
    entries.add(entry);
    const lane = lanes.get(arrival.sensorId);
    if (lane) {
      lane.waiting.push(entry);
      return true;
    }
    const opened: Lane = { waiting: [entry] };
    lanes.set(arrival.sensorId, opened);
    ready.push(opened);
    schedule();
    return true;
  }

  /** After everything that has arrived in this turn of the loop. */
  function schedule(): void {
    if (scheduled || committing || ready.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void commitReady();
    });
  }

  /**
   * Batch after batch, while anything is ready. A batch is acknowledged while the database works on the
   * next, so that neither waits for the other; in the order of their commits all the same.
   */
  async function commitReady(): Promise<void> {
    committing = true;
    let committed: Entry[] = [];
    while (ready.length > 0) {
      const turn = ready.splice(0, mostTogether());
      const batch = turn.map((lane) => lane.waiting.shift() as Entry);
      const startedAt = performance.now();
      const commitment = isTracing() ? commitTraced(batch) : commit(batch);
      if (committed.length > 0) {
        // The statement leaves in this turn of the loop; a thousand acknowledgements first would hold it up.
        await new Promise((resolve) => setImmediate(resolve));
        for (const entry of committed) settle(entry);
      }
      const done = await commitment;
      if (!done) return;
      ports.metrics.committed(batch.length, (performance.now() - startedAt) / 1_000);
      for (let index = 0; index < batch.length; index += 1) {
        const lane = turn[index] as Lane;
        if (lane.waiting.length > 0) ready.push(lane);
        else lanes.delete((batch[index] as Entry).arrival.sensorId);
      }
      committed = batch;
    }
    committing = false;
    for (const entry of committed) settle(entry);
    schedule();
    if (entries.size === 0) onEmpty?.();
  }

  /**
   * Half of what waits for its acknowledgement, unless that is little: sensors that all wait for one commit
   * leave the broker idle until it is done, and the database while it answers them.
   */
  function mostTogether(): number {
    return Math.min(limits.batchSize, Math.max(SMALL_BATCH, Math.ceil(entries.size / 2)));
  }

  /** False when the queue was stopped before the database took the batch. */
  async function commit(batch: readonly Entry[]): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await write(batch);
        if (attempt > 0) {
          ports.logger.info({ event: 'broker.intake-resumed', attempts: attempt, pending: entries.size });
          ports.onRecovered();
        }
        return true;
      } catch (error) {
        if (stopped) return false;
        if (isRefusedData(error)) return await isolate(batch, error);
        if (attempt % 20 === 0) {
          ports.logger.error({ event: 'broker.intake-held', why: reasonOf(error), pending: entries.size });
        }
        await new Promise((resolve) =>
          setTimeout(resolve, Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS)),
        );
      }
    }
  }

  /** What each message waited is a trace of its own, linked to the commit that it was waiting for. */
  function commitTraced(batch: readonly Entry[]): Promise<boolean> {
    return withSpan('intake.commit', { messages: batch.length }, async () => {
      const done = await commit(batch);
      const now = performance.now();
      for (const { arrival, since } of batch)
        noteApart('intake.receive', now - since, { 'pact.sensor': arrival.sensorId, committed: done });
      return done;
    });
  }

  async function write(batch: readonly Entry[]): Promise<void> {
    const messages: IntakeMessage[] = [];
    const unread: Unread[] = [];
    for (const { arrival } of batch) {
      if (arrival.message) messages.push(arrival.message);
      else unread.push(arrival.raw);
    }
    if (messages.length > 0) {
      const outcomes = await store.record(messages);
      count(outcomes);
    }
    if (unread.length > 0) {
      await store.quarantine(unread);
      ports.metrics.counted('quarantined', unread.length);
    }
  }

  function count(outcomes: readonly IntakeOutcome[]): void {
    let recorded = 0;
    for (const outcome of outcomes) {
      if (outcome === 'recorded') recorded += 1;
      else ports.metrics.counted(outcome, 1);
    }
    if (recorded > 0) ports.metrics.counted('recorded', recorded);
  }

  /** One message that the database will never take must not hold all the others for ever. */
  async function isolate(batch: readonly Entry[], error: unknown): Promise<boolean> {
    const [only] = batch;
    if (batch.length === 1 && only) {
      if (!only.arrival.message) {
        ports.logger.error({ event: 'broker.quarantine-failed', why: reasonOf(error) });
        return true;
      }
      ports.logger.error({
        event: 'broker.message-refused-by-database',
        sensor: only.arrival.sensorId,
        why: reasonOf(error),
      });
      only.arrival.message = undefined;
      only.arrival.raw.reason = 'refused_by_database';
      return commit(batch);
    }
    const middle = Math.ceil(batch.length / 2);
    return (await commit(batch.slice(0, middle))) && (await commit(batch.slice(middle)));
  }

  function settle(entry: Entry): void {
    entries.delete(entry);
    entry.settled?.();
    entry.settled = undefined;
  }

  /** A hook of Aedes that waits holds up its client's pings too: better that the sensor connects and sends again. */
  function closeOverdue(): void {
    const now = performance.now();
    for (const entry of entries) {
      if (now - entry.since < limits.ackWaitMs) return;
      if (!entry.settled || entry.isPatient) continue;
      ports.metrics.refused('ack_overdue');
      const { settled } = entry;
      // The entry stays: its commit does no harm when the sensor sends again.
      entry.settled = undefined;
      settled(new Error('no commit in time'));
    }
  }

  function heldMs(): number {
    const [oldest] = entries;
    return oldest ? performance.now() - oldest.since : 0;
  }

  async function stop(withinMs: number): Promise<void> {
    if (entries.size > 0 && !stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    stopped = true;
    ready = [];
    clearInterval(overdue);
  }

  return { push, pending: () => entries.size, heldMs, stop };
}

/** Data exceptions and broken constraints, but for the unique ones, which are a race and pass. */
const isRefusedData = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(?:22|23(?!505))/.test(error.code ?? '');
