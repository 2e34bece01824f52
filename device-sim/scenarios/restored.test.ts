import { writeFile } from 'node:fs/promises';
import { Temporal } from 'temporal-polyfill';
import { afterEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { runPact } from '#services/cli/testing/run-pact.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type FakeProviders, startFakeProvider } from '../fake-provider/server.ts';
import { findFreePort } from '../free-port.ts';
import { checkInvariants } from '../invariants.ts';
import { createPacedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { type ChildService, startChildService } from '../town/child-service.ts';
import { sharedTime } from '../town/town.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const EIGHT = Temporal.Instant.from('2026-11-24T00:00:00Z');
const after = (minutes: number, seconds = 0) => EIGHT.add({ minutes, seconds });

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** A machine: its database, its data folder, and the service's process on it. */
type Machine = { database: TestDatabase; env: Record<string, string>; db: Db; service?: ChildService };

/** Two machines, one after the other, under one clock that is set by hand and before one provider. */
async function startWorld() {
  let time = sharedTime(after(0, 10), 1);
  const clock = createPacedClock([time]);
  const fake = await startFakeProvider({ clock, twilio: ACCOUNT });
  endings.push(fake.stop);
  const machines: Machine[] = [];
  return {
    clock,
    fake,
    /** Everybody's clock shows this from now on. */
    setClock(at: Temporal.Instant) {
      time = sharedTime(at, 1);
      clock.follow([time]);
      for (const { service } of machines) service?.follow([time]);
    },
    async addMachine(): Promise<Machine> {
      const database = await createTestDatabase();
      endings.push(database.drop);
      const port = String(await findFreePort());
      const folder = await makeTestFolder('machine');
      const env = {
        ...{ DATABASE_URL: database.url, PACT_DATA_DIR: `${folder}/data`, INIT_CWD: folder },
        ...{ PACT_HTTP_PORT: port, PACT_PUBLIC_URL: `http://127.0.0.1:${port}`, TWILIO_API_URL: fake.url },
        ...{ TWILIO_ACCOUNT_SID: ACCOUNT.accountSid, TWILIO_AUTH_TOKEN: ACCOUNT.authToken },
        ...{ TWILIO_FROM: '+15005550006', TWILIO_VOICE_FROM: '+15005550006' },
      };
      const pool = createPool({
        ...{ connectionString: database.url, size: 1, name: 'restored', onError: () => undefined },
      });
      const machine: Machine = { database, env, db: createDatabase(pool) };
      machines.push(machine);
      return machine;
    },
    async start(machine: Machine) {
      machine.service = await startChildService({ env: machine.env, time });
      endings.push(machine.service.kill);
    },
  };
}

const run = async (env: Record<string, string>, clock: ReturnType<typeof createPacedClock>, args: string[]) =>
  JSON.parse((await runPact([...args, '--json'], env, clock)).stdout);

/** How often each of them has got what, by SMS and by call. */
const cameTo = (fake: FakeProviders, people: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(people).map(([who, phone]) => {
      const came = fake.phones.incoming.filter(({ to }) => to === phone);
      return [who, { sms: count(came, 'sms'), voice: count(came, 'voice') }];
    }),
  );
const count = (came: readonly { channel: string }[], channel: string) =>
  came.filter((one) => one.channel === channel).length;

async function phonesOf(db: Db, home: SeededHome): Promise<Record<string, string>> {
  const rows = await db.selectFrom('person').select(['id', 'phone']).execute();
  const phoneOf = (id: string | undefined) => rows.find((row) => row.id === id)?.phone ?? '';
  return {
    steward: phoneOf(home.primaryId),
    backup: phoneOf(home.backupId),
    neighbour: phoneOf(home.neighbourIds[0]),
  };
}

const dayOf = (db: Db, home: SeededHome) =>
  db
    .selectFrom('pact_day')
    .select(['verdict', 'closed_as as closedAs'])
    .where('household_id', '=', home.id)
    .where('on_date', '=', '2026-11-24')
    .execute();

const alertsOf = (db: Db, home: SeededHome) =>
  db
    .selectFrom('alert')
    .select(['status', 'acknowledged_by as by'])
    .where('household_id', '=', home.id)
    .execute();

test('a machine lost while nobody has answered: the restored one goes on up the ladder, and nobody gets a page twice', {
  timeout: 120_000,
}, async () => {
  const world = await startWorld();
  const { clock, fake } = world;
  const old = await world.addMachine();
  const seed = await seedCommunity(old.db);
  const home = await seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-24T07:50:00+08:00' });
  const well = await seed.addHome({ lastSeenAt: '2026-11-24T07:50:00+08:00' });
  await seed.open(well, '2026-11-24T07:20:00+08:00');
  const people = await phonesOf(old.db, home);

  await world.start(old);
  await eventually(async () => expect(cameTo(fake, people).steward).toEqual({ sms: 1, voice: 0 }));
  await eventually(async () =>
    expect(await old.db.selectFrom('message').select('state').where('kind', '=', 'page').execute()).toEqual([
      { state: 'delivered' },
    ]),
  );
  const made = await run(old.env, clock, ['backup', '--to', 'last.age']);
  expect(made.error).toBeUndefined();
  // It goes on for three minutes, of which the backup knows nothing.
  world.setClock(after(3, 15));
  await eventually(async () =>
    expect(cameTo(fake, people)).toMatchObject({
      steward: { sms: 1, voice: 1 },
      backup: { sms: 1, voice: 0 },
      neighbour: { sms: 0, voice: 0 },
    }),
  );
  await old.service?.kill();
  await old.db.destroy();
  await old.database.drop();

  world.setClock(after(5));
  const anew = await world.addMachine();
  await writeFile(`${anew.env.INIT_CWD}/key`, made.recoveryKey);
  const restored = await run(anew.env, clock, ['restore', made.file, '--key-file', 'key']);
  expect(restored).toMatchObject({ openAlerts: [home.code] });
  await world.start(anew);
  expect(await alertsOf(anew.db, home)).toEqual([{ status: 'open', by: null }]);

  // What the lost one had sent for the second step is found at the provider; then the neighbours' turn comes.
  const pagesAt = (step: number) =>
    anew.db
      .selectFrom('message')
      .select('state')
      .where('kind', '=', 'page')
      .where('step', '=', step)
      .where('alert_id', 'is not', null)
      .execute();
  const there = { state: expect.stringMatching(/^(accepted|delivered)$/) };
  world.setClock(after(6, 30));
  await eventually(async () => expect(await pagesAt(1)).toEqual([there, there]));
  world.setClock(after(10));
  await eventually(async () => expect(await pagesAt(2)).toEqual([there, there]));
  expect(cameTo(fake, people)).toEqual({
    steward: { sms: 1, voice: 1 },
    backup: { sms: 1, voice: 0 },
    neighbour: { sms: 1, voice: 0 },
  });
  expect(await alertsOf(anew.db, home)).toEqual([{ status: 'open', by: null }]);
  expect(await dayOf(anew.db, home)).toEqual([{ verdict: 'missed', closedAs: 'unresolved' }]);
  expect(await dayOf(anew.db, well)).toEqual([{ verdict: 'kept', closedAs: 'kept' }]);
  expect(await checkInvariants(anew.db, { now: clock.now(), graceMs: 10_000 })).toEqual([]);
  await anew.db.destroy();
});
