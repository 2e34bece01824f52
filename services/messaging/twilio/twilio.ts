import type { Gateway, Inbox } from '#contracts/gateway.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import { createTwilioClient, type TwilioConfig } from './account.ts';
import { createTwilioSms } from './sms-gateway.ts';
import { createTwilioSmsWebhooks } from './sms-webhooks.ts';
import { callingNumber, createTwilioVoice } from './voice-gateway.ts';
import { createTwilioVoiceWebhooks } from './voice-webhooks.ts';

/** SMS, and calls where there is a number to call from and an address at which Twilio reaches us. */
export function createTwilioGateways(config: TwilioConfig, publicUrl: string | undefined): Gateway[] {
  const connect = createTwilioClient(config);
  const number = callingNumber(config);
  return [
    createTwilioSms(config, publicUrl, connect),
    ...(number && publicUrl ? [createTwilioVoice(config, publicUrl, number, connect)] : []),
  ];
}

export function createTwilioWebhooks(
  account: TwilioConfig,
  publicUrl: string | undefined,
  inbox: Inbox,
): WebhookRoute[] {
  return [
    ...createTwilioSmsWebhooks({ account, publicUrl }, inbox),
    ...(publicUrl ? createTwilioVoiceWebhooks({ account, publicUrl }, inbox) : []),
  ];
}
