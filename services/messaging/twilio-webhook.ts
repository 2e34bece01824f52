import type { IncomingMessage } from '#contracts/gateway.ts';
import type { WebhookAnswer, WebhookRoute } from '#contracts/webhook.ts';

const PATH = '/webhooks/twilio/sms';

export type TwilioWebhookConfig = {
  authToken: string;
  /** The address that Twilio was told, which it signs; a proxy in front of us may have another one. */
  publicUrl: string | undefined;
};

/**
 * Incoming SMS. A fault is thrown, so that Twilio hears 500 and may call again: set the number's webhook to
 * this address with `#rc=3&rp=all` behind it, else Twilio tries once.
 */
export function createTwilioWebhook(
  config: TwilioWebhookConfig,
  receive: (message: IncomingMessage) => Promise<void>,
): WebhookRoute {
  return {
    path: PATH,
    async handle({ url, headers, params }) {
      const { default: twilio } = await import('twilio');
      const signature = headers['x-twilio-signature'] ?? '';
      if (!twilio.validateRequest(config.authToken, signature, signedUrl(url, config.publicUrl), params)) {
        return answer(403, 'text/plain', 'The signature is not valid.');
      }
      const { MessageSid: providerId, From: phone, Body: text = '' } = params;
      if (!providerId || !phone) return answer(400, 'text/plain', 'MessageSid and From are needed.');
      await receive({ provider: 'twilio', providerId, phone, text });
      return answer(200, 'text/xml', new twilio.twiml.MessagingResponse().toString());
    },
  };
}

function signedUrl(url: string, publicUrl: string | undefined): string {
  if (!publicUrl) return url;
  const { pathname, search } = new URL(url);
  return `${publicUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

const answer = (status: number, contentType: string, body: string): WebhookAnswer => ({
  status,
  contentType,
  body,
});
