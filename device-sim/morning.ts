import type { Temporal } from 'temporal-polyfill';
import { NARRATION } from '#pact/text/narration.ts';
import { sleepUntil } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { createLogger } from '#platform/logger.ts';
import { loadServerKey } from '#platform/server-key.ts';
import { composePact } from '#services/main.ts';
import { createApiToken } from '#store/account/api-tokens.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { type BoardClient, createBoardClient, type MorningUpdate } from './board-client.ts';
import { type DeviceOptions, runDevice, wakeDevice } from './devices.ts';
import { enrolNeighbourhood } from './enrol.ts';
import type { Phones } from './fake-provider/phones.ts';
import { type FakeProviders, startFakeProvider } from './fake-provider/server.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { findFreePort } from './free-port.ts';
import { checkInvariants } from './invariants.ts';
import { type Makers, prepareMakers } from './makers/mixed-morning.ts';
import { createMorningClock, type MorningClock } from './morning-clock.ts';
import { inventNeighbourhood } from './neighbourhood.ts';
import { startOwnRedis } from './own-redis.ts';
import { createPeople } from './people.ts';
import { createSeededRandom } from './seeded-random.ts';
import { inventStories, MORNING, type Story } from './stories.ts';
import { checkStories } from './story-check.ts';
import { type MorningSummary, summarise } from './summary.ts';
import { createVirtualSensor, type VirtualSensor } from './virtual-sensor.ts';

export const TIME_ZONE = 'Asia/Shanghai';

export type MorningOptions = {
  dataDir: string;
  seed: number;
  speed: number;
  /** Until a minute before the deadline. */
  speedBefore: number;
  language: 'zh-CN' | 'en';
  httpPort: number;
  /** Nobody is there to answer a phone by hand. */
  alone: boolean;
  /** Whether some of the homes have devices of other makers. */
  sources: 'own' | 'mixed';
  /** Runs several processes of each kind, of which one of each is killed just before the deadline. */
  scaleOut: boolean;
  /** A Redis of the operator's for the several processes; without it the demo starts its own. */
  redisUrl: string | undefined;
  /** The morning's date; the demo takes today's. */
  date: Temporal.PlainDate;
  logLevel: string;
};

export type Morning = {
  /** Where the board is, where the people's phones are, and the address of the first set-up. */
  http: string;
  phones: string;
  setupLink: string | undefined;
  clock: MorningClock;
  stories: readonly Story[];
  /** Sensors that are connected. */
  sensors: number;
  /** What of them are makers' devices; undefined where there is none. */
  makers: ReturnType<Makers['counts']> | undefined;
  /** Processes that the service runs in. */
  processes: number;
  /**
   * Lets the morning run to its end, or until `stop`; `onUpdate` sees what the board shows, `onFault` what is done to
   * the service.
   */
  play(onUpdate: (update: MorningUpdate) => void, onFault: (fault: Fault) => void): Promise<void>;
  /** What came of it. `final` stops the service first, so that nothing changes between two sums. */
  summarise(options: { final: boolean }): Promise<MorningSummary>;
  stop(): Promise<void>;
};

/** What the demo does to the service's processes, and when by the clock. */
export type Fault = { kind: 'killed' | 'startedAgain'; at: Temporal.Instant; living: number };

