import type { Twilio } from 'twilio';
import type { SendResult } from '#contracts/gateway.ts';
import { PactError } from '#platform/errors.ts';
import { refusalOfCode } from './error-codes.ts';

export type TwilioConfig = {
  accountSid: string;
  authToken: string;
  /** The token before a change: signatures made with it are still good. */
  previousAuthToken?: string | undefined;
  from?: string | undefined;
  messagingServiceSid?: string | undefined;
  /** The number that calls; without it `from`, where that is a number. */
  voiceFrom?: string | undefined;
  /** Messages, and calls, a second that the sender may make; without it as many as there are. */
  perSecond?: number | undefined;
  callsPerSecond?: number | undefined;
  /** Stands in for https://api.twilio.com: a way out of your own, or a fake. */
  apiUrl?: string | undefined;
  timeoutMs?: number;
};

const API = 'https://api.twilio.com';
const TIMEOUT_MS = 10_000;

/** How far Twilio's clock may be behind ours; its times are whole seconds besides. */
export const CLOCK_SKEW_MS = 120_000;

/** Far more than one phone gets between two attempts. */
export const MOST_LISTED = 200;

/** Gives the SDK's client, one for all gateways of an account. It takes 170 ms to load, so it waits for its first use. */
export function createTwilioClient(config: TwilioConfig): () => Promise<Twilio> {
  let client: Promise<Twilio> | undefined;
  return () => {
    client ??= openClient(config);
    return client;
  };
}

async function openClient({ accountSid, authToken, apiUrl, timeoutMs }: TwilioConfig): Promise<Twilio> {
  const { default: twilio } = await import('twilio');
  const httpClient = new twilio.RequestClient({ timeout: timeoutMs ?? TIMEOUT_MS, maxSockets: 32 });
  if (apiUrl) {
    const request = httpClient.request.bind(httpClient);
    httpClient.request = (options) => request({ ...options, uri: options.uri.replace(API, apiUrl) });
  }
  return twilio(accountSid, authToken, { httpClient });
}

/** Only a plain "no" proves that nothing was accepted; a failing server or a broken line proves nothing. */
export function refusalOf(error: unknown): SendResult {
  const { status, code } = statusOf(error);
  if (status === undefined || status < 400 || status >= 500) return throwUnknown(error);
  return refusal(code ?? status);
}

export const refusal = (code: number): SendResult => ({
  ok: false,
  code: String(code),
  ...refusalOfCode(code),
});

/** The provider's own error is not passed on as a cause: it carries the phone and the text. */
export function throwUnknown(error: unknown): never {
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
