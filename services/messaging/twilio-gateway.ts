import type { Twilio } from 'twilio';
import type { Dispatch, Gateway, SendResult } from '#contracts/gateway.ts';
import { PactError } from '#platform/errors.ts';
import { reasonOfTwilioCode } from './twilio-error-codes.ts';

export type TwilioConfig = {
  accountSid: string;
  authToken: string;
  from?: string | undefined;
  messagingServiceSid?: string | undefined;
  /** Stands in for https://api.twilio.com, for tests. */
  baseUrl?: string;
  timeoutMs?: number;
};

const API = 'https://api.twilio.com';
const TIMEOUT_MS = 10_000;

/** How far Twilio's clock may be behind ours; its times are whole seconds besides. */
const CLOCK_SKEW_MS = 120_000;

/** Far more than one phone gets between two attempts. */
const MOST_LISTED = 200;

/** SMS through Twilio's SDK. A send that throws is one whose fate is unknown: `find` tells. */
export function createTwilioGateway(config: TwilioConfig): Gateway {
  let client: Promise<Twilio> | undefined;
  const connect = () => {
    client ??= openClient(config);
    return client;
  };
  const sender = config.messagingServiceSid
    ? // Smart encoding would change the text, and a changed text is not found again.
      { messagingServiceSid: config.messagingServiceSid, smartEncoded: false }
    : { from: config.from ?? '' };

  return {
    name: 'twilio',
    channel: 'sms',
    async send({ to, text }) {
      const { messages } = await connect();
      try {
        const { sid, status, errorCode } = await messages.create({ to, body: text, ...sender });
        const isRefused = status === 'failed' || status === 'undelivered';
        return isRefused ? refusal(errorCode, 'temporary') : { ok: true, providerId: sid };
      } catch (error) {
        return refusalOf(error);
      }
    },
    async find(dispatch) {
      const { messages } = await connect();
      // Not filtered by date: that is the date of sending, which a message still queued does not have.
      const listed = await messages.list({ to: dispatch.to, limit: MOST_LISTED }).catch(throwUnknown);
      const match = listed.find((message) => isDispatch(message, dispatch));
      return match && { providerId: match.sid };
    },
  };
}

/** The SDK takes 170 ms to load, so it waits until there is something to send. */
async function openClient({ accountSid, authToken, baseUrl, timeoutMs }: TwilioConfig): Promise<Twilio> {
  const { default: twilio } = await import('twilio');
  const httpClient = new twilio.RequestClient({ timeout: timeoutMs ?? TIMEOUT_MS, maxSockets: 32 });
  if (baseUrl) {
    const request = httpClient.request.bind(httpClient);
    httpClient.request = (options) => request({ ...options, uri: options.uri.replace(API, baseUrl) });
  }
  return twilio(accountSid, authToken, { httpClient });
}

/** The text may carry a trial account's words in front of it. */
function isDispatch(message: { body: string; direction: string; dateCreated: Date }, dispatch: Dispatch) {
  const since = dispatch.firstTriedAt.epochMilliseconds - CLOCK_SKEW_MS;
  return (
    message.direction.startsWith('outbound') &&
    message.dateCreated.getTime() >= since &&
    message.body.endsWith(dispatch.text)
  );
}

/** Only a plain "no" proves that nothing was accepted; a failing server or a broken line proves nothing. */
function refusalOf(error: unknown): SendResult {
  const { status, code } = statusOf(error);
  if (status === undefined || status < 400 || status >= 500) return throwUnknown(error);
  return refusal(code ?? status, 'temporary');
}

function refusal(code: number, otherwise: 'temporary'): SendResult {
  const reason = reasonOfTwilioCode(code);
  return {
    ok: false,
    lasting: reason ? 'permanent' : otherwise,
    code: String(code),
    reason: reason ?? 'refused',
  };
}

/** The provider's own error is not passed on as a cause: it carries the phone and the text. */
function throwUnknown(error: unknown): never {
  const { status, code } = statusOf(error);
  const what = status ? `answered with status ${status}` : `did not answer (${code ?? 'connection failed'})`;
  throw new PactError('PROVIDER_UNREACHABLE', `Twilio ${what}.`, {
    hint: 'We ask again by ourselves. If it lasts, look at the account in the Twilio console and at the line out.',
  });
}

function statusOf(error: unknown): { status?: number; code?: number } {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'number' ? { code } : {}),
  };
}
