import type RpcClient from '@alicloud/pop-core';
import type { SmsTemplateName } from '#pact/text/sms-templates.ts';
import { PactError } from '#platform/errors.ts';

export type AliyunConfig = {
  accessKeyId: string;
  accessKeySecret: string;
  /** The registered signature, without its brackets. */
  sign: string;
  /** The code of every registered template. */
  templates: Readonly<Record<SmsTemplateName, string>>;
  /** What Aliyun's pushes carry in their path, because it signs nothing. */
  pushToken: string;
  /** Another address for the API, such as the fake's. */
  apiUrl?: string | undefined;
  timeoutMs?: number;
  /** Milliseconds after which a message that its records do not show is looked for once more. */
  lagMs?: number;
};

export const ALIYUN = 'aliyun';
const API_URL = 'https://dysmsapi.aliyuncs.com';
const API_VERSION = '2017-05-25';
const TIMEOUT_MS = 6_000;

export type AliyunAnswer = {
  Code?: string;
  Message?: string;
  SmsSendDetailDTOs?: { SmsSendDetailDTO?: SmsDetail[] };
};

/** One SMS as the records show it; there is no BizId in them, only what we called it ourselves. */
export type SmsDetail = { OutId?: string; SendStatus?: number; ErrCode?: string };

export type AliyunClient = (action: string, params: Record<string, string | number>) => Promise<AliyunAnswer>;

/** Calls the API by its SDK, which is loaded when there is something to send. Answers with its `Code`, whatever that is. */
export function createAliyunClient(config: AliyunConfig): AliyunClient {
  let client: Promise<RpcClient> | undefined;
  return async (action, params) => {
    client ??= openClient(config);
    const rpc = await client;
    // By POST, so that neither the phone nor the signature stands in an address.
    const options = { method: 'POST', timeout: config.timeoutMs ?? TIMEOUT_MS };
    return rpc.request<AliyunAnswer>(action, params, options).catch((error: unknown) => answerIn(error));
  };
}

async function openClient({ accessKeyId, accessKeySecret, apiUrl }: AliyunConfig): Promise<RpcClient> {
  const { default: Client } = await import('@alicloud/pop-core');
  return new Client({ accessKeyId, accessKeySecret, endpoint: apiUrl ?? API_URL, apiVersion: API_VERSION });
}

/** The SDK throws every code but OK; a fault of the server's own is none, and proves nothing. */
function answerIn(error: unknown): AliyunAnswer {
  const { data, entry } = (error ?? {}) as {
    data?: AliyunAnswer;
    entry?: { response?: { statusCode?: number } };
  };
  const status = entry?.response?.statusCode;
  if (!data?.Code || (status !== undefined && status >= 500)) return throwUnknown(status);
  return data;
}

/** The SDK's own error is not passed on as a cause: it may carry what was sent. */
export function throwUnknown(status?: number): never {
  const what = status ? `answered with status ${status}` : 'did not answer';
  throw new PactError('PROVIDER_UNREACHABLE', `Aliyun ${what}.`, {
    hint: 'We ask again by ourselves. If it lasts, look at the account in the Aliyun console and at the line out.',
  });
}
