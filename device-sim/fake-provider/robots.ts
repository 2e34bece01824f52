import { createHmac } from 'node:crypto';
import type { FakeParts, FakeProvider, ProviderAnswer, ProviderRequest } from './server.ts';

export type RobotFormat = 'wecom' | 'dingtalk' | 'feishu' | 'json';
export type Said = { format: RobotFormat; group: string; text: string; callsAll: boolean };

export type FakeRobots = FakeProvider & {
  /** Everything said in groups, in order. */
  said: readonly Said[];
  /** A group's robot: where it is spoken to. With a secret, what is not signed is refused. */
  open(format: RobotFormat, group: string, secret?: string): string;
  /** The next message hears this, as that robot says it. */
  refuseNext(code: number): void;
  /** The next message is sent elsewhere. */
  redirectNext(url: string): void;
};

const PREFIX = '/robots/';
const HOUR_MS = 3_600_000;

/** The robots of WeCom, DingTalk and Feishu groups, and one of our own kind, each with the signature of its docs. */
export function createFakeRobots({ network, clock }: FakeParts, baseUrl: () => string): FakeRobots {
  const said: Said[] = [];
  const groups = new Map<string, { format: RobotFormat; secret: string | undefined }>();
  const refusals: number[] = [];
  const redirects: string[] = [];

  const answer = (request: ProviderRequest): ProviderAnswer => {
    const [format, group = ''] = request.path.slice(PREFIX.length).split('/') as [RobotFormat, string?];
    const mood = network.takeMood();
    if (mood?.kind === 'refuse') return plain(mood.status, '');
    if (mood?.kind === 'hang_up' || mood?.kind === 'never_answer') return mood.kind;
    const elsewhere = redirects.shift();
    if (elsewhere) return { ...json({}, 307), headers: { location: elsewhere } } as ProviderAnswer;
    const refused = refusals.shift();
    if (refused !== undefined) return coded(format, refused);
    const known = groups.get(`${format}/${group}`);
    if (!known) return coded(format, UNKNOWN[format]);
    const body = JSON.parse(request.body) as Record<string, unknown>;
    if (known.secret && !isSigned(format, request, body, known.secret, clock.now().epochMilliseconds)) {
      return coded(format, UNSIGNED[format]);
    }
    said.push({ format, group, ...READ[format](body) });
    return mood?.kind === 'accept_and_hang_up' ? 'hang_up' : coded(format, 0);
  };

  return {
    name: 'robots',
    serves: (path) => path.startsWith(PREFIX),
    answer,
    away: () => plain(503, ''),
    tooMany: () => plain(429, ''),
    said,
    open(format, group, secret) {
      groups.set(`${format}/${group}`, { format, secret });
      return `${baseUrl()}${PREFIX}${format}/${group}?key=of-${group}`;
    },
    refuseNext: (code) => void refusals.push(code),
    redirectNext: (url) => void redirects.push(url),
  };
}

const UNKNOWN: Record<RobotFormat, number> = { wecom: 93000, dingtalk: 300001, feishu: 19001, json: 404 };
const UNSIGNED: Record<RobotFormat, number> = { wecom: 0, dingtalk: 310000, feishu: 19021, json: 401 };

const READ: Record<RobotFormat, (body: Record<string, unknown>) => Pick<Said, 'text' | 'callsAll'>> = {
  wecom({ text }) {
    const { content, mentioned_list: mentioned = [] } = text as {
      content: string;
      mentioned_list?: string[];
    };
    return { text: content, callsAll: mentioned.includes('@all') };
  },
  dingtalk: ({ text, at }) => ({
    text: (text as { content: string }).content,
    callsAll: (at as { isAtAll: boolean }).isAtAll,
  }),
  feishu({ content }) {
    const { text } = content as { text: string };
    return { text: text.replace(/<at .*<\/at> /, ''), callsAll: text.includes('<at user_id="all">') };
  },
  json: ({ text, urgent }) => ({ text: text as string, callsAll: urgent as boolean }),
};

/** Written apart from what signs; WeCom's robots sign nothing. */
function isSigned(
  format: RobotFormat,
  { query, headers, body: raw }: ProviderRequest,
  body: Record<string, unknown>,
  secret: string,
  now: number,
): boolean {
  const mac = (key: string, text: string, encoding: 'base64' | 'hex') =>
    createHmac('sha256', key).update(text, 'utf8').digest(encoding);
  const isFresh = (milliseconds: number) => Math.abs(now - milliseconds) < HOUR_MS;
  if (format === 'dingtalk') {
    const at = query.get('timestamp') ?? '';
    return isFresh(Number(at)) && query.get('sign') === mac(secret, `${at}\n${secret}`, 'base64');
  }
  if (format === 'feishu') {
    const at = String(body.timestamp);
    return isFresh(Number(at) * 1_000) && body.sign === mac(`${at}\n${secret}`, '', 'base64');
  }
  if (format === 'json') {
    const [, at = '', sign] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-pact-signature'] ?? '') ?? [];
    return isFresh(Number(at) * 1_000) && sign === mac(secret, `${at}.${raw}`, 'hex');
  }
  return true;
}

function coded(format: RobotFormat, code: number): ProviderAnswer {
  if (format === 'json') return plain(code === 0 ? 204 : code, '');
  return json(format === 'feishu' ? { code, msg: '', data: {} } : { errcode: code, errmsg: '' });
}

const json = (body: object, status = 200) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
const plain = (status: number, body: string): ProviderAnswer => ({ status, contentType: 'text/plain', body });
