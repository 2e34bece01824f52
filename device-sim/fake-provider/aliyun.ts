import { createHmac } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { SmsFate } from './phones.ts';
import type { FakeParts, FakeProvider, ProviderAnswer, ProviderRequest } from './server.ts';

export type AliyunAccount = {
  accessKeyId: string;
  accessKeySecret: string;
  sign: string;
  /** The registered words by their code, with places as `${name}`. */
  templates: Readonly<Record<string, string>>;
  /** SMS of one template that one phone gets in a day. */
  perPhoneAndDay?: number;
};

export type AliyunSms = {
  outId: string;
  bizId: string;
  phone: string;
  templateCode: string;
  text: string;
  status: 1 | 2 | 3;
  errCode: string;
  sentAt: Temporal.Instant;
};

export type FakeAliyun = FakeProvider & {
  sent: readonly AliyunSms[];
  requests: { send: number; query: number };
  /** The next request to send hears this. */
  refuseNext(code: string, message?: string): void;
  /** Its records show a message only after so many looks. */
  hideFor(looks: number): void;
  /** Where receipts and replies are pushed. */
  pushTo(urls: { report: string; reply: string }): void;
};

const RECEIPTS: Record<Exclude<SmsFate, 'delivered'>, string> = {
  off: 'MOBILE_NOT_ON_SERVICE',
  unknown: 'INVALID_NUMBER',
  landline: 'INVALID_NUMBER',
  filtered: 'CONTENT_KEYWORD',
  stopped: 'USER_REJECT',
};
const PREFIX = '/aliyun';
const PUSH_RETRIES = 3;
const MOST_IN_A_PLACE = 35;

