import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Temporal } from 'temporal-polyfill';
import { createCodecRunner } from '#bridge/codec/create-codec-runner.ts';
import type { IncomingMessage } from '#contracts/gateway.ts';
import type { Role } from '#pact/role.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { insertAccount } from '#store/account/accounts.ts';
import { createApiToken, type NewToken } from '#store/account/api-tokens.ts';
import { createSession } from '#store/account/sessions.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type AppConfig, buildApp } from '../build-app.ts';
import type { ApiApp, ApiPorts } from '../context.ts';
import { createBoardStream } from '../stream/board-stream.ts';

export type ApiUnderTest = {
  app: ApiApp;
  db: Db;
  databaseUrl: string;
  ports: ApiPorts;
  clock: ReturnType<typeof createManualClock>;
  /** How often something was woken after a change. */
  woken(): number;
  received: IncomingMessage[];
  logs: string[];
  /** Signed in as the office; `as` says otherwise: nobody, a token, a cookie. */
  request(options: InjectOptions & { as?: Record<string, string> }): Promise<LightMyRequestResponse>;
  signInAs(options?: SignInOptions): Promise<Record<string, string>>;
  accountIdOf(as: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
};

type SignInOptions = { wall?: boolean; communityId?: string; role?: Role; name?: string; personId?: string };

/** The application over a database of its own, at a fixed moment, with an office account. */
export async function startApiUnderTest(
  at: Temporal.Instant | string,
  config: Partial<AppConfig> = {},
  others: Partial<ApiPorts> = {},
): Promise<ApiUnderTest> {
  const database = await createTestDatabase();
  const db = createDatabase(
    createPool({ connectionString: database.url, size: 6, name: 'api-test', onError: () => {} }),
  );
  const clock = createManualClock(at);
  const logs: string[] = [];
  const received: IncomingMessage[] = [];
  let woken = 0;
  const codecs = createCodecRunner({ now: () => clock.now().epochMilliseconds, onStopped: () => {} });
  const ports: ApiPorts = {
    db,
    clock,
    secret: Buffer.alloc(32, 7),
    logger: pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) }),
    wake: () => {
      woken += 1;
    },
    receive: async (message) => received.push(message),
    webhooks: [],
    checks: { queue: async () => ({ ok: true }), broker: async () => ({ ok: true }) },
    metrics: new Registry(),
    tryCodec: codecs.try,
    ...others,
  };
  const stream = createBoardStream(database.url, ports);
  const full = { publicUrl: undefined, trustProxy: false, requestsPerMinute: 100_000, ...config };
  const app = await buildApp(full, ports, stream);
  let accounts = 0;

  async function signInAs(options: SignInOptions = {}): Promise<Record<string, string>> {
    const { communityId, role = 'office', name, personId, wall = false } = options;
    accounts += 1;
    const account = await db.transaction().execute((tx) =>
      insertAccount(
        tx,
        {
          username: `office-${accounts}`,
          name: name ?? `Office ${accounts}`,
          passwordHash: 'unused',
          role,
          communityIds: communityId ? [communityId] : undefined,
          personId,
        },
        clock.now(),
      ),
    );
    if (!account) throw new Error('the user names of the tests are all different');
    const token = await createSession(db, account.id, clock.now(), clock.now().add({ hours: 12 }));
    if (wall)
      await app.inject({ method: 'POST', url: '/api/v1/session/wall', headers: { cookie: `pact=${token}` } });
    return { cookie: `pact=${token}` };
  }

  let office: Record<string, string> | undefined;
  return {
    app,
    db,
    databaseUrl: database.url,
    ports,
    clock,
    woken: () => woken,
    received,
    logs,
    signInAs,
    accountIdOf: async (as) =>
      (await app.inject({ url: '/api/v1/session', headers: as })).json<{ id: string }>().id,
    async request({ as, ...options }) {
      if (!as) office ??= await signInAs();
      return app.inject({ ...options, headers: { ...(as ?? office), ...options.headers } });
    },
    async stop() {
      await stream.stop();
      await app.close();
      await codecs.stop();
      await db.destroy();
      await database.drop();
    },
  };
}

export const NOBODY: Record<string, string> = {};

/** The header of a program with a token of its own. */
export async function asProgram(
  { db, clock }: ApiUnderTest,
  options: Partial<NewToken> = {},
): Promise<Record<string, string>> {
  const { token } = await createApiToken(db, { name: 'test', ...options }, clock.now());
  return { authorization: `Bearer ${token}` };
}
