import type { Temporal } from 'temporal-polyfill';
import type { WebhookRequest } from '#contracts/webhook.ts';
import type { SmsFate } from './phones.ts';
import type { FakeParts, FakeProvider, ProviderAnswer, ProviderRequest } from './server.ts';
import { placeTwilioCall, type TwilioCall } from './twilio-call.ts';
import { retriesOf, signedCallback } from './twilio-signature.ts';

export type TwilioMessage = {
  sid: string;
  to: string;
  from: string;
  body: string;
  status: 'queued' | 'sent' | 'delivered' | 'undelivered';
  errorCode: number | null;
  validitySeconds: number | undefined;
  statusCallback: string | undefined;
  createdAt: Temporal.Instant;
};

export type TwilioAccount = { accountSid: string; authToken: string };

export type FakeTwilio = FakeProvider & {
  /** Everything accepted, in order. */
  sent: readonly TwilioMessage[];
  calls: readonly TwilioCall[];
  requests: { create: number; list: number; fetch: number };
  /** From now on this number is refused. */
  refuse(phone: string, status: number, code: number): void;
  /** Where incoming SMS are brought, as it is set at the number. */
  bringSmsTo(url: string): void;
  /** From now on callbacks are signed with this token; requests may come with either, as while it is changed. */
  rotateToken(authToken: string): void;
  /** An incoming SMS as Twilio brings it, signed over `url`. */
  incoming(url: string, message: { from: string; text: string; sid?: string }): WebhookRequest;
};

const ERRORS: Record<Exclude<SmsFate, 'delivered'>, number> = {
  off: 30003,
  unknown: 30005,
  landline: 30006,
  filtered: 30007,
  stopped: 21610,
};

