import type { WebhookAnswer, WebhookRequest, WebhookRoute } from '#contracts/webhook.ts';
import { PactError } from '#platform/errors.ts';
import type { TwilioConfig } from './account.ts';
import { keyOf } from './callback-url.ts';
import { checkTwilioSignature } from './signature.ts';

/** What is needed to answer Twilio's calls to us. */
export type TwilioWebhookConfig = { account: TwilioConfig; publicUrl: string | undefined };

/** A webhook whose signature is checked before anything of it is read. What is thrown is Twilio's to call again. */
export function signedRoute(
  path: string,
  { account, publicUrl }: TwilioWebhookConfig,
  handle: (request: WebhookRequest) => Promise<WebhookAnswer>,
): WebhookRoute {
  return {
    path,
    async handle(request) {
      await checkTwilioSignature(request, account, publicUrl);
      return handle(request);
    },
  };
}

/** A field that Twilio always sends. */
export function fieldOf({ params }: WebhookRequest, name: string): string {
  const value = params[name];
  if (value) return value;
  throw new PactError('BAD_REQUEST', `${name} is needed.`);
}

/** The message that a call is about; a key that cannot be ours is answered as if there were nothing here. */
export function requireKey({ url }: WebhookRequest): string {
  const key = keyOf(url);
  if (key) return key;
  throw new PactError('NOT_FOUND', 'There is nothing here.');
}

export const twiml = (body: string): WebhookAnswer => ({ status: 200, contentType: 'text/xml', body });

export const noted: WebhookAnswer = { status: 204, contentType: 'text/plain', body: '' };
