import { createHmac } from 'node:crypto';
import type { SendResult } from '#contracts/gateway.ts';
import type { RobotAddress } from '#store/register/robot.ts';

export type Speech = {
  key: string;
  kind: string;
  text: string;
  /** Everybody in the group is called by name. */
  isUrgent: boolean;
  at: { epochMilliseconds: number };
};

export type RobotRequest = { url: string; headers?: Record<string, string>; body: object };
type Refusal = Pick<Extract<SendResult, { ok: false }>, 'lasting' | 'reason'>;

/** How one kind of robot is spoken to, and what its answer means. */
type RobotFormat = {
  request(speech: Speech, robot: RobotAddress): RobotRequest;
  /** Where its answers carry a code of their own, whatever the status; 0 is success. */
  codeOf?(answer: Record<string, unknown>): unknown;
  refusals?: Readonly<Record<string, Refusal>>;
};

const TOO_MANY: Refusal = { lasting: 'throttled', reason: 'too_many_requests' };
const NOT_LET_IN: Refusal = { lasting: 'permanent', reason: 'robot_refused' };

/** A refusal that none of the lists knows: the group is there, and the next try may go well. */
const REFUSED: Refusal = { lasting: 'temporary', reason: 'refused' };

const base64 = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64');

export const ROBOT_FORMATS: Readonly<Record<RobotAddress['format'], RobotFormat>> = {
  /** https://developer.work.weixin.qq.com/document/path/91770; at most 20 messages a minute. */
  wecom: {
    request: ({ text, isUrgent }, { url }) => ({
      url,
      body: {
        msgtype: 'text',
        text: { content: text, ...(isUrgent ? { mentioned_list: ['@all'] } : {}) },
      },
    }),
    codeOf: ({ errcode }) => errcode,
    refusals: { 45009: TOO_MANY, 93000: NOT_LET_IN, 93008: NOT_LET_IN, 93017: NOT_LET_IN },
  },

  /** https://open.dingtalk.com/document/robots/custom-robot-access; at most 20 messages a minute. */
  dingtalk: {
    request({ text, isUrgent, at }, { url, secret }) {
      const signed = new URL(url);
      if (secret) {
        const timestamp = String(at.epochMilliseconds);
        signed.searchParams.set('timestamp', timestamp);
        signed.searchParams.set('sign', base64(secret, `${timestamp}\n${secret}`));
      }
      return {
        url: signed.href,
        body: { msgtype: 'text', text: { content: text }, at: { isAtAll: isUrgent } },
      };
    },
    codeOf: ({ errcode }) => errcode,
    refusals: {
      130101: TOO_MANY,
      410100: TOO_MANY,
      300001: NOT_LET_IN,
      310000: NOT_LET_IN,
      400101: NOT_LET_IN,
    },
  },

  /** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot; the key is what the others sign, and nothing is signed. */
  feishu: {
    request({ text, isUrgent, at }, { url, secret }) {
      const timestamp = String(Math.floor(at.epochMilliseconds / 1_000));
      return {
        url,
        body: {
          ...(secret ? { timestamp, sign: base64(`${timestamp}\n${secret}`, '') } : {}),
          msg_type: 'text',
          content: { text: `${isUrgent ? '<at user_id="all"></at> ' : ''}${text}` },
        },
      };
    },
    codeOf: ({ code, StatusCode }) => code ?? StatusCode,
    refusals: {
      9499: TOO_MANY,
      11232: TOO_MANY,
      19001: NOT_LET_IN,
      19021: NOT_LET_IN,
      19022: NOT_LET_IN,
      19024: NOT_LET_IN,
    },
  },

  /** Anything else: `docs/deploy.md` says how it checks the signature. Any 2xx is success. */
  json: {
    request({ key, kind, text, isUrgent, at }, { url, secret }) {
      const body = { key, kind, text, urgent: isUrgent };
      const seconds = Math.floor(at.epochMilliseconds / 1_000);
      const signature = createHmac('sha256', secret ?? '')
        .update(`${seconds}.${JSON.stringify(body)}`)
        .digest('hex');
      return { url, headers: { 'x-pact-signature': `t=${seconds},v1=${signature}` }, body };
    },
  },
};

/** What an answer says, or that it proves nothing. */
export function judgeAnswer(
  format: RobotAddress['format'],
  status: number,
  body: string,
): { ok: true } | ({ ok: false; code: string } & Refusal) | 'unknown' {
  const { codeOf, refusals } = ROBOT_FORMATS[format];
  if (status >= 500) return 'unknown';
  if (status === 429) return { ok: false, code: '429', ...TOO_MANY };
  if (status < 200 || status >= 300) {
    const isGone = status >= 300 && status < 500 && status !== 408;
    return { ok: false, code: String(status), ...(isGone ? NOT_LET_IN : REFUSED) };
  }
  if (!codeOf) return { ok: true };
  const code = codeOf(fieldsOf(body));
  if (typeof code !== 'number' && typeof code !== 'string') return 'unknown';
  if (String(code) === '0') return { ok: true };
  return { ok: false, code: String(code), ...(refusals?.[String(code)] ?? REFUSED) };
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    // An answer that is no JSON carries no code.
    return {};
  }
}
