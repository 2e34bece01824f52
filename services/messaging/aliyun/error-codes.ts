import type { SendResult } from '#contracts/gateway.ts';

type Refusal = Pick<Extract<SendResult, { ok: false }>, 'lasting' | 'reason'>;

/**
 * Why Aliyun did not take a message, in the words of docs/errors.md.
 * Source: https://help.aliyun.com/document_detail/101346.html
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'isv.MOBILE_NUMBER_ILLEGAL': { lasting: 'permanent', reason: 'number_invalid' },
  'isv.BLACK_KEY_CONTROL_LIMIT': { lasting: 'permanent', reason: 'filtered' },
  'isv.TEMPLATE_PARAMS_ILLEGAL': { lasting: 'permanent', reason: 'filtered' },
  'isv.PARAM_NOT_SUPPORT_URL': { lasting: 'permanent', reason: 'filtered' },
  'isv.PARAM_LENGTH_LIMIT': { lasting: 'permanent', reason: 'text_too_long' },
  'isv.BLACK_LIST': { lasting: 'permanent', reason: 'blocked' },
  'isv.CUSTOMER_REFUSED': { lasting: 'permanent', reason: 'opted_out' },
  'isv.AMOUNT_NOT_ENOUGH': { lasting: 'temporary', reason: 'account_refused' },
  'isv.OUT_OF_SERVICE': { lasting: 'temporary', reason: 'account_refused' },
  'isv.DAY_LIMIT_CONTROL': { lasting: 'temporary', reason: 'quota_used_up' },
  'isv.MONTH_LIMIT_CONTROL': { lasting: 'temporary', reason: 'quota_used_up' },
  'isv.SMS_SIGNATURE_ILLEGAL': { lasting: 'temporary', reason: 'sender_refused' },
  'isv.SMS_SIGN_ILLEGAL': { lasting: 'temporary', reason: 'sender_refused' },
  'isv.SMS_TEMPLATE_ILLEGAL': { lasting: 'temporary', reason: 'template_refused' },
  'isv.TEMPLATE_MISSING_PARAMETERS': { lasting: 'temporary', reason: 'template_refused' },
  'isv.TEMPLATE_PARAMS_MISMATCH': { lasting: 'temporary', reason: 'template_refused' },
  'isv.ACCOUNT_NOT_EXISTS': { lasting: 'temporary', reason: 'account_refused' },
  'isv.ACCOUNT_ABNORMAL': { lasting: 'temporary', reason: 'account_refused' },
  'isv.PRODUCT_UN_SUBSCRIPT': { lasting: 'temporary', reason: 'account_refused' },
  'isp.RAM_PERMISSION_DENY': { lasting: 'temporary', reason: 'account_refused' },
  'InvalidAccessKeyId.NotFound': { lasting: 'temporary', reason: 'account_refused' },
  SignatureDoesNotMatch: { lasting: 'temporary', reason: 'account_refused' },
  Throttling: { lasting: 'throttled', reason: 'too_many_requests' },
  'Throttling.User': { lasting: 'throttled', reason: 'too_many_requests' },
};

/** Codes after which nobody can say whether the message was taken. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'isp.SYSTEM_ERROR',
  'isp.GATEWAY_ERROR',
  'InternalError',
  'ServiceUnavailable',
]);
export const saysNothing = (code: string): boolean => UNKNOWN.has(code);

/**
 * The limit for one phone is told by the message alone: of a minute it is over soon, of an hour or a day it is
 * not, and the person is to be reached in another way.
 */
export function refusalOf(code: string, message: string): Refusal {
  if (code === 'isv.BUSINESS_LIMIT_CONTROL') {
    return /分钟|minute/i.test(message)
      ? { lasting: 'throttled', reason: 'too_many_to_phone' }
      : { lasting: 'permanent', reason: 'too_many_to_phone' };
  }
  return REFUSALS[code] ?? { lasting: 'temporary', reason: 'refused' };
}

/** Why an accepted message did not reach the phone, by the carrier's receipt. */
const RECEIPTS: Readonly<Record<string, string>> = {
  MOBILE_NOT_ON_SERVICE: 'phone_unreachable',
  MOBLLE_TERMINAL_ERROR: 'phone_unreachable',
  MOBILE_TERMINAL_ERROR: 'phone_unreachable',
  MOBILE_ACCOUNT_ABNORMAL: 'number_unreachable',
  INVALID_NUMBER: 'number_unknown',
  MOBILE_IN_BLACK: 'blocked',
  USER_REJECT: 'opted_out',
  CONTENT_KEYWORD: 'filtered',
  CONTENT_ERROR: 'filtered',
  SIGNATURE_BLACKLIST: 'filtered',
  MOBILE_SEND_LIMIT: 'too_many_to_phone',
};

export const reasonUndelivered = (code: string | undefined): string =>
  (code === undefined ? undefined : RECEIPTS[code]) ?? 'undelivered';
