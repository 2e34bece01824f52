import { randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type FakeProviders, startFakeProvider } from '../fake-provider/server.ts';
import { findFreePort } from '../free-port.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { stretchTripwire, type Trip } from '../testing/tripwire.ts';
import { type ChildService, startChildService } from '../town/child-service.ts';
import { sharedTime } from '../town/town.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };
const EIGHT = Temporal.Instant.from('2026-11-24T00:00:00Z');
/** A process that comes back finds the time of an attempt over; the tests do not sit it out. */
const LATER_SECONDS = 31;
/** Ways that are played at once; each waits more than it works. */
const AT_ONCE = 4;

/** What the provider has said of a page that is on its way or there. */
const KNOWN: unknown = expect.stringMatching(/^(accepted|delivered)$/);

/** One steward, one missed home, a service killed at the trip with SIGKILL and another one after it. */
async function play(trip: Trip | undefined) {
  const time = sharedTime(EIGHT, 1);
  const clock = createSharedClock(time);
  const database = await createTestDatabase();
  const db = createDatabase(
    createPool({ connectionString: database.url, size: 2, name: 'between', onError: () => undefined }),
  );
  const fake = await startFakeProvider({ clock, twilio: ACCOUNT });
  const wire = await stretchTripwire({ databaseUrl: database.url, providerUrl: fake.url, trip });
  const port = String(await findFreePort());
  const env = {
    PACT_SECRET: randomBytes(32).toString('base64url'),
    PACT_SERVICES: 'escalation,messaging,api',
    PACT_HTTP_PORT: port,
    PACT_PUBLIC_URL: `http://127.0.0.1:${port}`,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_VOICE_FROM: '+15005550006',
  };
  const services: ChildService[] = [];
  try {
    const seed = await seedCommunity(db);
    const home = await seed.addHome();
    const { phone } = await db
      .selectFrom('person')
      .select('phone')
      .where('id', '=', home.primaryId)
      .executeTakeFirstOrThrow();
    const doomed = await startChildService({
      env: { ...env, DATABASE_URL: wire.databaseUrl, TWILIO_API_URL: wire.providerUrl },
      time,
    });
    services.push(doomed);
    await db.transaction().execute((tx) =>
      openAlerts(
        tx,
        [
          {
            ...{
              householdId: home.id,
              communityId: seed.communityId,
              onDate: '2026-11-24',
              deadlineAt: EIGHT,
            },
            ...{ reason: 'no_signal', silentSince: undefined, ladder: DEFAULT_LADDER },
          },
        ],
        clock.now(),
      ),
    );
    const pages = () =>
      db
        .selectFrom('message')
        .select(['state', 'person_id as personId'])
        .where('kind', '=', 'page')
        .where('person_id', '=', home.primaryId)
        .execute();
    const isDelivered = () =>
      eventually(
        async () => expect((await pages()).map(({ state }) => state)).toEqual(['delivered']),
        40_000,
      );
    const isRecorded = () =>
      eventually(async () => expect((await pages()).map(({ state }) => state)).toEqual([KNOWN]), 40_000);
    const killed = await Promise.race([wire.tripped.then(() => true), isDelivered().then(() => false)]);
    if (killed) {
      await doomed.kill();
      const again = { ...time, start: EIGHT.add({ seconds: LATER_SECONDS }).toString() };
      services.push(
        await startChildService({
          env: { ...env, DATABASE_URL: database.url, TWILIO_API_URL: fake.url },
          time: again,
        }),
      );
      // A receipt that came while nobody was there is asked for later; the page is known by then and not sent again.
      await isRecorded();
    }
    return { killed, steps: [...wire.steps], came: smsTo(fake, phone), pages: await pages() };
  } finally {
    await Promise.all(services.map((service) => service.kill()));
    await wire.close();
    await fake.stop();
    await db.destroy();
    await database.drop();
  }
}

const smsTo = (fake: FakeProviders, phone: string) =>
  fake.phones.incoming.filter(({ to, channel }) => to === phone && channel === 'sms').length;

let steps: readonly string[] = [];
beforeAll(async () => {
  const { steps: all, came } = await play(undefined);
  steps = all;
  expect(came).toBe(1);
}, 60_000);

test('the way of a page from its plan to its record has steps to be killed at', () => {
  expect(steps).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^insert into "message"/),
      'commit',
      expect.stringMatching(/^update message m set state = 'sending'/),
      expect.stringMatching(/^ask the provider: POST Messages.json/),
    ]),
  );
});

test('killed with SIGKILL at any of them, everybody is paged, and nobody twice', {
  timeout: 300_000,
}, async () => {
  // Of what changes nothing, the answer that is not heard is the next step that is not sent.
  const trips = steps.flatMap((said, index) =>
    (said.startsWith('select') ? (['unsent'] as const) : (['unsent', 'unanswered'] as const)).map(
      (moment): Trip => ({ step: index + 1, moment }),
    ),
  );
  const outcomes: { at: string; killed: boolean; came: number; pages: number }[] = [];
  const one = async () => {
    for (let trip = trips.shift(); trip; trip = trips.shift()) {
      const { killed, came, pages } = await play(trip);
      const at = `${trip.step}. ${steps[trip.step - 1]}, ${trip.moment}`;
      outcomes.push({ at, killed, came, pages: pages.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  expect(outcomes.filter(({ came, pages }) => came !== 1 || pages !== 1)).toEqual([]);
  // The last steps are receipts, which may come in another order and number; none before them is left out.
  expect(outcomes.filter(({ killed }) => killed).length).toBeGreaterThanOrEqual(12);
});
