import { setTimeout as wait } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Gateway, Inbox, Receipt } from '#contracts/gateway.ts';
import type { WebhookRequest, WebhookRoute } from '#contracts/webhook.ts';
import type { Language } from '#pact/text/language.ts';
import { type Clock, speedOf } from '#platform/clock.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createMeters } from '#platform/metrics.ts';
import type { Service } from '#platform/service.ts';
import { withSpan } from '#platform/tracing.ts';
import type { Db } from '#store/database.ts';
import { recordProviderHealth, registerProviders } from '#store/message/provider-health.ts';
import { recordReceipt } from '#store/message/record-receipt.ts';
import type { Envelope } from '#store/message/take-due-messages.ts';
import type { AliyunConfig } from './aliyun/account.ts';
import { createAliyunSms } from './aliyun/sms-gateway.ts';
import { createAliyunWebhooks } from './aliyun/webhooks.ts';
import { type AttemptOutcome, deliverDue } from './deliver.ts';
import { endTalk } from './end-talk.ts';
import { createGateways } from './gateways.ts';
import { measureGateway } from './measured-gateway.ts';
import { MESSAGING_METRICS, type MessagingMeters } from './metrics.ts';
import { createOutboxGateway } from './outbox-gateway.ts';
import { pollReceipts } from './poll-receipts.ts';
import { findScript, pressKey } from './press-key.ts';
import { receiveReply } from './receive-reply.ts';
import { createRobotGateway, type RobotOptions } from './robot/robot-gateway.ts';
import type { TwilioConfig } from './twilio/account.ts';
import { createTwilioGateways, createTwilioWebhooks } from './twilio/twilio.ts';

export type MessagingConfig = {
  /** Of answers to strangers; everybody else is answered in their community's language. */
  language: Language;
  publicUrl: string | undefined;
  /** Without any provider the outbox keeps SMS and calls. */
  twilio: TwilioConfig | undefined;
  aliyun?: AliyunConfig | undefined;
  robot?: RobotOptions;
  /**
   * Whether this process sends. One that does not has perhaps no provider's settings: it neither says which providers
   * there are nor lets the outbox take what is meant for them, and wakes whoever sends.
   */
  sends?: boolean;
};

export type MessagingPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Where it counts what it does. */
  registry?: Registry;
  /** Wakes the process that sends. */
  wake?: () => void;
};

export type Messaging = Service &
  Inbox & {
    webhooks: WebhookRoute[];
    /** Sends what is due and asks after what is overdue; the count of both. Calls that come meanwhile share one more round. */
    deliverDue(): Promise<number>;
  };

const BATCH = 1_000;

/** Wall time that stopping may wait for a provider. */
const MOST_STOP_MS = 3_000;

