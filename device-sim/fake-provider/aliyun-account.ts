import { SMS_TEMPLATE_NAMES, SMS_TEMPLATES, type SmsTemplateName } from '#pact/text/sms-templates.ts';
import type { AliyunAccount } from './aliyun.ts';

/** The code under which the fake has each of our templates registered. */
export const FAKE_TEMPLATE_CODES = Object.fromEntries(
  SMS_TEMPLATE_NAMES.map((name, index) => [name, `SMS_${100_000 + index}`]),
) as Record<SmsTemplateName, string>;

/** An account at the fake with everything registered as docs/aliyun-templates.md says. */
export const FAKE_ALIYUN_ACCOUNT: AliyunAccount = {
  accessKeyId: 'LTAI-of-the-fake',
  accessKeySecret: 'a-secret-of-the-fake',
  sign: '窗帘之约',
  templates: Object.fromEntries(
    SMS_TEMPLATE_NAMES.map((name) => [
      FAKE_TEMPLATE_CODES[name],
      SMS_TEMPLATES[name].replaceAll(/\{(\w+)\}/g, (place) => `$${place}`),
    ]),
  ),
};