/** Twilio's REST API and webhooks as far as we use them, with state, so that the real SDK is what is tested. */
export function createFakeTwilio(account: TwilioAccount, parts: FakeParts): FakeTwilio {
  const { agenda, network, phones, clock } = parts;
  const { accountSid } = account;
  const sent: TwilioMessage[] = [];
  const calls: TwilioCall[] = [];
  const refusals = new Map<string, { status: number; code: number }>();
  const requests = { create: 0, list: 0, fetch: 0 };
  const root = `/2010-04-01/Accounts/${accountSid}/`;
  let authToken = account.authToken;
  let incomingUrl: string | undefined;
  let incomingCount = 0;

  const answer = (request: ProviderRequest): ProviderAnswer => {
    const isOurs = [account.authToken, authToken].some(
      (token) => request.headers.authorization === basic(accountSid, token),
    );
    if (!isOurs) return refusal(401, 20003);
    const [kind, sid] = request.path.slice(root.length).replace('.json', '').split('/');
    const all: readonly { sid: string; to: string }[] | undefined =
      kind === 'Messages' ? sent : kind === 'Calls' ? calls : undefined;
    if (!all) return refusal(404, 20404);
    if (request.method === 'POST') return create(kind === 'Calls' ? acceptCall : acceptMessage, request.form);
    if (sid === undefined) return list(kind ?? '', all, request.query);
    requests.fetch += 1;
    const found = all.find((one) => one.sid === sid);
    return found ? json(200, asJson(found as TwilioMessage | TwilioCall)) : refusal(404, 20404);
  };

  const create = (
    accept: (form: URLSearchParams) => TwilioMessage | TwilioCall | number,
    form: URLSearchParams,
  ): ProviderAnswer => {
    requests.create += 1;
    const mood = network.takeMood();
    const refused = mood?.kind === 'refuse' ? mood : refusals.get(form.get('To') ?? '');
    if (refused) return refusal(refused.status, refused.code);
    if (mood?.kind === 'hang_up' || mood?.kind === 'never_answer') return mood.kind;
    const accepted = accept(form);
    if (typeof accepted === 'number') return refusal(400, accepted);
    return mood?.kind === 'accept_and_hang_up' ? 'hang_up' : json(201, asJson(accepted));
  };

  const acceptMessage = (form: URLSearchParams): TwilioMessage | number => {
    const to = form.get('To') ?? '';
    if (phones.smsFateOf(to) === 'stopped') return ERRORS.stopped;
    const message: TwilioMessage = {
      sid: sidOf('SM', sent.length),
      to,
      from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
      body: form.get('Body') ?? '',
      status: 'queued',
      errorCode: null,
      validitySeconds: Number(form.get('ValidityPeriod')) || undefined,
      statusCallback: form.get('StatusCallback') ?? undefined,
      createdAt: clock.now(),
    };
    sent.push(message);
    const callback = message.statusCallback;
    const report = (status: TwilioMessage['status'], errorCode: number | null = null) => {
      message.status = status;
      message.errorCode = errorCode;
      if (!callback) return;
      const params = {
        AccountSid: accountSid,
        From: message.from,
        MessageSid: message.sid,
        MessageStatus: status,
        To: to,
        ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
      };
      network.callBack(signedCallback(authToken, callback, params), retriesOf(callback));
    };
    agenda.after(1, () => report('sent'));
    phones.bringSms({ provider: 'twilio', to, text: message.body }, (fate) =>
      fate === 'delivered' ? report('delivered') : report('undelivered', ERRORS[fate]),
    );
    return message;
  };

  const acceptCall = (form: URLSearchParams): TwilioCall => {
    const call: TwilioCall = {
      sid: sidOf('CA', calls.length),
      to: form.get('To') ?? '',
      from: form.get('From') ?? '',
      status: 'queued',
      answeredBy: null,
      createdAt: clock.now(),
      startedAt: null,
      url: form.get('Url') ?? '',
      statusCallback: form.get('StatusCallback') ?? undefined,
      events: form.has('StatusCallbackEvent') ? form.getAll('StatusCallbackEvent') : ['completed'],
      detectsMachines: form.has('MachineDetection'),
      ringSeconds: Number(form.get('Timeout') ?? 60),
    };
    calls.push(call);
    placeTwilioCall(call, { agenda, network, phones, accountSid, authToken, now: () => clock.now() });
    return call;
  };

  const list = (
    kind: string,
    all: readonly { sid: string; to: string }[],
    query: URLSearchParams,
  ): ProviderAnswer => {
    requests.list += 1;
    const to = query.get('To');
    const page = all
      .filter((one) => !to || one.to === to)
      .toReversed()
      .slice(0, Number(query.get('PageSize') ?? 50));
    return json(200, {
      [kind.toLowerCase()]: page.map((one) => asJson(one as TwilioMessage | TwilioCall)),
      page: 0,
      page_size: page.length,
      next_page_uri: null,
    });
  };

  const smsParams = (message: { from: string; text: string; sid?: string }) => {
    incomingCount += 1;
    return {
      AccountSid: accountSid,
      Body: message.text,
      From: message.from,
      MessageSid: message.sid ?? `SMin${String(incomingCount).padStart(30, '0')}`,
      NumMedia: '0',
      To: '+15005550006',
    };
  };

  const asJson = (one: TwilioMessage | TwilioCall) => ({
    account_sid: accountSid,
    date_created: rfc2822(one.createdAt),
    direction: 'outbound-api',
    from: one.from,
    sid: one.sid,
    status: one.status,
    to: one.to,
    ...('body' in one
      ? // A message that is still queued has no date of sending.
        { body: one.body, error_code: one.errorCode, date_sent: null }
      : { answered_by: one.answeredBy, start_time: one.startedAt ? rfc2822(one.startedAt) : null }),
  });

  phones.listen('twilio', {
    replied(reply) {
      if (!incomingUrl) return;
      network.callBack(signedCallback(authToken, incomingUrl, smsParams(reply)), retriesOf(incomingUrl));
    },
  });

  return {
    name: 'twilio',
    serves: (path) => path.startsWith(root),
    answer,
    away: () => refusal(503, 20503),
    tooMany: () => refusal(429, 20429),
    sent,
    calls,
    requests,
    refuse: (phone, status, code) => void refusals.set(phone, { status, code }),
    bringSmsTo: (url) => {
      incomingUrl = url;
    },
    rotateToken: (token) => {
      authToken = token;
    },
    incoming(url, message) {
      const params = smsParams(message);
      const { headers, body } = signedCallback(authToken, url, params);
      return { url, params, rawBody: body, headers };
    },
  };
}

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const sidOf = (kind: string, count: number) => `${kind}${String(count + 1).padStart(32, '0')}`;

const rfc2822 = (instant: Temporal.Instant) =>
  new Date(instant.epochMilliseconds).toUTCString().replace('GMT', '+0000');

const json = (status: number, body: object): ProviderAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

const refusal = (status: number, code: number): ProviderAnswer =>
  json(status, { status, code, message: `The fake refused with ${code}`, more_info: '' });
