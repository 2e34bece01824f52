import { Temporal } from 'temporal-polyfill';
import type { Gateway } from '#contracts/gateway.ts';
import type { Channel } from '#pact/ladder.ts';
import { type Clock, speedOf } from '#platform/clock.ts';
import { withAlertSpan } from '#platform/tracing.ts';
import type { Db } from '#store/database.ts';
import {
  type Accepted,
  dissolve,
  isTakenByAnother,
  markAccepted,
  markFailed,
} from '#store/message/record-delivery.ts';
import { type Envelope, findDueChannels, takeDueMessages } from '#store/message/take-due-messages.ts';
import type { Gateways } from './gateways.ts';
import { groupWrites } from './group-writes.ts';

/** Messages of one channel under way at once; new ones are taken when half of the places are free. */
const MOST_AT_ONCE = 32;

/** Wall time, longer than asking and sending may take together; nobody else touches a message meanwhile. */
export const LEASE_MS = 30_000;

/** A message that nobody waits for any more is given up after this long; a page of an open alert never is. */
const GIVE_UP_AFTER = { hours: 24 };

const FIRST_RETRY_SECONDS = 4;
const MOST_RETRY_SECONDS = 60;

/** What a provider had no room for is due again this soon, all at once, so that the urgent goes first then too. */
const THROTTLED_SECONDS = 1;

/**
 * What became of one attempt. `temporary`, `throttled` and `unknown` are tried again; `lease_over` is another
 * process's by now, `pointless` no longer needed, `not_accepted` a list that is taken apart.
 */
