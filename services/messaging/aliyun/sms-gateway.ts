import { setTimeout as wait } from 'node:timers/promises';
import type { Temporal } from 'temporal-polyfill';
import type { Gateway, Receipt } from '#contracts/gateway.ts';
import { fillTemplate } from '#pact/text/sms-templates.ts';
import type { Clock } from '#platform/clock.ts';
import { ALIYUN, type AliyunConfig, createAliyunClient, type SmsDetail, throwUnknown } from './account.ts';
import { reasonUndelivered, refusalOf, saysNothing } from './error-codes.ts';

/** The most that the records show at a time. */
const PAGE_SIZE = 50;
/** More than one phone ever gets in a day. */
const MOST_PAGES = 4;
/** The records show a message some seconds after it was taken. */
const LAG_MS = 3_000;
/** How far its clock may be from ours. */
const CLOCK_SKEW = { minutes: 2 };

/**
 * SMS to mainland China's mobile phones by Aliyun, by registered templates. Our key is its OutId, by which
 * records and receipts are told apart; records carry no id of Aliyun's own, so the key is the provider's id too.
 */
export function createAliyunSms(config: AliyunConfig, clock: Clock): Gateway {
  const call = createAliyunClient(config);

  /** What the records show of a message between two instants, by the days of China in which they lie. */
  const look = async (
    key: string,
    to: string,
    from: Temporal.Instant,
    until: Temporal.Instant,
  ): Promise<SmsDetail | undefined> => {
    const days = new Set([from.subtract(CLOCK_SKEW), from, until.add(CLOCK_SKEW)].map(dayOf));
    for (const day of days) {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const answer = await call('QuerySendDetails', {
          PhoneNumber: nationalOf(to),
          SendDate: day,
          PageSize: PAGE_SIZE,
          CurrentPage: page,
        });
        if (answer.Code !== 'OK') throwUnknown();
        const listed = answer.SmsSendDetailDTOs?.SmsSendDetailDTO ?? [];
        const match = listed.find(({ OutId }) => OutId === key);
        if (match) return match;
        if (listed.length < PAGE_SIZE) break;
      }
    }
    return undefined;
  };

  return {
    name: ALIYUN,
    channel: 'sms',
    // Looking twice for two days, with time to spare for sending.
    leaseMs: 60_000,
    serves: isChineseMobile,
    async send({ key, to, content }) {
      const { name, params } = fillTemplate(content, config.sign);
      const answer = await call('SendSms', {
        PhoneNumbers: nationalOf(to),
        SignName: config.sign,
        TemplateCode: config.templates[name],
        TemplateParam: JSON.stringify(params),
        OutId: key,
      });
      const code = answer.Code ?? '';
      if (code === 'OK') return { ok: true, providerId: key };
      if (saysNothing(code)) throwUnknown();
      return { ok: false, code, ...refusalOf(code, answer.Message ?? '') };
    },
    async find({ key, to, firstTriedAt }) {
      let found = await look(key, to, firstTriedAt, clock.now());
      if (!found) {
        await wait(config.lagMs ?? LAG_MS);
        found = await look(key, to, firstTriedAt, clock.now());
      }
      return found && { providerId: key };
    },
    async poll({ key, to, acceptedAt }) {
      const found = await look(key, to, acceptedAt, acceptedAt);
      return found && receiptOf(key, found);
    },
  };
}

/** 1: waiting for the carrier, 2: failed, 3: delivered. */
function receiptOf(key: string, { SendStatus, ErrCode }: SmsDetail): Receipt | undefined {
  const receipt = { key, provider: ALIYUN, providerId: key };
  if (SendStatus === 3) return { ...receipt, state: 'delivered' };
  if (SendStatus === 2) return { ...receipt, state: 'failed', reason: reasonUndelivered(ErrCode) };
  return undefined;
}

const isChineseMobile = (phone: string): boolean => /^\+861[3-9]\d{9}$/.test(phone);

const nationalOf = (phone: string): string => phone.replace(/^\+86/, '');

const dayOf = (instant: Temporal.Instant): string =>
  instant.toZonedDateTimeISO('Asia/Shanghai').toPlainDate().toString().replaceAll('-', '');
