/**
 * Errors that are about this number or this text: sending again would fail again, so the ladder moves on.
 * Everything else (the account, its balance, the sender, too many requests) the operator or time can mend.
 * Source: https://www.twilio.com/docs/api/errors
 */
const PERMANENT: Readonly<Record<number, string>> = {
  21211: 'number_invalid',
  21214: 'number_unreachable',
  21217: 'number_invalid',
  21265: 'number_is_short_code',
  21408: 'region_not_allowed',
  21602: 'text_missing',
  21610: 'opted_out',
  21612: 'number_unreachable',
  21614: 'number_not_mobile',
  21617: 'text_too_long',
  30003: 'phone_unreachable',
  30004: 'blocked',
  30005: 'number_unknown',
  30006: 'number_not_mobile',
  30007: 'filtered',
};

/** Why Twilio will never deliver this message; undefined where another attempt may succeed. */
export const reasonOfTwilioCode = (code: number): string | undefined => PERMANENT[code];