/** Makes a morning ready: the real service over an empty database, its register, its sensors plugged in. */
export async function prepareMorning(options: MorningOptions): Promise<Morning> {
  const random = createSeededRandom(options.seed);
  const neighbourhood = inventNeighbourhood(random);
  const stories = inventStories(neighbourhood.homes, random, NARRATION[options.language].peoplesWords);
  const midnight = options.date.toZonedDateTime(TIME_ZONE).toInstant();
  let fleet: Fleet | undefined;
  const plan = {
    start: midnight.add({ minutes: MORNING.opensAt }),
    speedBefore: options.speedBefore,
    slowAt: midnight.add({ minutes: MORNING.deadline - 1 }),
    speed: options.speed,
  };
  const clock = createMorningClock(plan, options.scaleOut ? (paces) => fleet?.follow(paces) : undefined);
  const ending = new AbortController();
  const { signal } = ending;
  const sensors: VirtualSensor[] = [];
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    if (!signal.aborted) failures.push(error);
  };

  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    ending.abort();
    await Promise.all(sensors.map((sensor) => sensor.vanish()));
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: options.dataDir, log: () => undefined });
    closers.push(postgres.stop);
    const provider = await startFakeProvider({
      clock,
      twilio: ACCOUNT,
      seed: options.seed,
      language: options.language,
      timeZone: TIME_ZONE,
      usually: { kind: options.alone ? 'not_answered' : 'by_hand' },
    });
    closers.push(provider.stop);
    const httpPort = options.httpPort || (await findFreePort());
    const env = envOf({ ...options, httpPort }, postgres.connectionString, provider);
    const config = loadConfig(env);
    provider.twilio.bringSmsTo(`${config.http.publicUrl}/webhooks/twilio/sms`);
    await migrateToLatest(postgres.connectionString);
    const db = createDatabase(
      createPool({ connectionString: postgres.connectionString, size: 2, name: 'demo', onError: fail }),
    );
    closers.push(() => db.destroy());
    let makers: Makers | undefined;
    if (options.sources === 'mixed') {
      makers = await prepareMakers(stories, { random: createSeededRandom(options.seed), clock });
      closers.push(makers.close);
    }
    const key = await loadServerKey(config.dataDir, config.secret);
    // Before the service starts: the register of every morning but the first is written already.
    const credentials = await enrolNeighbourhood(db, neighbourhood, {
      key,
      withSensor: codesOf(stories, (story) => story.hasSensor),
      gateways: new Map(
        stories.flatMap(({ home, gateway }) => (gateway ? [[home.code, gateway] as const] : [])),
      ),
      onLeave: codesOf(stories, (story) => story.kind === 'on_leave'),
      timeZone: TIME_ZONE,
      language: options.language,
      now: clock.now(),
    });
    await makers?.enrol(db, key, credentials);
    if (options.scaleOut) {
      const redis = options.redisUrl ? undefined : await startOwnRedis(options.dataDir);
      if (redis) closers.push(redis.stop);
      const shared = { ...env, REDIS_URL: redis?.url ?? options.redisUrl ?? '' };
      fleet = await startFleet({ env: shared, httpPort, paces: clock.paces });
    }
    const pact = fleet ?? (await composePact(config, { clock, logger: createLogger(options.logLevel) }));
    const stopService = once(() => pact.stop());
    closers.push(stopService);

    await makers?.open(db, { mqtt: pact.urls.mqtt ?? '', http: pact.urls.http });

    const devices = stories.flatMap((story, index): DeviceOptions[] => {
      const secret = credentials.get(story.home.code);
      if (!story.device || !secret) return [];
      const sensor =
        makers?.deviceAt(story.home.code) ?? createVirtualSensor(secret, { url: pact.urls.mqtt ?? '' });
      sensors.push(sensor);
      // Chance of its own: the network decides who speaks first, and must not decide who does what.
      const own = createSeededRandom(options.seed * 1_000 + index);
      return [{ sensor, script: story.device, midnight, clock, random: own, signal }];
    });
    await Promise.all(devices.map(wakeDevice));
    await makers?.untilHeard(db);
    const { token } = await createApiToken(db, { name: 'demo' }, clock.now());
    const client = createBoardClient(pact.urls.http, token);
    await untilDayIsOpen(client, stories.length);

    return {
      http: pact.urls.http,
      phones: provider.url,
      setupLink: pact.setupLink,
      clock,
      stories,
      sensors: sensors.length,
      makers: makers?.counts(),
      stop,
      processes: fleet?.size() ?? 1,
      async play(onUpdate, onFault) {
        const { phones } = provider;
        const people = createPeople({ stories, phones, clock, signal, onError: fail });
        for (const story of stories) playPhone(story, { phones, clock, midnight, signal }).catch(fail);
        const see = (update: MorningUpdate) => {
          onUpdate(update);
          people.see(update);
        };
        client.follow(see, signal).catch(fail);
        clock.release();
        if (fleet) hurtFleet(fleet, { clock, midnight, signal, onFault }).catch(fail);
        for (const device of devices) runDevice(device).catch(fail);
        for (const story of stories) recordOutcome(story, { client, clock, midnight, signal }).catch(fail);
        await sleepUntil(clock, midnight.add({ minutes: MORNING.endsAt }), signal);
        if (failures.length > 0) throw failures[0];
      },
      async summarise({ final }) {
        const [now, speed] = [clock.now(), clock.speed];
        if (final) {
          ending.abort();
          await Promise.all(sensors.map((sensor) => sensor.disconnect()));
          await stopService();
        }
        const date = options.date.toString();
        const violations = [
          ...(await checkInvariants(db, { now, graceMs: GRACE_MS * speed })),
          ...(await checkStories(db, date, stories)),
        ];
        const sent = sensors.flatMap((sensor) => sensor.sent);
        const accepted = [...provider.twilio.sent, ...provider.twilio.calls].map(({ sid }) => sid);
        const summary = await summarise(db, { date, speed, sent, accepted, violations });
        return makers ? makers.addTo(summary, db, midnight) : summary;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const KILLED_AT = { minutes: MORNING.deadline - 1, seconds: 58 };
const STARTED_AGAIN_AT = { minutes: MORNING.deadline + 10 };

/** Two seconds before the deadline one process of each kind dies; ten minutes after it all are there again. */
async function hurtFleet(
  fleet: Fleet,
  {
    clock,
    midnight,
    signal,
    onFault,
  }: Pick<OfficeOptions, 'clock' | 'midnight' | 'signal'> & { onFault: (fault: Fault) => void },
): Promise<void> {
  await sleepUntil(clock, midnight.add(KILLED_AT), signal);
  if (signal.aborted) return;
  await fleet.killOneOfEach();
  onFault({ kind: 'killed', at: midnight.add(KILLED_AT), living: fleet.size() });
  await sleepUntil(clock, midnight.add(STARTED_AGAIN_AT), signal);
  if (signal.aborted) return;
  await fleet.startAgain();
  onFault({ kind: 'startedAgain', at: clock.now(), living: fleet.size() });
}

/** Milliseconds on the wall: a machine under load may be that late and no more. */
const GRACE_MS = 5_000;

/** The same promise to everybody who asks. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
}

const codesOf = (stories: readonly Story[], wanted: (story: Story) => boolean) =>
  new Set(stories.filter(wanted).map((story) => story.home.code));

const ACCOUNT = { accountSid: `AC${'5'.repeat(32)}`, authToken: 'the-token-of-the-demo' };

/** Settings of its own: nothing of a service that runs on this machine may be touched. */
const envOf = (
  { dataDir, httpPort, language, logLevel }: MorningOptions,
  databaseUrl: string,
  provider: FakeProviders,
): Record<string, string> => ({
  TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
  TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
  TWILIO_FROM: '+15005550006',
  TWILIO_API_URL: provider.url,
  // The demo's clock runs many times faster than the wall that a provider's pace counts by.
  TWILIO_PER_SECOND: '1000',
  TWILIO_CALLS_PER_SECOND: '1000',
  PACT_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
  DATABASE_URL: databaseUrl,
  PACT_DATA_DIR: dataDir,
  PACT_HTTP_PORT: String(httpPort),
  PACT_MQTT_PORT: '0',
  PACT_LANGUAGE: language,
  PACT_TIME_ZONE: TIME_ZONE,
  PACT_LOG_LEVEL: logLevel,
});

/** Waits until rules has opened the day of every home; time stands meanwhile. */
async function untilDayIsOpen(client: BoardClient, homes: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { counts, homes: shown } = await client.today();
    const isOpened = shown.every((home) => home.deadlineAt !== null);
    if (isOpened && counts.enrolled === homes && counts.awaiting + counts.excused === homes) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The day of the enrolled homes was not opened within ten seconds.');
}

/** A phone that takes calls in place of texts does so for its own home's first page; then it is like any other. */
async function playPhone(
  { phone, home }: Story,
  {
    phones,
    clock,
    midnight,
    signal,
  }: Pick<OfficeOptions, 'clock' | 'midnight' | 'signal'> & { phones: Phones },
) {
  if (!phone) return;
  const own = phones.of(home.primary.phone).filtersOurs().answersCall({ pressing: phone.pressing });
  await sleepUntil(clock, midnight.add({ minutes: MORNING.deadline + 2 }), signal);
  own.isOn().doesNotAnswer();
}

type OfficeOptions = {
  client: BoardClient;
  clock: MorningClock;
  midnight: Temporal.Instant;
  signal: AbortSignal;
};

/** What the office hears by telephone and writes into the board. */
async function recordOutcome(
  { officeOutcome, home }: Story,
  { client, clock, midnight, signal }: OfficeOptions,
) {
  if (!officeOutcome) return;
  await sleepUntil(clock, midnight.add({ minutes: officeOutcome.atMinute }), signal);
  if (signal.aborted) return;
  const alert = (await client.today()).alerts.find(({ code }) => code === home.code);
  if (alert) await client.recordOutcome(alert.id, officeOutcome.outcome);
}
