import type { Inbox } from '#contracts/gateway.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import { callbackUrl, TWILIO_PATHS } from './callback-url.ts';
import { speak } from './speak.ts';
import { callReceipt, isMachine, TWILIO_VOICE } from './voice-gateway.ts';
import { fieldOf, noted, requireKey, signedRoute, type TwilioWebhookConfig, twiml } from './webhook.ts';

const HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';

/** What a call of ours says, the key that was pressed in it, and how it ended. */
export const createTwilioVoiceWebhooks = (
  config: TwilioWebhookConfig & { publicUrl: string },
  inbox: Inbox,
): WebhookRoute[] => [
  signedRoute(TWILIO_PATHS.call, config, async (request) => {
    const key = requireKey(request);
    const receipt = { key, provider: TWILIO_VOICE, providerId: fieldOf(request, 'CallSid') };
    if (isMachine(request.params.AnsweredBy)) {
      await inbox.settle({ ...receipt, state: 'failed', reason: 'voicemail' });
      return twiml(HANG_UP);
    }
    const script = await inbox.scriptOf(key);
    if (!script) return twiml(HANG_UP);
    await inbox.settle({ ...receipt, state: 'delivered' });
    return twiml(await speak(script, callbackUrl(config.publicUrl, TWILIO_PATHS.key, key)));
  }),
  signedRoute(TWILIO_PATHS.key, config, async (request) => {
    const press = {
      key: requireKey(request),
      provider: TWILIO_VOICE,
      providerId: fieldOf(request, 'CallSid'),
      digit: fieldOf(request, 'Digits'),
    };
    return twiml(await speak(await inbox.press(press)));
  }),
  signedRoute(TWILIO_PATHS.callStatus, config, async (request) => {
    const key = requireKey(request);
    const { AnsweredBy } = request.params;
    const receipt = callReceipt(key, fieldOf(request, 'CallSid'), fieldOf(request, 'CallStatus'), AnsweredBy);
    if (receipt) await inbox.settle(receipt);
    return noted;
  }),
];
