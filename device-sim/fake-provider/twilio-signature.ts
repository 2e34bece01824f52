import { createHmac } from 'node:crypto';
import type { Callback } from './network.ts';

/** A callback as Twilio makes it: a form, signed over the address as it is called and every field. */
export function signedCallback(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string>>,
): Callback {
  const [called = ''] = url.split('#');
  return {
    url: called,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(authToken, called, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}

/** How often Twilio tries again, told behind the address as `#rc=3&rp=all`; without it not at all. */
export const retriesOf = (url: string): number =>
  Number(new URLSearchParams(url.split('#')[1] ?? '').get('rc') ?? 0);

/** https://www.twilio.com/docs/usage/security#validating-requests, written apart from the SDK that checks it. */
export function signatureOf(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string>>,
): string {
  const fields = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha1', authToken)
    .update(url + fields.map(([name, value]) => name + value).join(''))
    .digest('base64');
}
