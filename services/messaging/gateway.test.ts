import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dispatch, Gateway } from '#contracts/gateway.ts';
import type { Channel } from '#pact/ladder.ts';
import { type FakeProviders, startFakeProvider } from '#sim/fake-provider/server.ts';
import { createAliyunSms } from './aliyun/sms-gateway.ts';
import { createOutboxGateway } from './outbox-gateway.ts';
import { createRobotGateway } from './robot/robot-gateway.ts';
import { aliyunAccount } from './testing/aliyun-account.ts';
import { type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';
import { openRobot } from './testing/open-robot.ts';
import { createTwilioSms } from './twilio/sms-gateway.ts';
import { createTwilioGateways } from './twilio/twilio.ts';
import { createTwilioVoice } from './twilio/voice-gateway.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const PHONE = '+8613900009999';
const FROM = '+15005550006';
/** Called by nobody here: no time passes by itself. */
const PUBLIC_URL = 'https://pact.example.org';

let morning: MissedMorning;
let fake: FakeProviders;
let twilio: Gateway;
let aliyun: Gateway;
let robotId: string;

/** Every gateway joins the suite here, with the name and the channel that it must bear. */
const GATEWAYS: readonly [name: string, channel: Channel, open: () => Gateway][] = [
  ['outbox', 'sms', () => createOutboxGateway(morning.db, morning.clock)],
  ['outbox-voice', 'voice', () => createOutboxGateway(morning.db, morning.clock, 'voice')],
  ['twilio', 'sms', () => createTwilioSms(account(), PUBLIC_URL)],
  ['aliyun', 'sms', () => createAliyunSms(aliyunAccount(fake.url), morning.clock)],
  ['robot', 'robot', inGroup],
  ['twilio-voice', 'voice', () => createTwilioVoice(account(), PUBLIC_URL, FROM)],
];
/** The one provider that cannot be asked what it took. */
const CANNOT_TELL = 'robot';

/** A robot is spoken to by its id, whoever the message is for. */
function inGroup(): Gateway {
  const gateway = createRobotGateway(morning.db, morning.clock, { allowsLoopback: true });
  return { ...gateway, send: (message) => gateway.send({ ...message, to: robotId }) };
}

const account = () => ({ ...ACCOUNT, from: FROM, apiUrl: fake.url, timeoutMs: 300 });

beforeAll(async () => {
  morning = await openMissedMorning();
  fake = await startFakeProvider({ clock: morning.clock, twilio: ACCOUNT });
  twilio = createTwilioSms(account());
  aliyun = createAliyunSms(aliyunAccount(fake.url), morning.clock);
  robotId = await openRobot(morning, fake.robots.open('wecom', 'office'), 'wecom');
});
afterAll(async () => {
  await fake?.stop();
  await morning?.close();
});

const nobodysElse = async () => false;
const dispatch = (text = `【窗帘之约】${randomUUID()}`, to = PHONE): Dispatch => ({
  key: randomUUID(),
  to,
  text,
  content: { kind: 'plain', text },
  language: 'zh-CN',
  firstTriedAt: morning.clock.now(),
});
let phones = 0;
/** To a phone that has got nothing yet: a call is told from others by its number alone. */
const toSomebodyNew = () => {
  phones += 1;
  return dispatch(undefined, `+861390000${String(phones).padStart(4, '0')}`);
};

describe.each(GATEWAYS)('every gateway: %s', (name, channel, open) => {
  it('accepts a message and finds it again under the same id', async () => {
    const page = toSomebodyNew();
    const sent = await open().send(page);
    expect(sent).toMatchObject({ ok: true, providerId: expect.any(String) });
    expect(await open().find(page, nobodysElse)).toEqual(
      name === CANNOT_TELL ? undefined : { providerId: sent.ok && sent.providerId },
    );
  });

  it('finds nothing where nothing was accepted', async () => {
    await open().send(toSomebodyNew());
    expect(await open().find(toSomebodyNew(), nobodysElse)).toBeUndefined();
  });

  it('gives different messages different ids', async () => {
    const ids = [await open().send(dispatch()), await open().send(dispatch())].map(
      (sent) => sent.ok && sent.providerId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('does not take what is known as another message for this one', async () => {
    const [first, second] = [toSomebodyNew(), toSomebodyNew()];
    const sent = await open().send(first);
    const alike = { ...second, to: first.to, text: first.text };
    const isAnothers = async (id: string) => sent.ok && id === sent.providerId;
    expect(await open().find(alike, isAnothers)).toBeUndefined();
  });

  it('has nothing bad to tell of what it has just accepted', async () => {
    const page = toSomebodyNew();
    const sent = await open().send(page);
    if (!sent.ok) throw new Error('it was refused');
    const receipt = await open().poll?.({
      ...page,
      providerId: sent.providerId,
      acceptedAt: page.firstTriedAt,
    });
    if (receipt) {
      expect(receipt).toEqual({
        key: page.key,
        provider: name,
        providerId: sent.providerId,
        state: 'accepted',
      });
    }
  });

  it('bears its own name and channel', () => {
    expect(open()).toMatchObject({ name, channel });
  });
});

describe('Twilio', () => {
  it('keeps a message of the same words but of another day apart', async () => {
    const text = '【窗帘之约】07号王奶奶8:26已当面确认平安。其他人不用再去。';
    await twilio.send(dispatch(text));
    morning.clock.advance({ hours: 24 });
    expect(await twilio.find(dispatch(text), nobodysElse)).toBeUndefined();
  });

  it.each([
    [400, 21211, 'permanent', 'number_invalid'],
    [400, 21610, 'permanent', 'opted_out'],
    [400, 21614, 'permanent', 'number_not_mobile'],
    [400, 30003, 'permanent', 'phone_unreachable'],
    [429, 20429, 'throttled', 'too_many_requests'],
    [401, 20003, 'temporary', 'account_refused'],
    [400, 21606, 'temporary', 'sender_refused'],
    [400, 29999, 'temporary', 'refused'],
  ])('takes status %i, code %i for %s', async (status, code, lasting, reason) => {
    fake.network.next({ kind: 'refuse', status, code });
    expect(await twilio.send(dispatch())).toEqual({ ok: false, lasting, code: String(code), reason });
  });

  it.each([
    { kind: 'refuse', status: 500, code: 20500 },
    { kind: 'hang_up' },
    { kind: 'never_answer' },
    { kind: 'accept_and_hang_up' },
  ] as const)('admits that it does not know after $kind, and tells nobody the number', async (mood) => {
    fake.network.next(mood);
    const error = await twilio.send(dispatch()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(PHONE.slice(1));
  });

  it('finds what was accepted while the answer was lost', async () => {
    const page = dispatch();
    fake.network.next({ kind: 'accept_and_hang_up' });
    await expect(twilio.send(page)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(await twilio.find(page, nobodysElse)).toEqual({ providerId: fake.twilio.sent.at(-1)?.sid });
  });

  it('does not take a broken line for "nothing accepted"', async () => {
    fake.network.setDown(true);
    await expect(twilio.find(dispatch(), nobodysElse)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
    });
    fake.network.setDown(false);
  });
});

describe('what Twilio is told', () => {
  const gateways = () =>
    [createTwilioSms(account(), PUBLIC_URL), createTwilioVoice(account(), PUBLIC_URL, FROM)] as const;

  it('of us is an address with a key, and nothing of any person in it', async () => {
    const [sms, voice] = gateways();
    const page = { ...toSomebodyNew(), text: '【窗帘之约】07号王奶奶' };
    await sms.send(page);
    await voice.send(page);
    const urls = [
      fake.twilio.sent.at(-1)?.statusCallback,
      fake.twilio.calls.at(-1)?.statusCallback,
      fake.twilio.calls.at(-1)?.url,
    ];
    expect(urls).toEqual([
      `${PUBLIC_URL}/webhooks/twilio/sms-status?key=${page.key}#rc=3&rp=all`,
      `${PUBLIC_URL}/webhooks/twilio/voice-status?key=${page.key}#rc=3&rp=all`,
      `${PUBLIC_URL}/webhooks/twilio/voice?key=${page.key}#rc=3&rp=all`,
    ]);
  });

  it('is to call nobody back where it cannot reach us', async () => {
    await twilio.send(toSomebodyNew());
    expect(fake.twilio.sent.at(-1)?.statusCallback).toBeUndefined();
  });

  it('is to give a page up after ten minutes, and other words after four hours', async () => {
    const page = { ...dispatch(), content: { kind: 'list', list: { homes: [], step: 0 } } } as const;
    await twilio.send(page);
    await twilio.send(dispatch());
    expect(fake.twilio.sent.slice(-2).map(({ validitySeconds }) => validitySeconds)).toEqual([600, 14_400]);
  });

  it('calls from a number alone: a sender by name cannot call', () => {
    const channels = (more: object) =>
      createTwilioGateways({ ...account(), ...more }, PUBLIC_URL).map(({ channel }) => channel);
    expect(channels({})).toEqual(['sms', 'voice']);
    expect(channels({ from: 'CURTAIN' })).toEqual(['sms']);
    expect(channels({ from: undefined, messagingServiceSid: 'MG1', voiceFrom: FROM })).toEqual([
      'sms',
      'voice',
    ]);
    expect(createTwilioGateways(account(), undefined)).toHaveLength(1);
  });
});

describe('Aliyun', () => {
  const toMobile = () => dispatch('【窗帘之约】试一试', '+8613911112222');

  it('serves mobile phones of mainland China and nobody else', () => {
    expect(aliyun.serves?.('+8613911112222')).toBe(true);
    for (const other of ['+862112345678', '+85291234567', '+447400123456', '+86110']) {
      expect(aliyun.serves?.(other), other).toBe(false);
    }
  });

  it.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', '', 'permanent', 'number_invalid'],
    ['isv.BLACK_KEY_CONTROL_LIMIT', '', 'permanent', 'filtered'],
    ['isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1', 'throttled', 'too_many_to_phone'],
    ['isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50', 'permanent', 'too_many_to_phone'],
    ['isv.DAY_LIMIT_CONTROL', '', 'temporary', 'quota_used_up'],
    ['isv.AMOUNT_NOT_ENOUGH', '', 'temporary', 'account_refused'],
    ['isv.OUT_OF_SERVICE', '', 'temporary', 'account_refused'],
    ['isv.SMS_TEMPLATE_ILLEGAL', '', 'temporary', 'template_refused'],
    ['isv.SOMETHING_NEW', '', 'temporary', 'refused'],
  ])('takes %s %s for %s', async (code, message, lasting, reason) => {
    fake.aliyun.refuseNext(code, message);
    expect(await aliyun.send(toMobile())).toEqual({ ok: false, lasting, code, reason });
  });

  it('is not let in with another secret', async () => {
    const config = { ...aliyunAccount(fake.url), accessKeySecret: 'another' };
    expect(await createAliyunSms(config, morning.clock).send(toMobile())).toMatchObject({
      code: 'SignatureDoesNotMatch',
      reason: 'account_refused',
    });
  });

  it.each([
    { kind: 'refuse', status: 500, code: 0 },
    { kind: 'hang_up' },
    { kind: 'never_answer' },
    { kind: 'accept_and_hang_up' },
  ] as const)('admits that it does not know after $kind, and tells nobody the number', async (mood) => {
    fake.network.next(mood);
    const error = await aliyun.send(toMobile()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('13911112222');
  });

  it('finds what was accepted while the answer was lost, also where the records come late', async () => {
    const page = toMobile();
    fake.network.next({ kind: 'accept_and_hang_up' });
    await expect(aliyun.send(page)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    // Two days are looked at, each once.
    fake.aliyun.hideFor(1);
    expect(await aliyun.find(page, nobodysElse)).toEqual({ providerId: page.key });
  });

  it('does not take a broken line for "nothing accepted"', async () => {
    fake.network.setDown(true);
    await expect(aliyun.find(toMobile(), nobodysElse)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
    });
    fake.network.setDown(false);
  });
});
