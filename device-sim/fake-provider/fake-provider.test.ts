import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import { type FakeProviders, startFakeProvider } from './server.ts';
import { signatureOf } from './twilio-signature.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const PHONE = '+8613900009999';
const clock = createManualClock('2026-11-24T00:00:00Z');
const TWIML = `<?xml version="1.0" encoding="UTF-8"?><Response>
<Gather action="/key" numDigits="1" timeout="5"><Say>您好 &amp; <prosody rate="slow">0 7</prosody></Say></Gather><Hangup/></Response>`;

type Heard = { path: string; form: Record<string, string>; isSigned: boolean };
let fake: FakeProviders;
let heard: Heard[];
let ours: ReturnType<typeof createServer>;
let publicUrl: string;

beforeEach(async () => {
  heard = [];
  fake = await startFakeProvider({ clock, twilio: ACCOUNT });
  ours = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = Object.fromEntries(new URLSearchParams(body));
    const isSigned =
      request.headers['x-twilio-signature'] ===
      signatureOf(ACCOUNT.authToken, `${publicUrl}${request.url}`, form);
    heard.push({ path: request.url ?? '', form, isSigned });
    const twiml = request.url === '/say' ? TWIML : '<Response><Say>已记</Say></Response>';
    response.writeHead(200, { 'content-type': 'text/xml' }).end(twiml);
  }).listen(0, '127.0.0.1');
  await once(ours, 'listening');
  publicUrl = `http://127.0.0.1:${(ours.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await fake.stop();
  ours.closeAllConnections();
  ours.close();
});

async function post(kind: 'Messages' | 'Calls', form: Record<string, string>) {
  const response = await fetch(`${fake.url}/2010-04-01/Accounts/${ACCOUNT.accountSid}/${kind}.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ To: PHONE, From: '+15005550006', ...form }),
  });
  return { status: response.status, body: (await response.json()) as { sid: string; code?: number } };
}
const sms = (text = '你好') => post('Messages', { Body: text, StatusCallback: `${publicUrl}/sms` });
const call = () =>
  post('Calls', {
    Url: `${publicUrl}/say`,
    StatusCallback: `${publicUrl}/call`,
    MachineDetection: 'Enable',
    Timeout: '25',
  });
async function pass(seconds: number) {
  for (let second = 0; second < seconds; second += 1) {
    clock.advance({ seconds: 1 });
    await fake.settle();
  }
}
const statuses = () => heard.map(({ form }) => form.MessageStatus ?? form.CallStatus);

describe('a phone', () => {
  it('receives an SMS and answers it, and every callback is signed', async () => {
    fake.twilio.bringSmsTo(`${publicUrl}/incoming`);
    fake.phones.of(PHONE).replies('071', { afterSeconds: 40 });
    await sms();
    await pass(45);
    fake.phones.expectSms(PHONE, /你好/);
    fake.phones.expectNothingElse();
    expect(statuses()).toEqual(['sent', 'delivered', undefined]);
    expect(heard.at(-1)?.form).toMatchObject({ From: PHONE, Body: '071' });
    expect(heard.every(({ isSigned }) => isSigned)).toBe(true);
  });

  it('that is off gets nothing, and its sender is told why', async () => {
    fake.phones.of(PHONE).isOff();
    await sms();
    await pass(5);
    expect(heard.at(-1)?.form).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '30003' });
    fake.phones.expectLostSms(PHONE);
    expect(() => fake.phones.expectSms(PHONE, /你好/)).toThrow(/did not come/);
  });

  it('that said STOP is not written to', async () => {
    fake.phones.of(PHONE).saidStop();
    expect(await sms()).toMatchObject({ status: 400, body: { code: 21610 } });
    fake.phones.expectNothingElse();
  });

  it('says when it got more than was expected', async () => {
    await sms('one');
    await sms('two');
    await pass(5);
    fake.phones.expectSms(PHONE, 'one');
    expect(() => fake.phones.expectNothingElse()).toThrow(/two/);
  });
});

describe('a call', () => {
  it('is answered, heard, and a key is pressed', async () => {
    fake.phones.of(PHONE).answersCall({ pressing: '1' });
    await call();
    await pass(30);
    expect(fake.phones.expectCall(PHONE).text).toBe('您好 & 0 7 已记');
    expect(heard.map(({ path }) => path)).toEqual(['/say', '/key', '/call']);
    expect(heard[0]?.form).toMatchObject({ AnsweredBy: 'human', CallStatus: 'in-progress' });
    expect(heard[1]?.form.Digits).toBe('1');
    expect(statuses().at(-1)).toBe('completed');
    expect(heard.every(({ isSigned }) => isSigned)).toBe(true);
  });

  it.each([
    ['busy', (f: FakeProviders) => f.phones.of(PHONE).isBusy(), 'busy'],
    ['not answered', (f: FakeProviders) => f.phones.of(PHONE).doesNotAnswer(), 'no-answer'],
    ['to a phone that is off', (f: FakeProviders) => f.phones.of(PHONE).isOff(), 'failed'],
  ])('%s is told so', async (_, prepare, status) => {
    prepare(fake);
    await call();
    await pass(30);
    expect(statuses()).toEqual([status]);
  });

  it('is told apart when a voicemail answers', async () => {
    fake.phones.of(PHONE).hasVoicemail();
    await call();
    await pass(20);
    expect(heard[0]?.form.AnsweredBy).toBe('machine_start');
  });
});

describe('the way to us', () => {
  it('loses, doubles and delays callbacks', async () => {
    fake.network.spoilCallbacks({ lost: 1 });
    await sms();
    await pass(5);
    expect(heard).toEqual([]);
    fake.network.spoilCallbacks({ doubled: 1, delayed: 1, mostDelaySeconds: 30 });
    await sms();
    await pass(40);
    expect(statuses().toSorted()).toEqual(['delivered', 'delivered', 'sent', 'sent']);
  });

  it('takes only so many requests a second, and none when it is down', async () => {
    fake.network.setRateLimit(1);
    expect([(await sms()).status, (await sms()).status]).toEqual([201, 429]);
    fake.network.setDown(true);
    expect((await sms()).status).toBe(503);
  });
});

describe('the page', () => {
  const act = (form: Record<string, string>) =>
    fetch(fake.url, { method: 'POST', body: new URLSearchParams({ phone: PHONE, ...form }) });

  it('shows each phone and lets a person reply', async () => {
    fake.twilio.bringSmsTo(`${publicUrl}/incoming`);
    await sms('<b>您好</b>');
    await pass(3);
    const answer = await act({ do: 'reply', text: '071' });
    const page = await answer.text();
    expect(page).toContain('&#60;b&#62;您好');
    expect(page).toContain('已送达');
    await pass(1);
    expect(heard.at(-1)?.form).toMatchObject({ From: PHONE, Body: '071' });
  });

  it('lets a person pick up and press a key', async () => {
    fake.phones.of(PHONE).isAnsweredByHand();
    await call();
    await pass(3);
    expect(await (await act({ do: 'pick_up' })).text()).toContain('通话中');
    await pass(4);
    await act({ do: 'press', digit: '2' });
    await pass(10);
    expect(heard.find(({ path }) => path === '/key')?.form.Digits).toBe('2');
    expect(statuses().at(-1)).toBe('completed');
  });
});