/** Aliyun's SMS API and pushes as far as we use them, with state, so that the real SDK is what is tested. */
export function createFakeAliyun(account: AliyunAccount, parts: FakeParts): FakeAliyun {
  const { network, phones, clock } = parts;
  const sent: AliyunSms[] = [];
  const refusals: { code: string; message: string }[] = [];
  const requests = { send: 0, query: 0 };
  let push: { report: string; reply: string } | undefined;
  let hiddenLooks = 0;
  let replies = 0;

  const answer = (request: ProviderRequest): ProviderAnswer => {
    const { form } = request;
    if (form.get('AccessKeyId') !== account.accessKeyId) return refusal('InvalidAccessKeyId.NotFound');
    if (form.get('Signature') !== signatureOf(request.method, form, account.accessKeySecret)) {
      return refusal('SignatureDoesNotMatch');
    }
    if (form.get('Version') !== '2017-05-25') return refusal('InvalidVersion');
    if (form.get('Action') === 'SendSms') return send(form);
    if (form.get('Action') === 'QuerySendDetails') return query(form);
    return refusal('InvalidAction.NotFound');
  };

  const send = (form: URLSearchParams): ProviderAnswer => {
    requests.send += 1;
    const mood = network.takeMood();
    if (mood?.kind === 'refuse') return refusal('ServiceUnavailable', '', mood.status);
    if (mood?.kind === 'hang_up' || mood?.kind === 'never_answer') return mood.kind;
    const refused = refusals.shift();
    if (refused) return refusal(refused.code, refused.message);
    const accepted = accept(form);
    if ('refused' in accepted) return refusal(accepted.refused, accepted.message ?? '');
    if (mood?.kind === 'accept_and_hang_up') return 'hang_up';
    return json(200, { Code: 'OK', Message: 'OK', BizId: accepted.bizId, RequestId: accepted.bizId });
  };

  const accept = (form: URLSearchParams): AliyunSms | { refused: string; message?: string } => {
    const phone = form.get('PhoneNumbers') ?? '';
    const code = form.get('TemplateCode') ?? '';
    if (!/^1[3-9]\d{9}$/.test(phone)) return { refused: 'isv.MOBILE_NUMBER_ILLEGAL' };
    if (form.get('SignName') !== account.sign) return { refused: 'isv.SMS_SIGNATURE_ILLEGAL' };
    const words = account.templates[code];
    if (words === undefined) return { refused: 'isv.SMS_TEMPLATE_ILLEGAL' };
    const params = JSON.parse(form.get('TemplateParam') ?? '{}') as Record<string, unknown>;
    const places = [...words.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '');
    for (const place of places) {
      const value = params[place];
      if (typeof value !== 'string' || value === '') return { refused: 'isv.TEMPLATE_MISSING_PARAMETERS' };
      if (value.length > MOST_IN_A_PLACE) return { refused: 'isv.PARAM_LENGTH_LIMIT' };
      if (/[【】]|https?:/.test(value)) return { refused: 'isv.TEMPLATE_PARAMS_ILLEGAL' };
    }
    const today = dayOf(clock.now());
    const alike = sent.filter(
      (one) => one.phone === phone && one.templateCode === code && dayOf(one.sentAt) === today,
    );
    const most = account.perPhoneAndDay ?? 50;
    if (alike.length >= most) {
      return { refused: 'isv.BUSINESS_LIMIT_CONTROL', message: `触发天级流控Permits:${most}` };
    }
    const text = `【${account.sign}】${words.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => String(params[name]))}`;
    return bring({ outId: form.get('OutId') ?? '', phone, templateCode: code, text });
  };

  const bring = (one: Pick<AliyunSms, 'outId' | 'phone' | 'templateCode' | 'text'>): AliyunSms => {
    const bizId = `${String(sent.length + 1).padStart(12, '0')}^0`;
    const sms: AliyunSms = { ...one, bizId, status: 1, errCode: '', sentAt: clock.now() };
    sent.push(sms);
    phones.bringSms({ provider: 'aliyun', to: `+86${sms.phone}`, text: sms.text }, (fate) => {
      sms.status = fate === 'delivered' ? 3 : 2;
      sms.errCode = fate === 'delivered' ? 'DELIVERED' : RECEIPTS[fate];
      if (!push) return;
      const report = {
        phone_number: sms.phone,
        send_time: local(sms.sentAt),
        report_time: local(clock.now()),
        success: sms.status === 3,
        err_code: sms.errCode,
        err_msg: sms.errCode,
        sms_size: String(Math.ceil(sms.text.length / 70)),
        biz_id: sms.bizId,
        out_id: sms.outId,
      };
      network.callBack(batch(push.report, [report]), PUSH_RETRIES);
    });
    return sms;
  };

  const query = (form: URLSearchParams): ProviderAnswer => {
    requests.query += 1;
    if (hiddenLooks > 0) {
      hiddenLooks -= 1;
      return json(200, {
        Code: 'OK',
        Message: 'OK',
        TotalCount: 0,
        SmsSendDetailDTOs: { SmsSendDetailDTO: [] },
      });
    }
    const [size, page] = [Number(form.get('PageSize')), Number(form.get('CurrentPage'))];
    const found = sent.filter(
      (one) => one.phone === form.get('PhoneNumber') && dayOf(one.sentAt) === form.get('SendDate'),
    );
    return json(200, {
      Code: 'OK',
      Message: 'OK',
      TotalCount: found.length,
      SmsSendDetailDTOs: {
        SmsSendDetailDTO: found.slice((page - 1) * size, page * size).map((one) => ({
          Content: one.text,
          ErrCode: one.errCode,
          OutId: one.outId,
          PhoneNum: one.phone,
          SendDate: local(one.sentAt),
          SendStatus: one.status,
          TemplateCode: one.templateCode,
        })),
      },
    });
  };

  phones.listen('aliyun', {
    replied({ from, text }) {
      if (!push) return;
      replies += 1;
      const up = {
        phone_number: from.replace(/^\+86/, ''),
        send_time: local(clock.now()),
        content: text,
        sign_name: account.sign,
        dest_code: '1234',
        sequence_id: 1_234_567_000 + replies,
      };
      network.callBack(batch(push.reply, [up]), PUSH_RETRIES);
    },
  });

  return {
    name: 'aliyun',
    serves: (path) => path.startsWith(PREFIX),
    answer,
    away: () => refusal('ServiceUnavailable', '', 503),
    tooMany: () => refusal('Throttling.User'),
    sent,
    requests,
    refuseNext: (code, message = '') => void refusals.push({ code, message }),
    hideFor: (looks) => {
      hiddenLooks = looks;
    },
    pushTo: (urls) => {
      push = urls;
    },
  };
}

/**
 * https://help.aliyun.com/document_detail/315526.html (signature 1.0 of RPC calls), written apart from the SDK
 * that makes it.
 */
function signatureOf(method: string, form: URLSearchParams, secret: string): string {
  const fields = [...form].filter(([name]) => name !== 'Signature').sort(([a], [b]) => (a < b ? -1 : 1));
  const query = fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return createHmac('sha1', `${secret}&`)
    .update(`${method}&${encode('/')}&${encode(query)}`)
    .digest('base64');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const batch = (url: string, entries: readonly object[]) => ({
  url,
  headers: { 'content-type': 'application/json;charset=UTF-8' },
  body: JSON.stringify(entries),
});

const china = (instant: Temporal.Instant) => instant.toZonedDateTimeISO('Asia/Shanghai');
const dayOf = (instant: Temporal.Instant) => china(instant).toPlainDate().toString().replaceAll('-', '');
const local = (instant: Temporal.Instant) =>
  china(instant).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');

const json = (status: number, body: object): ProviderAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

const refusal = (code: string, message = '', status = code.startsWith('isv.') ? 200 : 400): ProviderAnswer =>
  json(status, { Code: code, Message: message || `The fake refused with ${code}`, RequestId: 'fake' });
