import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dispatch, Gateway } from '#contracts/gateway.ts';
import { type FakeProviders, startFakeProvider } from '#sim/fake-provider/server.ts';
import { createOutboxGateway } from './outbox-gateway.ts';
import { type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';
import { createTwilioGateway } from './twilio-gateway.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const PHONE = '+8613900009999';

let morning: MissedMorning;
let fake: FakeProviders;
let twilio: Gateway;

beforeAll(async () => {
  morning = await openMissedMorning();
  fake = await startFakeProvider({ clock: morning.clock, twilio: ACCOUNT });
  twilio = createTwilioGateway({ ...ACCOUNT, from: '+15005550006', baseUrl: fake.url, timeoutMs: 300 });
});
afterAll(async () => {
  await fake?.stop();
  await morning?.close();
});

const dispatch = (text = `【窗帘之约】${randomUUID()}`): Dispatch => ({
  key: randomUUID(),
  to: PHONE,
  text,
  content: { kind: 'plain', text },
  language: 'zh-CN',
  firstTriedAt: morning.clock.now(),
});

describe.each(['outbox', 'twilio'])('every gateway: %s', (name) => {
  const gateway = () => (name === 'outbox' ? createOutboxGateway(morning.db, morning.clock) : twilio);

  it('accepts a message and finds it again under the same id', async () => {
    const page = dispatch();
    const sent = await gateway().send(page);
    expect(sent).toMatchObject({ ok: true, providerId: expect.any(String) });
    expect(await gateway().find(page)).toEqual({ providerId: sent.ok && sent.providerId });
  });

  it('finds nothing where nothing was accepted', async () => {
    await gateway().send(dispatch());
    expect(await gateway().find(dispatch())).toBeUndefined();
  });

  it('gives different messages different ids', async () => {
    const ids = [await gateway().send(dispatch()), await gateway().send(dispatch())].map(
      (r) => r.ok && r.providerId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('bears its own name and channel', () => {
    expect(gateway()).toMatchObject({ name, channel: 'sms' });
  });
});

describe('Twilio', () => {
  it('keeps a message of the same words but of another day apart', async () => {
    const text = '【窗帘之约】07号王奶奶8:26已当面确认平安。其他人不用再去。';
    await twilio.send(dispatch(text));
    morning.clock.advance({ hours: 24 });
    expect(await twilio.find(dispatch(text))).toBeUndefined();
  });

  it.each([
    [400, 21211, 'permanent', 'number_invalid'],
    [400, 21610, 'permanent', 'opted_out'],
    [400, 21614, 'permanent', 'number_not_mobile'],
    [400, 30003, 'permanent', 'phone_unreachable'],
    [429, 20429, 'temporary', 'refused'],
    [401, 20003, 'temporary', 'refused'],
    [400, 21606, 'temporary', 'refused'],
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
    expect(await twilio.find(page)).toEqual({ providerId: fake.twilio.sent.at(-1)?.sid });
  });

  it('does not take a broken line for "nothing accepted"', async () => {
    fake.network.setDown(true);
    await expect(twilio.find(dispatch())).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    fake.network.setDown(false);
  });
});
