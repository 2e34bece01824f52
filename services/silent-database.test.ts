import { afterEach, expect, it, vi } from 'vitest';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { startCuttingProxy } from '#sim/chaos/cutting-proxy.ts';
import { composePact } from './main.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
});

it.each(['broker', 'rules', 'escalation,messaging', 'broker,rules,escalation,messaging,api'])(
  '%s stops in time though its lines to PostgreSQL are dead and nobody has said so',
  { timeout: 30_000 },
  async (part) => {
    const database = await createTestDatabase();
    closers.push(database.drop);
    const proxy = await startCuttingProxy(database.url);
    closers.push(proxy.close);
    const config = loadConfig({
      DATABASE_URL: proxy.url,
      PACT_SECRET: 'one secret for a silent database',
      PACT_SERVICES: part,
      PACT_HTTP_PORT: '0',
      PACT_MQTT_PORT: '0',
    });
    const pact = await composePact(config, { logger: createLogger('silent') });
    const { http, operations = http } = pact.urls;
    await vi.waitFor(async () => expect((await fetch(`${operations}/readyz`)).status).toBe(200), {
      timeout: 10_000,
    });
    proxy.forget();
    // Asked over a dead line, and under way when the stop comes.
    const asked = fetch(`${operations}/readyz`).catch(() => undefined);
    const from = performance.now();
    await pact.stop();
    expect(performance.now() - from).toBeLessThan(8_000);
    await asked;
  },
);
