import { createHash, timingSafeEqual } from 'node:crypto';
import type { Inbox, IncomingMessage, Receipt } from '#contracts/gateway.ts';
import { readPhone } from '#contracts/phone-number.ts';
import type { WebhookAnswer, WebhookRoute } from '#contracts/webhook.ts';
import { PactError } from '#platform/errors.ts';
import { ALIYUN, type AliyunConfig } from './account.ts';
import { reasonUndelivered } from './error-codes.ts';

/** Aliyun calls again until it hears just this. */
const TAKEN: WebhookAnswer = {
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify({ code: 0, msg: '成功' }),
};

/**
 * Receipts (SmsReport) and replies (SmsUp) as Aliyun pushes them: many at once, unsigned. A secret in the path
 * stands for the signature. Every good one of a batch is taken, whatever the others are; when one could not be
 * kept the batch is called for again, and what was taken before changes nothing.
 */
export function createAliyunWebhooks({ pushToken }: AliyunConfig, inbox: Inbox): WebhookRoute[] {
  const route = (kind: string, take: (entry: Record<string, unknown>) => Promise<void>): WebhookRoute => ({
    path: `/webhooks/aliyun/:token/${kind}`,
    async handle({ url, rawBody }) {
      checkToken(url, pushToken);
      const entries = readBatch(rawBody);
      const kept = await Promise.allSettled(entries.map(take));
      const fault = kept.find((result) => result.status === 'rejected');
      if (fault) throw fault.reason;
      return TAKEN;
    },
  });
  return [
    route('report', async (entry) => {
      const receipt = readReceipt(entry);
      if (receipt) await inbox.settle(receipt);
    }),
    route('reply', async (entry) => {
      const message = readReply(entry);
      if (message) await inbox.receive(message);
    }),
  ];
}

function checkToken(url: string, pushToken: string): void {
  const given = new URL(url).pathname.split('/').at(-2) ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (timingSafeEqual(digest(given), digest(pushToken))) return;
  throw new PactError('SIGNATURE_INVALID', 'The token in the path is not valid.', {
    hint: 'The address at Aliyun carries ALIYUN_PUSH_TOKEN.',
  });
}

function readBatch(rawBody: string): Record<string, unknown>[] {
  const parsed = parse(rawBody);
  if (!Array.isArray(parsed)) throw new PactError('BAD_REQUEST', 'A list is needed.');
  return parsed.filter((entry) => typeof entry === 'object' && entry !== null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever sent it learns that it is not a list.
    return undefined;
  }
}

/** What carries no key of ours is about somebody else's message: the account may send others. */
function readReceipt({ out_id: key, success, err_code: code }: Record<string, unknown>): Receipt | undefined {
  if (typeof key !== 'string' || !UUID.test(key)) return undefined;
  const receipt = { key, provider: ALIYUN, providerId: key };
  if (success === true || success === 'true') return { ...receipt, state: 'delivered' };
  if (success !== false && success !== 'false') return undefined;
  return {
    ...receipt,
    state: 'failed',
    reason: reasonUndelivered(typeof code === 'string' ? code : undefined),
  };
}

/** Its number is longer than JSON's are exact, so that the other fields help to tell replies apart. */
function readReply(entry: Record<string, unknown>): IncomingMessage | undefined {
  const { phone_number: number, content, send_time: sentAt, sequence_id: sequence } = entry;
  if (typeof number !== 'string' || typeof content !== 'string') return undefined;
  const read = readPhone(number, { sms: false });
  if (!read.ok) return undefined;
  const identity = JSON.stringify([read.phone, content, String(sentAt), String(sequence)]);
  const providerId = createHash('sha256').update(identity).digest('hex');
  // PostgreSQL keeps no NUL; for ever refusing it would have Aliyun call for ever.
  return { provider: ALIYUN, providerId, phone: read.phone, text: content.replaceAll('\0', '') };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
