import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type PhoneProblem = 'not_a_phone' | 'not_a_mobile';
export type ReadPhone = { ok: true; phone: string } | { ok: false; reason: PhoneProblem };

/** Kinds of number that no text message ever reaches. */
const WITHOUT_SMS = new Set([
  'FIXED_LINE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
  'PAGER',
]);

/**
 * A phone number as people write it, in E.164; without a country code it is a Chinese one. Numbers that the
 * numbering plan (ITU E.164, by libphonenumber's full metadata) does not know are refused, and where
 * `sms` is asked for, fixed lines too: a page to one is a page that nobody ever reads.
 */
export function readPhone(text: string, wanted: { sms: boolean }): ReadPhone {
  const number = parsePhoneNumberFromString(text.normalize('NFKC'), 'CN');
  if (!number?.isValid()) return { ok: false, reason: 'not_a_phone' };
  if (wanted.sms && WITHOUT_SMS.has(number.getType() ?? '')) return { ok: false, reason: 'not_a_mobile' };
  return { ok: true, phone: number.number };
}
