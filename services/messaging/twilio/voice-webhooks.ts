import type { Inbox } from '#contracts/gateway.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import { callbackUrl, TWILIO_PATHS } from './callback-url.ts';
import { type SpeakUrls, speak } from './speak.ts';
import { callingNumber, callReceipt, isMachine, TWILIO_VOICE } from './voice-gateway.ts';
import { fieldOf, noted, requireKey, signedRoute, type TwilioWebhookConfig, twiml } from './webhook.ts';

const HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';

/** What a call of ours says, the key that was pressed in it, and how it ended. */
export const createTwilioVoiceWebhooks = (
  config: TwilioWebhookConfig & { publicUrl: string },
  inbox: Inbox,
): WebhookRoute[] => {
  const urlsOf = (key: string): SpeakUrls => ({
    key: callbackUrl(config.publicUrl, TWILIO_PATHS.key, key),
    talked: callbackUrl(config.publicUrl, TWILIO_PATHS.talked, key),
    callerId: callingNumber(config.account) ?? '',
  });
  return [
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
      return twiml(await speak(script, urlsOf(key)));
    }),
    signedRoute(TWILIO_PATHS.key, config, async (request) => {
      const key = requireKey(request);
      const press = {
        key,
        provider: TWILIO_VOICE,
        providerId: fieldOf(request, 'CallSid'),
        digit: fieldOf(request, 'Digits'),
      };
      return twiml(await speak(await inbox.press(press), urlsOf(key)));
    }),
    signedRoute(TWILIO_PATHS.talked, config, async (request) => {
      const key = requireKey(request);
      const { DialCallStatus, DialCallDuration } = request.params;
      const seconds = DialCallStatus === 'completed' ? Number(DialCallDuration ?? 0) : 0;
      const providerId = fieldOf(request, 'CallSid');
      const talk = {
        key,
        provider: TWILIO_VOICE,
        providerId,
        seconds: Number.isFinite(seconds) ? seconds : 0,
      };
      return twiml(await speak(await inbox.talked(talk), urlsOf(key)));
    }),
    signedRoute(TWILIO_PATHS.callStatus, config, async (request) => {
      const key = requireKey(request);
      const { AnsweredBy } = request.params;
      const receipt = callReceipt(
        key,
        fieldOf(request, 'CallSid'),
        fieldOf(request, 'CallStatus'),
        AnsweredBy,
      );
      if (receipt) await inbox.settle(receipt);
      return noted;
    }),
  ];
};