/** Sends what the other services planned and takes in what people reply. It has no loop: whoever plans wakes it. */
export function createMessaging(config: MessagingConfig, ports: MessagingPorts): Messaging {
  const { db, clock, logger } = ports;
  const { sends = true } = config;
  const meters = createMeters(ports.registry ?? new Registry(), MESSAGING_METRICS);
  const measured = gatewaysOf(config, ports).map((gateway) => measureGateway(gateway, meters));
  const gateways = createGateways(measured, async (change) => {
    const level = change.failure ? 'warn' : 'info';
    logger[level]({ event: 'messaging.provider', provider: change.name, failure: change.failure ?? 'none' });
    await recordProviderHealth(db, change, clock.now());
  });
  let round: Promise<number> | undefined;
  let nextRound: Promise<number> | undefined;
  let ending = new AbortController();

  const warn = (error: unknown, messageId: string) =>
    logger.warn({ event: 'messaging.fate-unknown', messageId, why: reasonOf(error) });

  const startRound = () => {
    round = runRound().finally(() => {
      round = undefined;
    });
    return round;
  };
  const runRound = async () => {
    const { signal } = ending;
    const sent = await deliverDue(db, gateways, clock, BATCH, { onFault: warn, onAttempt, signal });
    const onPolled = ({ state }: Receipt) => meters.receipts.add(1, { state, way: 'polled' });
    return sent + (await pollReceipts(db, gateways, clock, warn, onPolled));
  };
  const onAttempt = ({ channel, kind, deadlineAt }: Envelope, outcome: AttemptOutcome) => {
    meters.messages.add(1, { channel, kind, outcome });
    if (outcome !== 'accepted' || !deadlineAt) return;
    const lateMs = clock.now().epochMilliseconds - deadlineAt.epochMilliseconds;
    meters.pageSeconds.observe(lateMs / 1_000 / speedOf(clock));
  };
  const deliver = (): Promise<number> => {
    if (!round) return startRound();
    nextRound ??= Promise.allSettled([round]).then(() => {
      nextRound = undefined;
      return startRound();
    });
    return nextRound;
  };
  /** Not waited for: the provider wants its answer soon, and the sweep delivers what fails here. */
  const deliverSoon = () => {
    if (!sends) {
      ports.wake?.();
      return;
    }
    deliver().catch((error: unknown) =>
      logger.warn({ event: 'messaging.deliver-failed', why: reasonOf(error) }),
    );
  };

  const inbox: Inbox = {
    async receive(message) {
      const kind = await withSpan('messaging.reply', {}, () =>
        receiveReply(db, message, clock.now(), config.language, config.publicUrl),
      );
      meters.replies.add(1, { kind });
      deliverSoon();
    },
    async settle(receipt) {
      meters.receipts.add(1, { state: receipt.state, way: 'called' });
      const isNews = await withSpan('messaging.receipt', { state: receipt.state }, () =>
        recordReceipt(db, receipt, clock.now()),
      );
      if (isNews) deliverSoon();
    },
    async press(press) {
      meters.replies.add(1, { kind: 'key' });
      const script = await withSpan('messaging.key', {}, () =>
        pressKey(db, press, clock.now(), config.language),
      );
      deliverSoon();
      return script;
    },
    talked: (talk) => endTalk(db, talk, clock.now(), config.language),
    scriptOf: (key) => findScript(db, key),
  };

  return {
    name: 'messaging',
    webhooks: webhooksOf(config, inbox, meters),
    deliverDue: deliver,
    ...inbox,
    async start() {
      ending = new AbortController();
      if (sends) await registerProviders(db, gateways.all);
    },
    async stop() {
      ending.abort();
      // What a slow provider still holds is settled at the next start.
      await Promise.race([Promise.allSettled([round, nextRound]), waitNoLonger(MOST_STOP_MS)]);
    },
  };
}

/**
 * Providers that are set up, in order of preference; with none at all the outbox for what goes to phones. Robots
 * have their addresses in the register and are always there.
 */
function gatewaysOf(config: MessagingConfig, { db, clock }: MessagingPorts): Gateway[] {
  const { twilio, aliyun, publicUrl } = config;
  // Aliyun stands first: Twilio seldom delivers to the numbers that it serves.
  const phones = [
    ...(aliyun ? [createAliyunSms(aliyun, clock)] : []),
    ...(twilio ? createTwilioGateways(twilio, publicUrl) : []),
  ];
  const outbox = (['sms', 'voice'] as const).map((channel) => createOutboxGateway(db, clock, channel));
  return [...(phones.length > 0 ? phones : outbox), createRobotGateway(db, clock, config.robot)];
}

const webhooksOf = (
  { twilio, aliyun, publicUrl }: MessagingConfig,
  inbox: Inbox,
  meters: MessagingMeters,
): WebhookRoute[] => [
  ...(aliyun ? createAliyunWebhooks(aliyun, inbox) : []).map(counted(meters, 'aliyun')),
  ...(twilio ? createTwilioWebhooks(twilio, publicUrl, inbox) : []).map(counted(meters, 'twilio')),
];

/** `refused`: without a valid signature; `invalid`: signed, but not to be read; `failed`: the provider calls again. */
const counted = (meters: MessagingMeters, provider: 'twilio' | 'aliyun') => (route: WebhookRoute) => ({
  ...route,
  async handle(request: WebhookRequest) {
    try {
      const answer = await route.handle(request);
      meters.webhooks.add(1, { provider, outcome: 'taken' });
      return answer;
    } catch (error) {
      const status = error instanceof PactError ? error.status : 500;
      const outcome = status === 403 ? 'refused' : status < 500 ? 'invalid' : 'failed';
      meters.webhooks.add(1, { provider, outcome });
      throw error;
    }
  },
});

/** An unreferenced timer: it keeps no finished process alive. */
const waitNoLonger = (milliseconds: number) => wait(milliseconds, undefined, { ref: false });
