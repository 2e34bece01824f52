import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import { createLogger } from '#platform/logger.ts';
import { answerErrors } from '#services/api/error-answers.ts';
import { webhookRoutes } from '#services/api/server/webhooks.ts';
import { startFakeProvider } from '#sim/fake-provider/server.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { planMessages } from '#store/message/plan-message.ts';
import { createMessaging, type Messaging } from '../create-messaging.ts';
import type { TwilioConfig } from '../twilio/account.ts';
import { aliyunAccount } from './aliyun-account.ts';
import { openMissedMorning } from './missed-morning.ts';

export const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const OUR_NUMBER = '+15005550006';

export type Scenario = Awaited<ReturnType<typeof openScenario>>;

/**
 * A morning on which people are paged through the real gateways, the phone company is the fake, and its
 * callbacks come over HTTP to the routes as they are mounted for real. Time passes when a test says so.
 */
export async function openScenario(twilio: Partial<TwilioConfig> = {}, { aliyun = false } = {}) {
  const morning = await openMissedMorning();
  const { clock, db } = morning;
  const fake = await startFakeProvider({ clock, twilio: ACCOUNT });

  let listener: RequestListener | undefined;
  const server = createServer((request, response) =>
    listener ? listener(request, response) : response.writeHead(503).end(),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chinese = aliyunAccount(fake.url);
  const pushes = `${publicUrl}/webhooks/aliyun/${chinese.pushToken}`;
  fake.aliyun.pushTo({ report: `${pushes}/report`, reply: `${pushes}/reply` });
  fake.twilio.bringSmsTo(`${publicUrl}/webhooks/twilio/sms#rc=3&rp=all`);

  const account: TwilioConfig = {
    ...ACCOUNT,
    from: OUR_NUMBER,
    apiUrl: fake.url,
    timeoutMs: 500,
    ...twilio,
  };
  let messaging: Messaging;
  let app: ReturnType<typeof fastify>;

  const startOurs = async () => {
    messaging = createMessaging(
      {
        ...{ language: 'zh-CN', publicUrl, twilio: account, robot: { allowsLoopback: true } },
        ...(aliyun ? { aliyun: chinese } : {}),
      },
      { db, clock, logger: createLogger('silent') },
    );
    app = fastify();
    answerErrors(app as never);
    webhookRoutes(app as never, { webhooks: messaging.webhooks, publicUrl } as never);
    await app.ready();
    listener = app.routing;
    await messaging.start();
  };
  await startOurs();

  const turn = async () => {
    await fake.settle();
    await advanceDueAlerts(db, clock.now(), 1_000);
    await messaging.deliverDue();
  };

  const prefer = (personId: string, channel: Channel) =>
    db
      .updateTable('person')
      .set({ channels: [channel] })
      .where('id', '=', personId)
      .execute();

  return {
    ...morning,
    fake,
    phones: fake.phones,
    publicUrl,
    account,
    /** Where Aliyun pushes to. */
    pushes,
    /** What is due now is done: by people, by the phone company and by us. */
    now: turn,
    /** Time passes; at each step everything that is due by then is done. */
    async pass(duration: Temporal.DurationLike, stepSeconds = 1) {
      const until = clock.now().add(duration);
      while (clock.now().epochMilliseconds < until.epochMilliseconds) {
        clock.advance({ seconds: stepSeconds });
        await turn();
      }
    },
    /** Only the people and the phone company go on. */
    async passWithoutUs(duration: Temporal.DurationLike) {
      const until = clock.now().add(duration);
      while (clock.now().epochMilliseconds < until.epochMilliseconds) {
        clock.advance({ seconds: 1 });
        await fake.settle();
      }
    },
    /** We cannot be reached from outside meanwhile. */
    async cutOff(work: () => Promise<void>) {
      const ours = listener;
      listener = undefined;
      await work();
      listener = ours;
    },
    /** How this person is to be reached, and in no other way. */
    prefer,
    /** Homes of one steward, who is reached in one way only. */
    async missForOneSteward(count: number, channel: Channel = 'sms') {
      const first = await morning.seed.addHome();
      await prefer(first.primaryId, channel);
      const homes = [first];
      while (homes.length < count) {
        const home = await morning.seed.addHome();
        await db
          .updateTable('assignment')
          .set({ person_id: first.primaryId })
          .where('household_id', '=', home.id)
          .where('role', '=', 'primary')
          .execute();
        homes.push({ ...home, primaryId: first.primaryId });
      }
      return morning.missThese(homes);
    },
    /** Words that nobody waits for. */
    notice: (phone: string, text: string, urgency: number) =>
      db.transaction().execute((tx) =>
        planMessages(
          tx,
          [
            {
              ...{ communityId: morning.seed.communityId, kind: 'notice', channel: 'sms', language: 'zh-CN' },
              ...{ phone, urgency, content: { kind: 'plain', text } },
            } as const,
          ],
          clock.now(),
        ),
      ),
    post: (path: string, headers: Record<string, string>, body: string) =>
      fetch(`${publicUrl}${path}`, { method: 'POST', headers, body }),
    messages: (alertId: string) =>
      db
        .selectFrom('message')
        .select(['channel', 'state', 'failure', 'person_id as personId', 'step', 'phone'])
        .where('alert_id', '=', alertId)
        .where('direction', '=', 'out')
        .orderBy('created_at')
        .orderBy('step')
        .execute(),
    async close() {
      listener = undefined;
      server.closeAllConnections();
      server.close();
      await messaging.stop();
      await app.close();
      await fake.stop();
      await morning.close();
    },
  };
}
