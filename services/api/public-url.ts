import { PactError } from '#platform/errors.ts';

/**
 * The address under which phones reach the service, for what leaves the house: a text, a print.
 * @throws PactError where nobody has set one
 */
export function requirePublicUrl(publicUrl: string | undefined): string {
  if (publicUrl) return publicUrl;
  throw new PactError('CONFLICT', 'Nobody outside knows the address of this service.', {
    hint: 'Set PACT_PUBLIC_URL first: what is sent or printed leads there.',
    details: { reason: 'public_url_missing' },
  });
}
