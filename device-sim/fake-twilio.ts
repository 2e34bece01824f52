import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Temporal } from 'temporal-polyfill';
import type { WebhookRequest } from '#contracts/webhook.ts';

export type SentMessage = {
  sid: string;
  to: string;
  from: string;
  body: string;
  createdAt: Temporal.Instant;
};

/** What happens to the next requests that create a message. */
export type Mood =
  | { kind: 'refuse'; status: number; code: number }
  /** Taken, but the line breaks before we hear of it. */
  | { kind: 'accept_and_hang_up' }
  | { kind: 'hang_up' }
  | { kind: 'never_answer' };

export type FakeTwilio = {
  baseUrl: string;
  /** Everything accepted, in order. */
  sent: readonly SentMessage[];
  requests: { create: number; list: number };
  /** Moods of the next requests to create a message, one each; then all is well again. */
  next(...moods: Mood[]): void;
  /** From now on: the number refuses, or the whole service is down. */
  refuse(phone: string, status: number, code: number): void;
  setDown(isDown: boolean): void;
  /** A webhook as Twilio sends it, signed over `url`. */
  incoming(url: string, message: { from: string; text: string; sid?: string }): WebhookRequest;
  stop(): Promise<void>;
};

export type FakeTwilioOptions = { accountSid: string; authToken: string; now: () => Temporal.Instant };

/** Twilio's REST API as far as we use it, over HTTP, with state, so that the real SDK is what is tested. */
export async function startFakeTwilio({
  accountSid,
  authToken,
  now,
}: FakeTwilioOptions): Promise<FakeTwilio> {
  const sent: SentMessage[] = [];
  const moods: Mood[] = [];
  const refusals = new Map<string, { status: number; code: number }>();
  const requests = { create: 0, list: 0 };
  let isDown = false;
  let incomingCount = 0;
  const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const credentials = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const params = new URLSearchParams(await readBody(request));
    if (isDown) return refuse(response, 503, 20503);
    if (request.headers.authorization !== credentials) return refuse(response, 401, 20003);
    if (url.pathname !== path) return refuse(response, 404, 20404);
    return request.method === 'POST' ? create(params, response) : list(url.searchParams, response);
  };

  const create = (params: URLSearchParams, response: ServerResponse) => {
    requests.create += 1;
    const mood = moods.shift();
    const to = params.get('To') ?? '';
    const refusal = mood?.kind === 'refuse' ? mood : refusals.get(to);
    if (refusal) return refuse(response, refusal.status, refusal.code);
    if (mood?.kind === 'hang_up') return response.destroy();
    if (mood?.kind === 'never_answer') return response;
    const message = {
      sid: `SM${String(sent.length + 1).padStart(32, '0')}`,
      to,
      from: params.get('From') ?? params.get('MessagingServiceSid') ?? '',
      body: params.get('Body') ?? '',
      createdAt: now(),
    };
    sent.push(message);
    return mood?.kind === 'accept_and_hang_up'
      ? response.destroy()
      : respond(response, 201, asJson(message, accountSid));
  };

  const list = (query: URLSearchParams, response: ServerResponse) => {
    requests.list += 1;
    const to = query.get('To');
    const messages = sent.filter((message) => !to || message.to === to).toReversed();
    const page = messages.slice(0, Number(query.get('PageSize') ?? 50));
    respond(response, 200, {
      messages: page.map((message) => asJson(message, accountSid)),
      page: 0,
      page_size: page.length,
      next_page_uri: null,
    });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    requests,
    next: (...coming) => void moods.push(...coming),
    refuse: (phone, status, code) => void refusals.set(phone, { status, code }),
    setDown: (down) => {
      isDown = down;
    },
    incoming(url, { from, text, sid }) {
      incomingCount += 1;
      const MessageSid = sid ?? `SMin${String(incomingCount).padStart(30, '0')}`;
      const params = {
        AccountSid: accountSid,
        Body: text,
        From: from,
        MessageSid,
        NumMedia: '0',
        To: '+15005550006',
      };
      return {
        url,
        params,
        rawBody: new URLSearchParams(params).toString(),
        headers: { 'x-twilio-signature': signatureOf(authToken, url, params) },
      };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** https://www.twilio.com/docs/usage/security#validating-requests, written apart from the SDK that checks it. */
function signatureOf(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const fields = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha1', authToken)
    .update(url + fields.map(([name, value]) => name + value).join(''))
    .digest('base64');
}

const asJson = (message: SentMessage, accountSid: string) => ({
  sid: message.sid,
  account_sid: accountSid,
  to: message.to,
  from: message.from,
  body: message.body,
  direction: 'outbound-api',
  status: 'queued',
  error_code: null,
  date_created: rfc2822(message.createdAt),
  // A message that is still queued has none.
  date_sent: null,
});

const rfc2822 = (instant: Temporal.Instant) =>
  new Date(instant.epochMilliseconds).toUTCString().replace('GMT', '+0000');

const refuse = (response: ServerResponse, status: number, code: number) =>
  respond(response, status, { status, code, message: `The fake refused with ${code}`, more_info: '' });

function respond(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
