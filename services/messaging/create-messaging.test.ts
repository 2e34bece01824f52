import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebhookRequest } from '#contracts/webhook.ts';
import { createLogger } from '#platform/logger.ts';
import { type FakeProviders, startFakeProvider } from '#sim/fake-provider/server.ts';
import { createMessaging, type Messaging } from './create-messaging.ts';
import { type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const PUBLIC = 'https://pact.example.org';
const PATH = '/webhooks/twilio/sms';

let morning: MissedMorning;
let fake: FakeProviders;
let messaging: Messaging;

beforeAll(async () => {
  morning = await openMissedMorning();
  fake = await startFakeProvider({ clock: morning.clock, twilio: ACCOUNT });
  const twilio = { ...ACCOUNT, from: '+15005550006', apiUrl: fake.url };
  messaging = createMessaging(
    { language: 'zh-CN', publicUrl: PUBLIC, twilio },
    { db: morning.db, clock: morning.clock, logger: createLogger('silent') },
  );
  await messaging.start();
});
afterAll(async () => {
  await messaging?.stop();
  await fake?.stop();
  await morning?.close();
});

const call = (request: WebhookRequest) => messaging.webhooks[0]!.handle(request);
/** As it arrives behind a proxy, under another address than the one that was signed. */
const arrives = (request: WebhookRequest) => ({ ...request, url: `http://10.0.0.7:8080${PATH}` });
const isKept = async (sid: string) =>
  (await morning.db.selectFrom('message').select('id').where('provider_id', '=', sid).execute()).length === 1;

describe('an SMS that Twilio brings', () => {
  it('is taken, does what it says, and is answered by SMS and not in the webhook', async () => {
    const home = await morning.miss();
    const phone = await morning.phoneOf(home.primaryId);
    await messaging.deliverDue();
    const answer = await call(
      arrives(fake.twilio.incoming(`${PUBLIC}${PATH}`, { from: phone, text: `${home.code}1` })),
    );
    expect(answer).toMatchObject({ status: 200, contentType: 'text/xml' });
    expect(answer.body).toMatch(/<Response\s*\/>/);
    expect((await morning.alertOf(home.id)).status).toBe('acknowledged');
    await messaging.deliverDue();
    expect(fake.twilio.sent.filter(({ to }) => to === phone).map(({ body }) => body.slice(0, 9))).toEqual([
      '【窗帘之约】8:0',
      '【窗帘之约】已记:',
    ]);
  });

  it('is refused when it is forged, changed on its way, or not signed', async () => {
    const home = await morning.miss();
    const phone = await morning.phoneOf(home.primaryId);
    const good = fake.twilio.incoming(`${PUBLIC}${PATH}`, {
      from: phone,
      text: `${home.code}1`,
      sid: 'SMforged',
    });
    const forgeries: WebhookRequest[] = [
      { ...good, params: { ...good.params, Body: `${home.code}2` } },
      { ...good, headers: { 'x-twilio-signature': 'bm9uc2Vuc2U=' } },
      { ...good, headers: {} },
      fake.twilio.incoming('https://elsewhere.example.org/webhooks/twilio/sms', {
        from: phone,
        text: '1',
        sid: 'SMforged',
      }),
    ];
    for (const forged of forgeries) {
      await expect(call(arrives(forged))).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
    expect(await isKept('SMforged')).toBe(false);
    expect((await morning.alertOf(home.id)).status).toBe('open');
  });

  it('counts once when it is brought twice', async () => {
    const home = await morning.miss();
    const phone = await morning.phoneOf(home.primaryId);
    const request = arrives(fake.twilio.incoming(`${PUBLIC}${PATH}`, { from: phone, text: `${home.code}2` }));
    const answers = await Promise.all([call(request), call(request)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await call(request)).status).toBe(200);
    expect(await morning.answers(phone)).toHaveLength(1);
  });

  it('is refused when it says neither who nor which', async () => {
    const request = fake.twilio.incoming(`${PUBLIC}${PATH}`, { from: '', text: 'hello' });
    await expect(call(arrives(request))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('messaging', () => {
  it('sends everything that is due, also when it is asked again meanwhile', async () => {
    const phones: string[] = [];
    for (let n = 0; n < 20; n += 1) phones.push(await morning.phoneOf((await morning.miss()).primaryId));
    await Promise.all([messaging.deliverDue(), messaging.deliverDue(), messaging.deliverDue()]);
    expect(phones.map((phone) => fake.twilio.sent.filter(({ to }) => to === phone).length)).toEqual(
      phones.map(() => 1),
    );
  });

  it('has no webhook and keeps its messages where there is no provider', async () => {
    const home = await morning.miss();
    const outbox = createMessaging(
      { language: 'zh-CN', publicUrl: undefined, twilio: undefined },
      { db: morning.db, clock: morning.clock, logger: createLogger('silent') },
    );
    await outbox.start();
    await outbox.deliverDue();
    expect(outbox.webhooks).toEqual([]);
    const [page] = await morning.pages(home.alertId);
    expect(page).toMatchObject({ state: 'delivered', provider: 'outbox', provider_id: `outbox-${page!.id}` });
    await outbox.stop();
    await outbox.stop();
  });
});
