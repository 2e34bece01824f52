/** The addresses of ours that Twilio is told. They carry the message's key and nothing of any person. */
export const TWILIO_PATHS = {
  incomingSms: '/webhooks/twilio/sms',
  smsStatus: '/webhooks/twilio/sms-status',
  call: '/webhooks/twilio/voice',
  key: '/webhooks/twilio/voice-key',
  talked: '/webhooks/twilio/voice-talked',
  callStatus: '/webhooks/twilio/voice-status',
} as const;

/**
 * Twilio tries once unless told otherwise: three more times, whatever went wrong. The fragment is for Twilio;
 * it neither reaches us nor is signed. Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
const RETRIES = '#rc=3&rp=all';

export const callbackUrl = (publicUrl: string, path: string, key: string): string =>
  `${publicUrl.replace(/\/+$/, '')}${path}?key=${key}${RETRIES}`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The key in an address of ours that was called; undefined where there is none that could be ours. */
export function keyOf(url: string): string | undefined {
  const key = new URL(url).searchParams.get('key') ?? '';
  return UUID.test(key) ? key : undefined;
}
