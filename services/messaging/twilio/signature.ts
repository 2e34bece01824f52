import type { WebhookRequest } from '#contracts/webhook.ts';
import { PactError } from '#platform/errors.ts';
import type { TwilioConfig } from './account.ts';

/**
 * Refuses whatever Twilio did not sign with our token, or with the one before while it is being changed.
 * @param publicUrl the address that Twilio was told, which it signs; a proxy in front of us may have another one
 * @throws PactError SIGNATURE_INVALID
 */
export async function checkTwilioSignature(
  { url, headers, params }: WebhookRequest,
  { authToken, previousAuthToken }: TwilioConfig,
  publicUrl: string | undefined,
): Promise<void> {
  const { default: twilio } = await import('twilio');
  const signature = headers['x-twilio-signature'] ?? '';
  const signed = signedUrl(url, publicUrl);
  const tokens = previousAuthToken ? [authToken, previousAuthToken] : [authToken];
  if (tokens.some((token) => twilio.validateRequest(token, signature, signed, params))) return;
  throw new PactError('SIGNATURE_INVALID', 'The signature is not valid.', {
    hint: 'If this was Twilio, check PACT_PUBLIC_URL and TWILIO_AUTH_TOKEN.',
  });
}

function signedUrl(url: string, publicUrl: string | undefined): string {
  if (!publicUrl) return url;
  const { pathname, search } = new URL(url);
  return `${publicUrl.replace(/\/+$/, '')}${pathname}${search}`;
}
