import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { POLL_AFTER_SECONDS } from '#pact/delivery.ts';
import { createManualClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import { type CollectedSpan, startCollector } from '#platform/testing/otlp-collector.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { markAlert, withSpan } from '#platform/tracing.ts';
import { startFakeProvider } from '#sim/fake-provider/server.ts';
import { createApiToken } from '#store/account/api-tokens.ts';
import { type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { composePact, type RunningPact } from './main.ts';
import { openServerKey } from './open-server-key.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

const WAIT = { timeout: 20_000, interval: 100 };
const MORNING = '2026-11-24T08:00:10+08:00';
type ManualClock = ReturnType<typeof createManualClock>;

/** Everything at 8:00:10 of a morning on which one curtain stays closed. */
async function startMorning(
  endpoint: string,
  {
    logger = createLogger('silent'),
    clock = createManualClock(MORNING),
    settings = {},
  }: { logger?: Logger; clock?: ManualClock; settings?: Record<string, string> } = {},
) {
  const database = await createTestDatabase();
  endings.push(() => database.drop());
  const env = {
    ...{ DATABASE_URL: database.url, PACT_DATA_DIR: await makeTestFolder(), PACT_SECRET: 'x'.repeat(32) },
    ...{ PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    ...settings,
  };
  const pact = await composePact(loadConfig(env), { clock, logger });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= pact.stop());
  endings.push(stop);
  const seed = await seedCommunity(pact.db);
  const home = await seed.addHome({ code: '01', curtain: 'closed', lastSeenAt: '2026-11-24T07:50:00+08:00' });
  return { pact, home, stop };
}

const alertOf = ({ db }: RunningPact, home: SeededHome) =>
  db.selectFrom('alert').selectAll().where('household_id', '=', home.id).executeTakeFirst();

const isPaged = async ({ db }: RunningPact, alertId: string) =>
  (await db.selectFrom('message').select('state').where('alert_id', '=', alertId).execute()).some(
    ({ state }) => state === 'delivered' || state === 'accepted',
  );

async function missMorning(pact: RunningPact, home: SeededHome): Promise<string> {
  const alert = await vi.waitFor(async () => {
    const found = await alertOf(pact, home);
    expect(found && (await isPaged(pact, found.id))).toBe(true);
    return found!;
  }, WAIT);
  return alert.id;
}

/** The steward's answer, as somebody at the board's outbox types it. */
async function reply({ db, urls, clock }: RunningPact, alertId: string, text: string): Promise<void> {
  const { id } = await db
    .selectFrom('message')
    .select('id')
    .where('alert_id', '=', alertId)
    .where('channel', '=', 'sms')
    .executeTakeFirstOrThrow();
  const { token } = await createApiToken(db, { name: 'test' }, clock.now());
  const response = await fetch(`${urls.http}/api/v1/messages/${id}/reply`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  expect(response.status).toBeLessThan(300);
}

it('shows one missed morning as one trace under the alert’s own id, from the sweep to the outcome', async () => {
  const collector = await startCollector();
  endings.push(collector.stop);
  const { pact, home, stop } = await startMorning(collector.url);
  const alertId = await missMorning(pact, home);
  await reply(pact, alertId, '012');
  await stop();

  const { spans } = collector;
  const trace = spans.filter(({ traceId }) => traceId === alertId.replaceAll('-', ''));
  const one = (name: string): CollectedSpan => {
    const [span] = trace.filter((each) => each.name === name);
    expect(span, `${name} is in ${trace.map((each) => each.name).join(', ')}`).toBeDefined();
    return span!;
  };
  const byId = (spanId: string | undefined) => spans.find((span) => span.spanId === spanId);
  const root = one('alert.opened');
  expect(root.parentSpanId).toBe('');
  // Opened by a judgement in a sweep of rules.
  const judged = byId(root.links[0]?.spanId);
  expect(judged?.name).toBe('rules.judge');
  expect(byId(judged?.parentSpanId)?.name).toBe('rules.sweep');
  // Stepped on by escalation, whichever came first: its job or its sweep.
  expect(one('alert.step_reached').parentSpanId).toBe(root.spanId);
  expect(byId(one('alert.step_reached').links[0]?.spanId)?.name).toBe('escalation.advance');
  // Sent by messaging, which waited for the provider.
  const sent = one('message.send');
  expect(sent).toMatchObject({ parentSpanId: root.spanId, attributes: { channel: 'sms', kind: 'page' } });
  expect(trace.find(({ name }) => name === 'provider.send')?.parentSpanId).toBe(sent.spanId);
  // Answered through HTTP.
  const outcome = one('alert.outcome_recorded');
  const answered = byId(outcome.links[0]?.spanId);
  expect(answered?.name).toBe('messaging.reply');
  expect(byId(answered?.parentSpanId)).toMatchObject({
    name: 'http.request',
    attributes: { route: '/api/v1/messages/:id/reply' },
  });
  one('alert.closed');
  // Statements are told without their values, and nobody is named anywhere.
  expect(spans.some(({ attributes }) => attributes['db.query.text']?.includes('$1'))).toBe(true);
  expect(JSON.stringify(spans)).not.toMatch(/\+861|王/);
});

it('shows that a page has arrived, and that the provider was asked, where it calls nobody back', async () => {
  const collector = await startCollector();
  endings.push(collector.stop);
  const clock = createManualClock(MORNING);
  const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
  const fake = await startFakeProvider({ clock, twilio: account });
  endings.push(fake.stop);
  const settings = {
    ...{ TWILIO_ACCOUNT_SID: account.accountSid, TWILIO_AUTH_TOKEN: account.authToken },
    ...{ TWILIO_FROM: '+15005550006', TWILIO_API_URL: fake.url },
  };
  const { pact, home, stop } = await startMorning(collector.url, { clock, settings });
  const alertId = await missMorning(pact, home);
  clock.advance({ seconds: POLL_AFTER_SECONDS[0] + 1 });
  await fake.settle();
  await vi.waitFor(async () => {
    const pages = pact.db.selectFrom('message').select('state').where('alert_id', '=', alertId);
    expect(await pages.execute()).toEqual([{ state: 'delivered' }]);
  }, WAIT);
  await stop();

  const trace = collector.spans.filter(({ traceId }) => traceId === alertId.replaceAll('-', ''));
  const root = trace.find(({ name }) => name === 'alert.opened');
  const told = trace.filter(({ name }) => name.startsWith('message.') && name !== 'message.send');
  expect(told).toMatchObject([
    { name: 'message.accepted', parentSpanId: root?.spanId },
    { name: 'message.delivered', parentSpanId: root?.spanId },
  ]);
  expect(collector.spans.find(({ name }) => name === 'provider.poll')?.attributes.provider).toBe('twilio');
});

it('shows what the broker took in: the wait of each message, linked to the commit that it waited for', async () => {
  const collector = await startCollector();
  endings.push(collector.stop);
  const { pact, home, stop } = await startMorning(collector.url);
  const secret = 'a-secret-of-the-sensor';
  await pact.db
    .updateTable('sensor')
    .set({
      secret_hash: hashSensorSecret(await openServerKey(pact.config, pact.db), home.sensorId ?? '', secret),
    })
    .where('id', '=', home.sensorId ?? '')
    .execute();
  const sensor = await connectAsync(pact.urls.mqtt ?? '', {
    username: home.sensorId ?? '',
    password: secret,
  });
  await sensor.publishAsync(`pact/v1/${home.sensorId}/event`, '{"type":"opened"}', { qos: 1 });
  await sensor.endAsync();
  await stop();

  const received = collector.spans.find(({ name }) => name === 'intake.receive');
  expect(received?.attributes['pact.sensor']).toBe(home.sensorId);
  const commit = collector.spans.find(({ spanId }) => spanId === received?.links[0]?.spanId);
  expect(commit?.name).toBe('intake.commit');
});

it('says nothing of what was taken back', async () => {
  const collector = await startCollector();
  endings.push(collector.stop);
  const { stop } = await startMorning(collector.url);
  const alertId = '11111111-2222-4333-8444-555555555555';
  const failing = withSpan('a transaction', {}, async () => {
    markAlert(alertId, 'alert.opened');
    throw new Error('taken back');
  });
  await expect(failing).rejects.toThrow('taken back');
  await stop();
  expect(collector.spans.some(({ name }) => name === 'a transaction')).toBe(true);
  expect(collector.spans.some(({ traceId }) => traceId === alertId.replaceAll('-', ''))).toBe(false);
});

it.each([
  ['away', async () => 'http://127.0.0.1:1'],
  ['silent', startSilentCollector],
])('pages as ever, and stops as ever, while the collector is %s', async (_how, startIt) => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const { pact, home, stop } = await startMorning(await startIt(), { logger });
  await missMorning(pact, home);
  await stop();
  const others = lines.filter((line) => !line.includes('"tracing.export-failed"'));
  expect(others).toEqual([]);
});

it('loads nothing of OpenTelemetry (but the bare API, which prom-client wants), and runs the work as it is, where no collector is named', () => {
  const code = `
    import { startTracing, withSpan } from '#platform/tracing.ts';
    import { loadConfig } from '#platform/config.ts';
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import('#services/main.ts');
    await startTracing(loadConfig({}).tracing, { services: [], logger: undefined });
    const work = Promise.resolve();
    const isSame = withSpan('x', {}, () => work) === work;
    console.log(JSON.stringify({ isSame, some: loaded.length > 100, otel: loaded.filter((url) => /@opentelemetry.(?!api.)/.test(url)) }));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout || stderr)).toEqual({ isSame: true, some: true, otel: [] });
});

/** One that takes connections and never answers. */
async function startSilentCollector(): Promise<string> {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.unshift(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
