/** What a reply may ask for, in the order of the digits 1 to 5; being at the door is said in words only. */
export const REPLY_ACTIONS = ['acknowledge', 'safe', 'emergency', 'cannot_go', 'sensor', 'arrive'] as const;
export type ReplyAction = (typeof REPLY_ACTIONS)[number];

export type ParsedReply =
  | {
      kind: 'action';
      action: ReplyAction;
      code?: string;
      /** `071出发` may be household 071, or household 07 with the digit and the word for the same thing. */
      orCode?: string;
    }
  | { kind: 'unclear' };

/**
 * Reads an answer to a page. Only the exact forms count: a household number and one digit, or a listed word
 * with or without the number. Nothing is found *inside* a sentence, so that "不平安" or "没事吗" can never
 * become "safe".
 */
export function parseReply(text: string): ParsedReply {
  const plain = tidy(text);
  if (plain.length > LONGEST) return UNCLEAR;

  const digits = /^(\d{2,4})[ +-]*([1-5])$/.exec(plain);
  if (digits) return { kind: 'action', action: actionOf(digits[2]), code: digits[1]! };

  const worded = /^(?:(\d{2,4}) ?号?(?:[ +-]+([1-5]))?[ ,:+-]*)?([^\d ,:+-]\D*)$/.exec(plain);
  const action = worded && meaningOf(worded[3]!);
  if (!action) return UNCLEAR;
  const [, code, digit] = worded;
  if (!code) return { kind: 'action', action };
  if (digit) return actionOf(digit) === action ? { kind: 'action', action, code } : UNCLEAR;
  const orCode = code.length > 2 && actionOf(code.at(-1)) === action ? { orCode: code.slice(0, -1) } : {};
  return { kind: 'action', action, code, ...orCode };
}

export const UNCLEAR_REASONS = [
  'not_understood',
  'no_open_alert',
  'several_open',
  'unknown_number',
  'closed',
] as const;
export type UnclearReason = (typeof UNCLEAR_REASONS)[number];

export type AlertOfSender = {
  alertId: string;
  householdId: string;
  code: string;
  status: 'open' | 'acknowledged' | 'closed';
};

export type Choice<A> =
  | { kind: 'chosen'; alert: A; action: ReplyAction }
  /** `code` is the home's that the reply named, where one is known. */
  | { kind: 'unclear'; why: UnclearReason; code?: string };

/**
 * The alert that a reply speaks of, among those its sender was paged for, newest first. Without a number it
 * is taken only when a single home is open; several days of one home count as one, and the newest speaks.
 */
export function chooseAlert<A extends AlertOfSender>(parsed: ParsedReply, alerts: readonly A[]): Choice<A> {
  if (parsed.kind === 'unclear') return unclear('not_understood');
  const { action, code, orCode } = parsed;
  const named = code ? alerts.filter((alert) => alert.code === code || alert.code === orCode) : alerts;
  if (code && named.length === 0) return unclear('unknown_number');

  const open = named.filter((alert) => alert.status !== 'closed');
  // That a sensor needs somebody is often noticed after the outcome is told.
  const candidates = open.length === 0 && code && action === 'sensor' ? named : open;
  const alert = candidates[0];
  if (!alert) return code ? { ...unclear('closed'), code: named[0]!.code } : unclear('no_open_alert');
  const isOneHome = candidates.every(({ householdId }) => householdId === alert.householdId);
  return isOneHome ? { kind: 'chosen', alert, action } : unclear('several_open');
}

const UNCLEAR: ParsedReply = { kind: 'unclear' };
const unclear = (why: UnclearReason) => ({ kind: 'unclear', why }) as const;

/** Longer than any form; the bound also keeps the patterns cheap. */
const LONGEST = 40;

const WORDS: Record<ReplyAction, readonly string[]> = {
  acknowledge: [
    ...[
      '收到',
      '收到收到',
      '出发',
      '出发了',
      '已出发',
      '我去',
      '我去看看',
      '我马上去',
      '马上去',
      '马上到',
      '我这就去',
    ],
    ...['这就去', '在路上', 'going', 'i am going', "i'm going", 'im going', 'on my way', 'omw'],
  ],
  safe: [
    '平安',
    '人平安',
    '老人平安',
    '平安无事',
    '一切平安',
    '没事',
    '人没事',
    '老人没事',
    'safe',
    'all safe',
    'is safe',
  ],
  emergency: ['急救', '救命', '紧急', '要急救', '需要急救', 'emergency'],
  cannot_go: [
    ...['去不了', '去不了了', '我去不了', '不能去', '我不能去', '来不了', '过不去', '没空', '没时间'],
    ...['cannot', 'cannot go', 'can not go', "can't go", 'cant go'],
  ],
  arrive: [
    '到了',
    '我到了',
    '已到',
    '到门口',
    '到门口了',
    '我到门口了',
    '在门口',
    'arrived',
    "i'm here",
    'at the door',
  ],
  sensor: ['换设备', '修设备', '设备坏了', 'sensor', 'sensor broken', 'fix sensor'],
};
const MEANINGS = new Map(
  REPLY_ACTIONS.flatMap((action) => WORDS[action].map((word) => [word, action] as const)),
);

/** Politeness that changes nothing beside a word that does mean something. */
const COURTESIES = new Set(['好', '好的', '谢谢', 'ok', 'okay', 'thanks', 'thank you']);

function meaningOf(words: string): ReplyAction | undefined {
  const phrases = words
    .split(/ *[,.!;、。…~]+ */)
    .filter((phrase) => phrase !== '' && !COURTESIES.has(phrase));
  const meanings = new Set(phrases.map((phrase) => MEANINGS.get(phrase)));
  return meanings.size === 1 ? [...meanings][0] : undefined;
}

const actionOf = (digit: string | undefined): ReplyAction => REPLY_ACTIONS[Number(digit) - 1]!;

/** Full-width signs become plain ones, blanks single, and what merely surrounds an answer goes. */
function tidy(text: string): string {
  return text
    .slice(0, 4 * LONGEST)
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/^[ ,.!:;、。…~"“”'()<>[\]【】《》「」#*+-]+|[ ,.!:;、。…~"“”'()<>[\]【】《》「」#*+-]+$/g, '')
    .toLowerCase();
}
