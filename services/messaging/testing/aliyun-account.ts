import { FAKE_ALIYUN_ACCOUNT, FAKE_TEMPLATE_CODES } from '#sim/fake-provider/aliyun-account.ts';
import type { AliyunConfig } from '../aliyun/account.ts';

/** The fake's account as our settings name it. */
export const aliyunAccount = (fakeUrl: string): AliyunConfig => ({
  accessKeyId: FAKE_ALIYUN_ACCOUNT.accessKeyId,
  accessKeySecret: FAKE_ALIYUN_ACCOUNT.accessKeySecret,
  sign: FAKE_ALIYUN_ACCOUNT.sign,
  templates: FAKE_TEMPLATE_CODES,
  pushToken: 'a-token-that-only-the-pushes-know-of',
  apiUrl: `${fakeUrl}/aliyun`,
  timeoutMs: 500,
  lagMs: 1,
});
