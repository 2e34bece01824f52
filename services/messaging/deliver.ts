import { Temporal } from 'temporal-polyfill';
import type { Gateway } from '#contracts/gateway.ts';
import { type Clock, speedOf } from '#platform/clock.ts';
import type { Db } from '#store/database.ts';
import { type Accepted, isTakenByAnother, markAccepted, markFailed } from '#store/message/record-delivery.ts';
import { type DueMessage, takeDueMessages } from '#store/message/take-due-messages.ts';

/** Messages under way at once; new ones are taken when half of the places are free. */
const MOST_AT_ONCE = 32;

/** Wall time, longer than asking and sending may take together; nobody else touches a message meanwhile. */
export const LEASE_MS = 30_000;

/** A message that nobody waits for any more is given up after this long; a page of an open alert never is. */
const GIVE_UP_AFTER = { hours: 24 };

const FIRST_RETRY_SECONDS = 4;
const MOST_RETRY_SECONDS = 60;

export type DeliveryOptions = {
  /** Told of an attempt whose fate is unknown; the message itself is safe and is tried again. */
  onFault?: (error: unknown, messageId: string) => void;
  /** No more messages are taken once it aborts. */
  signal?: AbortSignal;
};

/**
 * Sends up to `limit` messages that are due. A crash at any point loses and doubles nothing: a message is
 * marked before it is sent, and one without a recorded fate is asked for before it is sent again (invariant 4).
 * @returns how many were taken
 */
export async function deliverDue(
  db: Db,
  gateway: Gateway,
  clock: Clock,
  limit: number,
  { onFault = () => {}, signal }: DeliveryOptions = {},
): Promise<number> {
  const delivery = { db, gateway, clock, onFault, accept: createAcceptanceRecorder(db) };
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let taken = 0;
  try {
    for (let room = MOST_AT_ONCE; !signal?.aborted && faults.length === 0; ) {
      const most = Math.min(room, limit - taken);
      const due =
        most > 0
          ? await takeDueMessages(db, clock.now(), most, (gateway.leaseMs ?? LEASE_MS) * speedOf(clock))
          : [];
      taken += due.length;
      for (const message of due) {
        const work = attempt(message, delivery)
          .catch((error: unknown) => void faults.push(error))
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }
      if (due.length < room) break;
      while (underWay.size > MOST_AT_ONCE / 2) await Promise.race(underWay);
      room = MOST_AT_ONCE - underWay.size;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (faults.length > 0) throw faults[0];
  return taken;
}

type Delivery = {
  db: Db;
  gateway: Gateway;
  clock: Clock;
  onFault: NonNullable<DeliveryOptions['onFault']>;
  accept(accepted: Accepted): Promise<void>;
};

async function attempt(
  message: DueMessage,
  { db, gateway, clock, onFault, accept }: Delivery,
): Promise<void> {
  const record = async (providerId: string) =>
    accept({ id: message.id, provider: gateway.name, providerId, at: clock.now() });
  const fail = (failure: string) =>
    markFailed(db, { id: message.id, failure, lasting: 'permanent' }, clock.now());
  const retry = (failure: string, lasting: 'temporary' | 'unknown') =>
    isWorthARetry(message, clock.now())
      ? markFailed(
          db,
          { id: message.id, failure, lasting, nextAttemptAt: retryAt(message, clock.now()) },
          clock.now(),
        )
      : fail('gave_up');

  const outcome = await settleOrSend(message, { db, gateway, clock }).catch((error: unknown) => {
    onFault(error, message.id);
    return 'unknown' as const;
  });
  if (outcome === 'lease_over') return;
  if (outcome === 'pointless') return fail('stood_down');
  if (outcome === 'unknown') return retry('unknown', 'unknown');
  if (outcome.ok) return record(outcome.providerId);
  const failure = `${outcome.reason} (${outcome.code})`;
  return outcome.lasting === 'permanent' ? fail(failure) : retry(failure, 'temporary');
}

async function settleOrSend(
  message: DueMessage,
  { db, gateway, clock }: Pick<Delivery, 'db' | 'gateway' | 'clock'>,
) {
  const { id, phone, text, firstTriedAt, leaseUntil } = message;
  const dispatch = { key: id, phone, text, firstTriedAt };
  if (message.mustSettle) {
    const found = await gateway.find(dispatch);
    // Two answers may read alike; what is known as another message is not this one.
    if (found && !(await isTakenByAnother(db, gateway.name, found.providerId, id))) {
      return { ok: true as const, ...found };
    }
  }
  if (message.isPointless) return 'pointless' as const;
  // A process that stood still may wake up when somebody else has the message.
  if (Temporal.Instant.compare(clock.now(), leaseUntil) >= 0) return 'lease_over' as const;
  return gateway.send(dispatch);
}

const isWorthARetry = (message: DueMessage, now: Temporal.Instant): boolean =>
  (message.kind === 'page' && !message.isPointless) ||
  Temporal.Instant.compare(now, message.createdAt.add(GIVE_UP_AFTER)) < 0;

function retryAt({ attempts }: DueMessage, now: Temporal.Instant): Temporal.Instant {
  const seconds = Math.min(MOST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(attempts - 1, 10));
  return now.add({ seconds });
}

/** Writes acceptances in groups: whatever came in while the last group was written is the next one. */
function createAcceptanceRecorder(db: Db): (accepted: Accepted) => Promise<void> {
  let waiting: Accepted[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return (accepted) => {
    waiting.push(accepted);
    // A group that could not be written is its own callers' fault to hear of; its messages are settled later.
    next ??= Promise.allSettled([writing]).then(() => {
      const group = waiting;
      waiting = [];
      next = undefined;
      writing = markAccepted(db, group);
      return writing;
    });
    return next;
  };
}
