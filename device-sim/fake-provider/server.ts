import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Language } from '#pact/text/language.ts';
import type { Clock } from '#platform/clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { type AliyunAccount, createFakeAliyun, type FakeAliyun } from './aliyun.ts';
import { FAKE_ALIYUN_ACCOUNT } from './aliyun-account.ts';
import { createNetwork, type Network } from './network.ts';
import { answerPage } from './page.ts';
import { type CallManner, createPhones, type Phones } from './phones.ts';
import { createFakeRobots, type FakeRobots } from './robots.ts';
import { createFakeTwilio, type FakeTwilio, type TwilioAccount } from './twilio.ts';

export type ProviderRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  form: URLSearchParams;
};

export type ProviderAnswer =
  | { status: number; contentType: string; body: string; headers?: Record<string, string> }
  | 'hang_up'
  | 'never_answer';

/** One provider's HTTP. Every kind of provider is one file beside this, and one line in `startFakeProvider`. */
export type FakeProvider = {
  name: string;
  serves(path: string): boolean;
  answer(request: ProviderRequest): ProviderAnswer | Promise<ProviderAnswer>;
  /** How it says that it is down, and that it was asked too often. */
  away(): ProviderAnswer;
  tooMany(): ProviderAnswer;
};

/** What the providers share: the people's phones, the way to us, and what happens by itself. */
export type FakeParts = { agenda: Agenda; network: Network; phones: Phones; clock: Clock };

export type FakeProviders = FakeParts & {
  url: string;
  twilio: FakeTwilio;
  aliyun: FakeAliyun;
  robots: FakeRobots;
  /** Does what is due by now; only where the clock stands still does it need to be called. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

export type FakeOptions = {
  clock: Clock;
  twilio: TwilioAccount;
  /** Without it an account with everything registered. */
  aliyun?: AliyunAccount;
  port?: number;
  seed?: number;
  language?: Language;
  /** Of the times on the page. */
  timeZone?: string;
  /** How phones take calls that no scenario speaks of. */
  usually?: CallManner;
};

/** The providers' side of the world over HTTP, with state; `/` shows the phones and lets a person answer them. */
export async function startFakeProvider(options: FakeOptions): Promise<FakeProviders> {
  const { clock, language = 'zh-CN', timeZone = 'Asia/Shanghai' } = options;
  const agenda = createAgenda(clock);
  const network = createNetwork(agenda, clock, createSeededRandom(options.seed ?? 1));
  const phones = createPhones(agenda, clock, options.usually);
  const parts: FakeParts = { agenda, network, phones, clock };
  const twilio = createFakeTwilio(options.twilio, parts);
  const aliyun = createFakeAliyun(options.aliyun ?? FAKE_ALIYUN_ACCOUNT, parts);
  const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const robots = createFakeRobots(parts, urlOf);
  const providers: FakeProvider[] = [twilio, aliyun, robots];

  const handle = async (request: IncomingMessage): Promise<ProviderAnswer> => {
    const asked = await readRequest(request);
    const provider = providers.find(({ serves }) => serves(asked.path));
    if (!provider) return answerPage(asked, phones, language, timeZone);
    const admitted = await network.arrive();
    if (admitted === 'down') return provider.away();
    if (admitted === 'too_many') return provider.tooMany();
    const answer = await provider.answer(asked);
    await network.depart();
    return answer;
  };

  const server = createServer((request, response) => {
    handle(request).then(
      (answer) => respond(response, answer),
      (error: unknown) => response.destroy(error as Error),
    );
  }).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    ...parts,
    url: urlOf(),
    twilio,
    aliyun,
    robots,
    settle: agenda.runDue,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await agenda.stop();
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<ProviderRequest> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers as Record<string, string | undefined>,
    body,
    form: new URLSearchParams(body),
  };
}

function respond(response: ServerResponse, answer: ProviderAnswer): void {
  if (answer === 'hang_up') response.destroy();
  else if (answer !== 'never_answer') {
    response
      .writeHead(answer.status, { 'content-type': answer.contentType, ...answer.headers })
      .end(answer.body);
  }
}
