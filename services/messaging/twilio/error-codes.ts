/**
 * Errors that are about this number or this text: sending again would fail again, so the ladder moves on. The
 * words stand in docs/errors.md. Source: https://www.twilio.com/docs/api/errors
 */
const PERMANENT: Readonly<Record<number, string>> = {
  13223: 'number_invalid',
  13224: 'number_unreachable',
  21211: 'number_invalid',
  21214: 'number_unreachable',
  21215: 'region_not_allowed',
  21216: 'blocked',
  21217: 'number_invalid',
  21265: 'number_is_short_code',
  21408: 'region_not_allowed',
  21421: 'number_invalid',
  21602: 'text_missing',
  21610: 'opted_out',
  21612: 'number_unreachable',
  21614: 'number_not_mobile',
  21617: 'text_too_long',
  21635: 'number_not_mobile',
  30003: 'phone_unreachable',
  30004: 'blocked',
  30005: 'number_unknown',
  30006: 'number_not_mobile',
  30007: 'filtered',
  30036: 'expired',
};

/** Nothing is wrong but the pace. */
const THROTTLED: Readonly<Record<number, string>> = {
  10004: 'too_many_requests',
  14107: 'too_many_requests',
  20429: 'too_many_requests',
  21611: 'queue_full',
  30001: 'queue_full',
  30022: 'too_many_requests',
};

/** What the operator or time can mend; anything not listed is `refused`. */
const TEMPORARY: Readonly<Record<number, string>> = {
  10001: 'account_refused',
  10002: 'account_refused',
  20003: 'account_refused',
  20005: 'account_refused',
  21606: 'sender_refused',
  21659: 'sender_refused',
  21660: 'sender_refused',
  30002: 'account_refused',
  30034: 'sender_refused',
};

type Refusal = { lasting: 'permanent' | 'temporary' | 'throttled'; reason: string };

/** Why Twilio did not take a message, and whether it ever will. */
export function refusalOfCode(code: number): Refusal {
  const never = PERMANENT[code];
  if (never) return { lasting: 'permanent', reason: never };
  const notNow = THROTTLED[code];
  if (notNow) return { lasting: 'throttled', reason: notNow };
  return { lasting: 'temporary', reason: TEMPORARY[code] ?? 'refused' };
}

/** Why an accepted message did not arrive; Twilio does not try it again, whatever the code. */
export const reasonUndelivered = (code: number | undefined): string =>
  (code === undefined ? undefined : (PERMANENT[code] ?? THROTTLED[code] ?? TEMPORARY[code])) ?? 'undelivered';
