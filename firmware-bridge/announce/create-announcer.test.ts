import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import { removeHousehold } from '#store/register/household.ts';
import { restoreHousehold } from '#store/register/removal.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type Announcer, createAnnouncer } from './create-announcer.ts';

const BY = { kind: 'token' as const, id: 'test' };
const WAIT = { timeout: 10_000, interval: 30 };
const clock = createManualClock('2026-11-24T04:00:00+08:00');

/** What its types leave out. */
type Keeping = {
  persistence: { createRetainedStream(filter: string): AsyncIterable<{ topic: string; payload: Buffer }> };
};

let database: TestDatabase;
let db: Db;
let operators: { server: Server; aedes: Aedes };
let url: string;
let announcer: Announcer;
let ours: MqttClient;
let seed: Seed;
let source: { id: string; communityId: string; announces: boolean };

beforeAll(async () => {
  database = await createTestDatabase();
  const onError = () => undefined;
  db = createDatabase(createPool({ connectionString: database.url, size: 4, name: 'test', onError }));
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  operators = { server, aedes };
  url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise<void>((resolve) => operators.aedes.close(resolve));
  operators.server.close();
  await db.destroy();
  await database.drop();
});

beforeEach(async () => {
  clock.set('2026-11-24T04:00:00+08:00');
  seed = await seedCommunity(db);
  source = { id: seed.communityId, communityId: seed.communityId, announces: true };
  ours = await mqtt.connectAsync(url);
  announcer = createAnnouncer({
    connectionString: database.url,
    db,
    clock,
    logger: createLogger('silent'),
    leastBetweenMs: 50,
    publish: async (_, topic, payload, options) => {
      await ours.publishAsync(topic, payload, { qos: 1, ...options });
    },
  });
  await announcer.start();
});
afterEach(async () => {
  await announcer.stop();
  await ours.endAsync(true);
});

/** What the operator's broker keeps, for a Home Assistant that starts now. */
async function discover(): Promise<Map<string, string>> {
  // Aedes acknowledges before it keeps: what comes after is acknowledged when what came before is kept.
  await ours.publishAsync('end', '', { qos: 1 });
  const found = new Map<string, string>();
  const { persistence } = operators.aedes as Aedes & Keeping;
  for await (const { topic, payload } of persistence.createRetainedStream('#'))
    found.set(topic, payload.toString());
  return found;
}

const shortOf = (home: { id: string }) => home.id.replaceAll('-', '').slice(-12);
const stateIn = (found: Map<string, string>, home: SeededHome) =>
  JSON.parse(found.get(`curtain_pact/${shortOf(home)}/state`) ?? 'null');
const configIn = (found: Map<string, string>, home: SeededHome, of: '' | '_curtain' = '') =>
  JSON.parse(found.get(`homeassistant/binary_sensor/curtain_pact_${shortOf(home)}${of}/config`) ?? 'null');

it('tells of a home by its number only, in two entities of one device', async () => {
  const home = await seed.addHome({ code: '071', curtain: 'closed', lastSeenAt: clock.now().toString() });
  await openDays(db, clock.now());
  await announcer.refresh(source);
  const found = await discover();
  expect(stateIn(found, home)).toEqual({ verdict: 'awaiting', curtain: 'closed', since: null });
  const config = configIn(found, home);
  expect(config).toMatchObject({
    unique_id: `curtain_pact_${shortOf(home)}`,
    name: null,
    device_class: 'problem',
    state_topic: `curtain_pact/${shortOf(home)}/state`,
    value_template:
      "{{ {'missed': 'ON', 'kept': 'OFF', 'visited': 'OFF', 'excused': 'OFF'}.get(value_json.verdict, 'None') }}",
    origin: { name: 'curtain-pact' },
    device: { identifiers: [`curtain_pact_${shortOf(home)}`], name: '071' },
  });
  const curtain = configIn(found, home, '_curtain');
  expect(curtain).toMatchObject({
    unique_id: `curtain_pact_${shortOf(home)}_curtain`,
    device_class: 'opening',
    value_template: "{{ {'open': 'ON', 'closed': 'OFF'}.get(value_json.curtain, 'None') }}",
    device: config.device,
  });
  // Without a name Home Assistant calls it by its class, in its own language.
  expect(curtain).not.toHaveProperty('name');
  expect(found.get(config.availability_topic)).toBe('online');
  const people = await db.selectFrom('person').select(['name', 'phone']).execute();
  const personal = ['王奶奶', '3栋', '501', '一格', home.id, ...people.flatMap((p) => [p.name, p.phone])];
  const said = [...found].flat().join('\n');
  for (const word of personal) expect(said).not.toContain(word);
});