export const ATTEMPT_OUTCOMES = [
  'accepted',
  'refused',
  'temporary',
  'throttled',
  'unknown',
  'lease_over',
  'pointless',
  'not_accepted',
  'no_gateway',
  'gave_up',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export type DeliveryOptions = {
  /** Told of every attempt once it is recorded. */
  onAttempt?: (envelope: Envelope, outcome: AttemptOutcome) => void;
  /** Told of an attempt whose fate is unknown; the message itself is safe and is tried again. */
  onFault?: (error: unknown, key: string) => void;
  /** No more messages are taken once it aborts. */
  signal?: AbortSignal;
};

/**
 * Sends what is due, the urgent first, each channel at its provider's pace. A crash at any point loses and
 * doubles nothing: a message is marked before it is sent, and one without a recorded fate is asked for before
 * it is sent again (invariant 4).
 * @returns how many were taken
 */
export async function deliverDue(
  db: Db,
  gateways: Gateways,
  clock: Clock,
  limit: number,
  { onFault = () => {}, onAttempt = () => {}, signal }: DeliveryOptions = {},
): Promise<number> {
  const delivery: Delivery = {
    db,
    gateways,
    clock,
    onFault,
    onAttempt,
    accept: groupWrites((accepted) => markAccepted(db, accepted)),
    throttled: new Set(),
  };
  const channels = signal?.aborted ? [] : await findDueChannels(db, clock.now());
  const rounds = await Promise.allSettled(
    channels.map((channel) => deliverChannel(channel, delivery, limit, signal)),
  );
  const failed = rounds.find((round) => round.status === 'rejected');
  if (failed) throw failed.reason;
  return rounds.reduce((sum, round) => sum + (round.status === 'fulfilled' ? round.value : 0), 0);
}

type Delivery = {
  db: Db;
  gateways: Gateways;
  clock: Clock;
  onFault: NonNullable<DeliveryOptions['onFault']>;
  onAttempt: NonNullable<DeliveryOptions['onAttempt']>;
  accept(accepted: Accepted): Promise<void>;
  /** Channels whose provider takes no more in this round. */
  throttled: Set<Channel>;
};

async function deliverChannel(
  channel: Channel,
  delivery: Delivery,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { db, gateways, clock, throttled } = delivery;
  const { atOnce, leaseMs } = gateways.capacityOf(channel, { atOnce: MOST_AT_ONCE, leaseMs: LEASE_MS });
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let taken = 0;
  try {
    for (let room = atOnce; !signal?.aborted && !throttled.has(channel) && faults.length === 0; ) {
      const most = Math.min(room, limit - taken);
      const due =
        most > 0
          ? await takeDueMessages(
              db,
              { channel, limit: most, leaseMs: leaseMs * speedOf(clock) },
              clock.now(),
            )
          : [];
      taken += due.length;
      for (const envelope of due) {
        const { alertIds, kind } = envelope;
        const work = withAlertSpan('message.send', alertIds, { channel, kind }, () =>
          attempt(envelope, delivery),
        )
          .then((outcome) => delivery.onAttempt(envelope, outcome))
          .catch((error: unknown) => void faults.push(error))
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }
      if (due.length === 0) break;
      while (underWay.size > atOnce / 2) await Promise.race(underWay);
      room = atOnce - underWay.size;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (faults.length > 0) throw faults[0];
  return taken;
}

async function attempt(envelope: Envelope, delivery: Delivery): Promise<AttemptOutcome> {
  const { db, gateways, clock, onFault, accept, throttled } = delivery;
  const { key } = envelope;
  const fail = async <T extends AttemptOutcome>(failure: string, outcome: T): Promise<T> => {
    await markFailed(db, { key, failure, lasting: 'permanent' }, clock.now());
    return outcome;
  };
  const retry = async (failure: string, lasting: 'temporary' | 'unknown') => {
    if (!isWorthARetry(envelope, clock.now())) return fail('gave_up', 'gave_up');
    const nextAttemptAt = retryAt(envelope, clock.now());
    await markFailed(db, { key, failure, lasting, nextAttemptAt }, clock.now());
    return lasting;
  };

  const gateway = gateways.find(envelope.channel, envelope.to);
  if (!gateway) return fail('no_gateway', 'no_gateway');
  const outcome = await settleOrSend(envelope, gateway, delivery).catch((error: unknown) => {
    onFault(error, key);
    return 'unknown' as const;
  });
  if (outcome === 'lease_over') return outcome;
  if (outcome === 'pointless') return fail('stood_down', outcome);
  if (outcome === 'not_accepted') {
    await dissolve(db, key, clock.now());
    return outcome;
  }
  if (outcome === 'unknown') {
    await gateways.failing(gateway, 'unreachable');
    return retry('unknown', 'unknown');
  }
  if (outcome.ok) {
    await gateways.well(gateway);
    await accept({
      key,
      provider: gateway.name,
      providerId: outcome.providerId,
      at: clock.now(),
      delivered: outcome.delivered ?? false,
      polled: gateway.poll !== undefined,
    });
    return 'accepted';
  }
  const failure = `${outcome.reason} (${outcome.code})`;
  if (outcome.lasting === 'throttled') {
    await gateways.throttled(gateway, failure);
    const nextAttemptAt = clock.now().add({ seconds: THROTTLED_SECONDS });
    throttled.add(gateway.channel);
    await markFailed(db, { key, failure, lasting: 'temporary', nextAttemptAt }, clock.now());
    return 'throttled';
  }
  if (outcome.lasting === 'temporary') {
    await gateways.failing(gateway, failure);
    return retry(failure, 'temporary');
  }
  await gateways.well(gateway);
  return fail(failure, 'refused');
}

type Sent = Awaited<ReturnType<Gateway['send']>>;

async function settleOrSend(
  envelope: Envelope,
  gateway: Gateway,
  { db, gateways, clock }: Delivery,
): Promise<Sent | 'lease_over' | 'pointless' | 'not_accepted'> {
  const { key, to, text, content, language, firstTriedAt, leaseUntil } = envelope;
  const dispatch = { key, to, text, content, language, firstTriedAt };
  if (envelope.mustSettle) {
    // Two answers may read alike, and calls say nothing; what is known as another message is not this one.
    const found = await gateway.find(dispatch, (id) => isTakenByAnother(db, gateway.name, id, key));
    if (found) return { ok: true as const, ...found };
    if (envelope.isList) return 'not_accepted';
  }
  if (envelope.isPointless) return 'pointless';
  await gateways.turn(gateway);
  // A process that stood still may wake up when somebody else has the message.
  if (Temporal.Instant.compare(clock.now(), leaseUntil) >= 0) return 'lease_over';
  return gateway.send(dispatch);
}

const isWorthARetry = (envelope: Envelope, now: Temporal.Instant): boolean =>
  (envelope.kind === 'page' && !envelope.isPointless) ||
  Temporal.Instant.compare(now, envelope.createdAt.add(GIVE_UP_AFTER)) < 0;

function retryAt({ attempts }: Envelope, now: Temporal.Instant): Temporal.Instant {
  const seconds = Math.min(MOST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(attempts - 1, 10));
  return now.add({ seconds });
}
