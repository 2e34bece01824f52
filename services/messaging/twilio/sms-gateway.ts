import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { Dispatch, Gateway, Receipt } from '#contracts/gateway.ts';
import type { DeliveryState } from '#pact/delivery.ts';
import {
  CLOCK_SKEW_MS,
  createTwilioClient,
  MOST_LISTED,
  refusal,
  refusalOf,
  type TwilioConfig,
  throwUnknown,
} from './account.ts';
import { callbackUrl, TWILIO_PATHS } from './callback-url.ts';
import { reasonUndelivered } from './error-codes.ts';

export const TWILIO_SMS = 'twilio';

/**
 * Seconds that Twilio may keep a message in its queue. A page that could not leave within that has failed, so
 * that the person's next channel is tried; other words may come late.
 */
const VALID_SECONDS = { page: 600, other: 4 * 3600 };

/**
 * SMS through Twilio's SDK. A send that throws is one whose fate is unknown: `find` tells.
 * @param publicUrl without it nothing is called back, and every message is asked for
 */
export function createTwilioSms(
  config: TwilioConfig,
  publicUrl?: string,
  connect = createTwilioClient(config),
): Gateway {
  const sender = config.messagingServiceSid
    ? // Smart encoding would change the text, and a changed text is not found again.
      { messagingServiceSid: config.messagingServiceSid, smartEncoded: false }
    : { from: config.from ?? '' };

  return {
    name: TWILIO_SMS,
    channel: 'sms',
    ...(config.perSecond === undefined ? {} : { perSecond: config.perSecond }),
    async send({ key, to, text, content }) {
      const { messages } = await connect();
      const isPage = content.kind === 'page' || content.kind === 'list';
      try {
        const { sid, status, errorCode } = await messages.create({
          to,
          body: text,
          ...sender,
          validityPeriod: isPage ? VALID_SECONDS.page : VALID_SECONDS.other,
          ...(publicUrl ? { statusCallback: callbackUrl(publicUrl, TWILIO_PATHS.smsStatus, key) } : {}),
        });
        const isRefused = status === 'failed' || status === 'undelivered';
        return isRefused ? refusal(errorCode) : { ok: true, providerId: sid };
      } catch (error) {
        return refusalOf(error);
      }
    },
    async find(dispatch, isAnothers) {
      const { messages } = await connect();
      // Not filtered by date: that is the date of sending, which a message still queued does not have.
      const listed = await messages.list({ to: dispatch.to, limit: MOST_LISTED }).catch(throwUnknown);
      for (const message of listed) {
        if (isDispatch(message, dispatch) && !(await isAnothers(message.sid)))
          return { providerId: message.sid };
      }
      return undefined;
    },
    async poll({ key, providerId }) {
      const { messages } = await connect();
      const { status, errorCode } = await messages(providerId).fetch().catch(throwUnknown);
      return smsReceipt(key, providerId, status, errorCode || undefined);
    },
  };
}

const STATES: Readonly<Record<string, DeliveryState>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'accepted',
  partially_delivered: 'accepted',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
};

/** What a message's status means for us; undefined where it is none that we know. */
export function smsReceipt(
  key: string,
  providerId: string,
  status: string,
  errorCode: number | undefined,
): Receipt | undefined {
  const state = STATES[status];
  if (!state) return undefined;
  const receipt = { key, provider: TWILIO_SMS, providerId, state };
  return state === 'failed' ? { ...receipt, reason: reasonUndelivered(errorCode) } : receipt;
}

/** The text may carry a trial account's words in front of it. */
function isDispatch(
  message: Pick<MessageInstance, 'body' | 'direction' | 'dateCreated' | 'status'>,
  dispatch: Dispatch,
): boolean {
  const since = dispatch.firstTriedAt.epochMilliseconds - CLOCK_SKEW_MS;
  return (
    message.direction.startsWith('outbound') &&
    message.dateCreated.getTime() >= since &&
    message.body.endsWith(dispatch.text)
  );
}
