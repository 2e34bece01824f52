import type { Gateway, Receipt } from '#contracts/gateway.ts';
import {
  CLOCK_SKEW_MS,
  createTwilioClient,
  MOST_LISTED,
  refusalOf,
  type TwilioConfig,
  throwUnknown,
} from './account.ts';
import { callbackUrl, TWILIO_PATHS } from './callback-url.ts';

export const TWILIO_VOICE = 'twilio-voice';

/** After this long without an answer the ladder goes on. */
const RING_SECONDS = 25;

/** The number that calls; a sender by name or a messaging service has none. */
export const callingNumber = ({ voiceFrom, from }: TwilioConfig): string | undefined =>
  [voiceFrom, from].find((number) => number?.startsWith('+'));

/** Calls through Twilio's SDK. What they say is fetched from us when somebody, or something, picks up. */
export function createTwilioVoice(
  config: TwilioConfig,
  publicUrl: string,
  from: string,
  connect = createTwilioClient(config),
): Gateway {
  return {
    name: TWILIO_VOICE,
    channel: 'voice',
    ...(config.callsPerSecond === undefined ? {} : { perSecond: config.callsPerSecond }),
    async send({ key, to }) {
      const { calls } = await connect();
      try {
        const { sid } = await calls.create({
          to,
          from,
          url: callbackUrl(publicUrl, TWILIO_PATHS.call, key),
          statusCallback: callbackUrl(publicUrl, TWILIO_PATHS.callStatus, key),
          // The first one ties the call to its key, should we die before its answer is recorded.
          statusCallbackEvent: ['initiated', 'answered', 'completed'],
          timeout: RING_SECONDS,
          machineDetection: 'Enable',
        });
        return { ok: true, providerId: sid };
      } catch (error) {
        return refusalOf(error);
      }
    },
    // A call carries no words of ours, so the oldest to this number that no other message is known by is it.
    async find({ to, firstTriedAt }, isAnothers) {
      const { calls } = await connect();
      const since = firstTriedAt.epochMilliseconds - CLOCK_SKEW_MS;
      const listed = await calls.list({ to, limit: MOST_LISTED }).catch(throwUnknown);
      for (const call of listed.toReversed()) {
        const isSince = call.dateCreated.getTime() >= since && call.direction.startsWith('outbound');
        if (isSince && !(await isAnothers(call.sid))) return { providerId: call.sid };
      }
      return undefined;
    },
    async poll({ key, providerId }) {
      const { calls } = await connect();
      const { status, answeredBy } = await calls(providerId).fetch().catch(throwUnknown);
      return callReceipt(key, providerId, status, answeredBy);
    },
  };
}

export const isMachine = (answeredBy: string | undefined | null): boolean =>
  answeredBy !== undefined && answeredBy !== null && /^(machine|fax)/.test(answeredBy);

const FAILED: Readonly<Record<string, string>> = {
  busy: 'busy',
  'no-answer': 'not_answered',
  failed: 'call_failed',
  canceled: 'call_canceled',
};

/**
 * What a call's status means for us; undefined where it is none that we know. That a person has heard us is
 * known from handing the words out and outweighs this: a call that ended without having fetched them told
 * nobody anything, even if it was answered.
 */
export function callReceipt(
  key: string,
  providerId: string,
  status: string,
  answeredBy: string | undefined | null,
): Receipt | undefined {
  const receipt = { key, provider: TWILIO_VOICE, providerId };
  if (status === 'completed') {
    return { ...receipt, state: 'failed', reason: isMachine(answeredBy) ? 'voicemail' : 'call_unheard' };
  }
  const reason = FAILED[status];
  if (reason) return { ...receipt, state: 'failed', reason };
  const isUnderWay = ['queued', 'initiated', 'ringing', 'in-progress'].includes(status);
  return isUnderWay ? { ...receipt, state: 'accepted' } : undefined;
}
