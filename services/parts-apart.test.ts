import { afterEach, expect, it, vi } from 'vitest';
import { loadConfig, type ServiceName } from '#platform/config.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { createApiToken } from '#store/account/api-tokens.ts';
import { composePact, type RunningPact } from './main.ts';

const SECRET = 'one secret for all the parts of a test';
/** Nobody listens there: port 1 is reserved. */
const NO_REDIS = 'redis://127.0.0.1:1';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
});

/** A process that runs one part alone, over a database of its own. */
async function startPart(part: ServiceName, env: Record<string, string> = {}): Promise<RunningPact> {
  const database = await createTestDatabase();
  closers.push(database.drop);
  const config = loadConfig({
    DATABASE_URL: database.url,
    PACT_SECRET: SECRET,
    PACT_SERVICES: part,
    PACT_HTTP_PORT: '0',
    PACT_MQTT_PORT: '0',
    ...env,
  });
  const pact = await composePact(config, { logger: createLogger('silent') });
  closers.push(pact.stop);
  return pact;
}

async function read(pact: RunningPact, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${pact.urls.operations}${path}`, { headers });
  return { status: answer.status, body: await answer.text() };
}

it('a broker alone starts though Redis is away, is ready, and tells of its own health and no other’s', async () => {
  const pact = await startPart('broker', { REDIS_URL: NO_REDIS });
  expect(pact.urls).toMatchObject({ http: '', mqtt: expect.stringMatching(/^mqtt:/) });
  expect(await read(pact, '/healthz')).toMatchObject({
    status: 200,
    body: expect.stringContaining('"ok":true'),
  });
  const ready = await read(pact, '/readyz');
  // Nobody sweeps here, and that is nothing that starting the broker again would mend.
  expect([ready.status, JSON.parse(ready.body)]).toEqual([
    200,
    { ok: true, parts: { database: { ok: true }, broker: { ok: true } } },
  ]);
  expect((await read(pact, '/metrics')).body).toContain('pact_broker_connections 0');
});

it('tells its numbers to strangers by a token alone, and serves nothing else', async () => {
  const pact = await startPart('broker');
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  expect((await read(pact, '/metrics', forwarded)).status).toBe(401);
  const { token } = await createApiToken(pact.db, { name: 'scraper' }, pact.clock.now());
  const authorization = `Bearer ${token}`;
  expect((await read(pact, '/metrics', { ...forwarded, authorization })).status).toBe(200);
  const elsewhere = await read(pact, '/api/v1/today', { authorization });
  expect([elsewhere.status, JSON.parse(elsewhere.body).error.code]).toEqual([404, 'NOT_FOUND']);
});

it.each(['rules', 'escalation'] as const)('a process of %s alone is ready once it sweeps', async (part) => {
  const pact = await startPart(part);
  await vi.waitFor(async () => expect((await read(pact, '/readyz')).status).toBe(200), { timeout: 10_000 });
  const { parts } = JSON.parse((await read(pact, '/readyz')).body);
  expect(Object.keys(parts)).toEqual(
    part === 'rules' ? ['database', 'rules'] : ['database', 'queue', 'audit'],
  );
});

it('rules start though Redis is away, and sweep', async () => {
  const pact = await startPart('rules', { REDIS_URL: NO_REDIS });
  await vi.waitFor(async () => expect((await read(pact, '/readyz')).status).toBe(200), { timeout: 10_000 });
});

it('a part serves nothing by HTTP where it is told so, and the api cannot be told', async () => {
  const pact = await startPart('broker', { PACT_HTTP_PORT: 'off' });
  expect(pact.urls.operations).toBeUndefined();
  expect(() => loadConfig({ PACT_HTTP_PORT: 'off' })).toThrow('PACT_HTTP_PORT');
});