it('tells a kept and a missed day when they come, and nothing of another community', async () => {
  const [up, silent] = [await seed.addHome({ curtain: 'closed' }), await seed.addHome()];
  const elsewhere = await (await seedCommunity(db)).addHome();
  await openDays(db, clock.now());
  await announcer.refresh(source);
  clock.set('2026-11-24T07:01:00+08:00');
  await seed.open(up, '2026-11-24T07:01:00+08:00');
  await weighSignals(db, clock.now(), 100);
  await vi.waitFor(async () => {
    const state = { verdict: 'kept', curtain: 'open', since: '2026-11-23T23:01:00.000Z' };
    expect(stateIn(await discover(), up)).toEqual(state);
  }, WAIT);
  clock.set('2026-11-24T08:00:01+08:00');
  await judgeDueDays(db, clock.now(), [], 100);
  await vi.waitFor(async () => {
    const state = { verdict: 'missed', curtain: 'unknown', since: '2026-11-24T00:00:00.000Z' };
    expect(stateIn(await discover(), silent)).toEqual(state);
  }, WAIT);
  expect(stateIn(await discover(), elsewhere)).toBeNull();
});

it('says that it does not know when a sensor falls silent, of which nobody gives notice', async () => {
  const home = await seed.addHome({ curtain: 'open', lastSeenAt: clock.now().toString() });
  await announcer.refresh(source);
  expect(stateIn(await discover(), home)).toMatchObject({ curtain: 'open' });
  clock.set('2026-11-24T06:00:00+08:00');
  await vi.waitFor(
    async () => expect(stateIn(await discover(), home)).toMatchObject({ curtain: 'unknown' }),
    WAIT,
  );
});

it('takes back a home that left the register, and tells of it again when it is back', async () => {
  const [home, gone] = [await seed.addHome(), await seed.addHome()];
  await announcer.refresh(source);
  await removeHousehold(db, home.id, BY, clock.now());
  await vi.waitFor(async () => expect(configIn(await discover(), home)).toBeNull(), WAIT);
  const found = await discover();
  expect([stateIn(found, home), configIn(found, home, '_curtain')]).toEqual([null, null]);
  await restoreHousehold(db, home.id, BY, clock.now());
  await vi.waitFor(async () => expect(configIn(await discover(), home)).not.toBeNull(), WAIT);
  // Also one that left while nobody was there to say so.
  await announcer.stop();
  await removeHousehold(db, gone.id, BY, clock.now());
  expect(configIn(await discover(), gone)).not.toBeNull();
  await announcer.refresh(source);
  expect(configIn(await discover(), gone)).toBeNull();
});

it('says everything anew when its broker is connected again, and nothing twice before', async () => {
  const home = await seed.addHome();
  const published = vi.spyOn(ours, 'publishAsync');
  await announcer.refresh(source);
  const all = published.mock.calls.length;
  expect(all).toBe(4);
  await openDays(db, clock.now());
  await db.updateTable('household').set({ code: '99' }).where('id', '=', home.id).execute();
  // It is looked at anew all the time by this clock, which stands still: only what has changed is said.
  await vi.waitFor(() => expect(published.mock.calls.length).toBe(all + 2), WAIT);
  await announcer.refresh(source);
  expect(published.mock.calls.length).toBe(all + 2 + all);
});

it('leaves when it ends, and takes all back where it is not wanted any more', async () => {
  const home = await seed.addHome();
  await announcer.refresh(source);
  const { availability_topic: topic } = configIn(await discover(), home);
  await announcer.stop();
  expect((await discover()).get(topic)).toBe('offline');
  await announcer.refresh(source);
  await announcer.withdraw(source);
  const found = await discover();
  expect(configIn(found, home)).toBeNull();
  expect(found.has(topic)).toBe(false);
  await announcer.refresh({ ...source, announces: false });
  expect(configIn(await discover(), home)).toBeNull();
});
