import { setTimeout as wait } from 'node:timers/promises';
import type { IncomingMessage } from '#contracts/gateway.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import type { Language } from '#pact/text/language.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Service } from '#platform/service.ts';
import type { Db } from '#store/database.ts';
import { deliverDue } from './deliver.ts';
import { createOutboxGateway } from './outbox-gateway.ts';
import { receiveReply } from './receive-reply.ts';
import { createTwilioGateway, type TwilioConfig } from './twilio-gateway.ts';
import { createTwilioWebhook } from './twilio-webhook.ts';

export type MessagingConfig = {
  /** Of answers to strangers; everybody else is answered in their community's language. */
  language: Language;
  publicUrl: string | undefined;
  /** Without it the outbox keeps the messages. */
  twilio: TwilioConfig | undefined;
};

export type MessagingPorts = { db: Db; clock: Clock; logger: Logger };

export type Messaging = Service & {
  webhooks: WebhookRoute[];
  /** Sends what is due; the count of messages it took. Calls that come meanwhile share one more round. */
  deliverDue(): Promise<number>;
  /** Takes a message from a phone; what it set off is sent soon after. */
  receive(message: IncomingMessage): Promise<void>;
};

const BATCH = 1_000;

/** Wall time that stopping may wait for a provider. */
const MOST_STOP_MS = 3_000;

/** Sends what the other services planned and takes in what people reply. It has no loop: whoever plans wakes it. */
export function createMessaging(config: MessagingConfig, ports: MessagingPorts): Messaging {
  const { db, clock, logger } = ports;
  const { twilio, publicUrl, language } = config;
  const gateway = twilio ? createTwilioGateway(twilio) : createOutboxGateway(db, clock);
  let round: Promise<number> | undefined;
  let nextRound: Promise<number> | undefined;
  let ending = new AbortController();

  const startRound = () => {
    round = deliverDue(db, gateway, clock, BATCH, { onFault: warn, signal: ending.signal }).finally(() => {
      round = undefined;
    });
    return round;
  };
  const deliver = (): Promise<number> => {
    if (!round) return startRound();
    nextRound ??= Promise.allSettled([round]).then(() => {
      nextRound = undefined;
      return startRound();
    });
    return nextRound;
  };
  const receive = async (message: IncomingMessage) => {
    await receiveReply(db, message, clock.now(), language);
    // Not waited for: the provider wants its answer soon, and the sweep delivers what fails here.
    deliver().catch((error: unknown) =>
      logger.warn({ event: 'messaging.deliver-failed', why: reasonOf(error) }),
    );
  };
  const warn = (error: unknown, messageId: string) =>
    logger.warn({ event: 'messaging.fate-unknown', messageId, why: reasonOf(error) });

  return {
    name: 'messaging',
    webhooks: twilio ? [createTwilioWebhook({ authToken: twilio.authToken, publicUrl }, receive)] : [],
    deliverDue: deliver,
    receive,
    async start() {
      ending = new AbortController();
    },
    async stop() {
      ending.abort();
      // What a slow provider still holds is settled at the next start.
      await Promise.race([Promise.allSettled([round, nextRound]), waitNoLonger(MOST_STOP_MS)]);
    },
  };
}

/** An unreferenced timer: it keeps no finished process alive. */
const waitNoLonger = (milliseconds: number) => wait(milliseconds, undefined, { ref: false });
