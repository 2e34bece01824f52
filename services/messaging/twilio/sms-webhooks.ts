import type { Inbox } from '#contracts/gateway.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import { TWILIO_PATHS } from './callback-url.ts';
import { smsReceipt, TWILIO_SMS } from './sms-gateway.ts';
import { fieldOf, noted, requireKey, signedRoute, type TwilioWebhookConfig, twiml } from './webhook.ts';

/**
 * Incoming SMS, and what became of ours. A fault is thrown, so that Twilio hears 500 and calls again: set the
 * number's webhook to the first address with `#rc=3&rp=all` behind it, else Twilio tries once.
 */
export const createTwilioSmsWebhooks = (config: TwilioWebhookConfig, inbox: Inbox): WebhookRoute[] => [
  signedRoute(TWILIO_PATHS.incomingSms, config, async (request) => {
    const providerId = fieldOf(request, 'MessageSid');
    const phone = fieldOf(request, 'From');
    await inbox.receive({ provider: TWILIO_SMS, providerId, phone, text: request.params.Body ?? '' });
    // The answer is a message of its own: it is a row before it is a request, as every other.
    return twiml('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  }),
  signedRoute(TWILIO_PATHS.smsStatus, config, async (request) => {
    const key = requireKey(request);
    const { ErrorCode } = request.params;
    const receipt = smsReceipt(
      key,
      fieldOf(request, 'MessageSid'),
      fieldOf(request, 'MessageStatus'),
      ErrorCode ? Number(ErrorCode) : undefined,
    );
    if (receipt) await inbox.settle(receipt);
    return noted;
  }),
];
