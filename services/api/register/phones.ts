import { readPhone } from '#contracts/phone-number.ts';
import { PactError } from '#platform/errors.ts';

/**
 * A phone number of a request in E.164; null and undefined stay what they are.
 * @throws PactError REGISTER_INVALID, without the number
 */
export function phoneOf<T extends string | null | undefined>(text: T, wanted: { sms: boolean }): T | string {
  if (typeof text !== 'string') return text;
  const read = readPhone(text, wanted);
  if (read.ok) return read.phone;
  const hints = {
    not_a_phone: 'Outside China begin with the country code, such as +44.',
    not_a_mobile: 'Whoever is paged needs a number that receives text messages.',
  };
  throw new PactError('REGISTER_INVALID', 'This phone number cannot be used.', {
    hint: hints[read.reason],
    details: { reason: read.reason },
  });
}
