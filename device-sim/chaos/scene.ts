import { existsSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import type { EmbeddedPostgres } from '#platform/embedded-postgres/options.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { sleep } from '#platform/sleep.ts';
import { createRedisServer, type RedisServer } from '#platform/testing/redis-server.ts';
import { createApiToken } from '#store/account/api-tokens.ts';
import { type FakeProviders, startFakeProvider } from '../fake-provider/server.ts';
import { findFreePort } from '../free-port.ts';
import type { Home } from '../neighbourhood.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createPacedClock, type PacedClock } from '../shared-clock.ts';
import type { Surroundings } from '../town/child-service.ts';
import { type Load, startLoad } from '../town/load.ts';
import { createTown, DEADLINE, sharedTime, type Town } from '../town/town.ts';
import type { VirtualSensor } from '../virtual-sensor.ts';
import { type BridgedCurtains, startBridgedCurtains } from './bridged-curtains.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { type Part, startPart } from './part.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { startWitness, type Witness } from './witness.ts';

export type PartKind = 'broker' | 'rules' | 'escalation' | 'api' | 'bridge';
/** The ways between the parts that can be cut. */
export type Way = 'database' | 'redis' | 'provider' | 'sensors' | 'bridge';

export type SceneOptions = {
  /** Kinds of which two processes run. */
  twice?: readonly PartKind[];
  /** The bridge too, with curtains of another maker. */
  bridged?: boolean;
  /** Jobs in Redis. */
  redis?: boolean;
  /** The ways that lead through a proxy. */
  cuttable?: readonly Way[];
  surroundings?: Partial<Record<PartKind, Surroundings>>;
  /** Megabytes of the disks of their own on which PostgreSQL and the bridge's memory live. */
  smallDisks?: { database?: number; bridge?: number };
  /** Every process goes by the time of libfaketime. */
  fakeTime?: boolean;
  /** The drill lets time go itself. */
  startsHeld?: boolean;
  /** Settings of every process over the usual ones. */
  env?: Record<string, string>;
};

/**
 * A small town on the real service, one process for each of its parts, in the last minutes before a deadline: 45
 * homes, 20 of them with sensors that report all the time, 10 of these open since seven.
 */
export type Scene = {
  readonly folder: string;
  readonly town: Town;
  /** By the town's own time, which its people and providers keep. */
  readonly clock: PacedClock;
  readonly provider: FakeProviders;
  readonly redis: RedisServer | undefined;
  readonly sensors: readonly VirtualSensor[];
  /** One more, at a home without proof, which is not connected. */
  readonly spare: VirtualSensor;
  readonly disks: { database?: SmallDisk; bridge?: SmallDisk };
  readonly load: Load;
  readonly curtains: BridgedCurtains | undefined;
  readonly witness: Witness;
  readonly lines: Readonly<Record<Way, CuttingProxy>>;
  /** What a drill wants people to know beside what everybody can see. */
  readonly notes: string[];
  /** What a drill itself has found lost, doubled or wrong. */
  readonly losses: string[];
  /** Homes without proof at the deadline. */
  readonly unproven: number;
  database(): EmbeddedPostgres;
  /** Stops PostgreSQL in order, and starts it again. */
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  part(kind: PartKind, which?: number): Part;
  readonly parts: readonly Part[];
  /** The broker's address without a proxy. */
  readonly mqttUrl: string;
  /** Sets the clocks of some parts apart from the town's; without a step, back to it. */
  step(parts: readonly Part[], by?: Temporal.DurationLike): void;
  /** Sets what libfaketime shows every process apart from the wall, by hours of the town's clock; within a second. */
  fakeTime(hours: number): void;
  /** From now on time passes: six seconds on the wall are left until the deadline. */
  letTimeGo(): void;
  /** Waits until the town's clock is so many wall milliseconds from the deadline; after it with a plus. */
  untilDeadline(wallMs: number): Promise<void>;
  /** Ends the sensors and the parts in order, so that nothing changes any more. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

/** Of the town's clock against the wall, once everything is up. */
export const SPEED = 20;
const WITH_SENSOR = 20;
const OPEN = 10;
/** Wall milliseconds of quiet traffic before the deadline. */
const LEAD_MS = 6_000;
/** Wall milliseconds that a town may need to come up. */
const MOST_BOOT_MS = 60_000;
const PAUSES_MS = [40, 120] as const;
/** Wall milliseconds that what the bridge holds may take to become events: it notices a dead line after 45 s. */
const MOST_BRIDGED_MS = 60_000;
const NEVER = new AbortController().signal;

const ACCOUNT = { accountSid: `AC${'6'.repeat(32)}`, authToken: 'the-token-of-the-drills' };

const SERVICES: Record<PartKind, string> = {
  // Each says by HTTP whether it is ready, as docs/deploy.md has it for services apart.
  broker: 'broker,api',
  rules: 'rules,api',
  escalation: 'escalation,messaging,api',
  api: 'api',
  bridge: 'bridge,api',
};

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { twice = [], cuttable = [], surroundings = {} } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (let undo = closers.pop(); undo; undo = closers.pop()) await undo();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-chaos-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755);
    const disks: Scene['disks'] = {};
    for (const [name, megabytes] of Object.entries(options.smallDisks ?? {})) {
      const disk = await mountSmallDisk(join(folder, `disk-of-the-${name}`), megabytes);
      closers.push(disk.close);
      disks[name as keyof Scene['disks']] = disk;
    }
    const fakeTimeFile = join(folder, 'faketime');
    const fakeTime = (hours: number) => {
      const offset = (hours * 3_600) / SPEED;
      writeFileSync(fakeTimeFile, `${offset < 0 ? '' : '+'}${offset}\n`);
    };
    fakeTime(0);
    const variables = options.fakeTime ? fakeTimeVariables(fakeTimeFile) : {};
    const place = {
      dataDir: join(disks.database?.folder ?? folder, 'data'),
      sharedDir: join(folder, 'shared'),
      settings: { max_connections: '400' },
      log: () => undefined,
    };
    let postgres = await startEmbeddedPostgres(place);
    closers.push(() => postgres.stop());
    const town = await createTown({ databaseUrl: postgres.connectionString, withSensor: WITH_SENSOR + 1 });
    closers.push(() => town.close());

    const lead = sharedTime(DEADLINE.subtract({ milliseconds: LEAD_MS * SPEED }), SPEED);
    // Time stands until everything is up, and is let go then.
    let time = { ...lead, wallMs: lead.wallMs + MOST_BOOT_MS };
    const clock = createPacedClock([time]);
    const provider = await startFakeProvider({ clock, twilio: ACCOUNT });
    closers.push(() => provider.stop());
    let redis: RedisServer | undefined;
    if (options.redis) {
      await mkdir(join(folder, 'redis'));
      redis = await createRedisServer(join(folder, 'redis'));
      const server = redis;
      closers.push(() => server.kill());
      await redis.start();
    }

    const lines: Partial<Record<Way, CuttingProxy>> = {};
    const through = async (way: Way, to: string): Promise<string> => {
      if (!cuttable.includes(way)) return to;
      const proxy = await startCuttingProxy(to);
      closers.push(proxy.close);
      lines[way] = proxy;
      return proxy.url;
    };
    const ports = {
      mqtt: await findFreePort(),
      api: await findFreePort(),
    };
    const mqttUrl = `mqtt://127.0.0.1:${ports.mqtt}`;
    const sensorsUrl = await through('sensors', mqttUrl);
    const env = {
      ...town.env,
      DATABASE_URL: await through('database', postgres.connectionString),
      ...(redis ? { REDIS_URL: await through('redis', redis.url) } : {}),
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_API_URL: await through('provider', provider.url),
      TWILIO_PER_SECOND: '1000',
      TWILIO_CALLS_PER_SECOND: '1000',
      PACT_PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
      ...options.env,
    };
    const bridgeUrl = await through('bridge', mqttUrl);
    const curtains = options.bridged ? await startBridgedCurtains(town, clock) : undefined;
    closers.push(() => curtains?.close());
    provider.twilio.bringSmsTo(`${env.PACT_PUBLIC_URL}/webhooks/twilio/sms`);

    const kinds: PartKind[] = [
      'broker',
      'rules',
      'escalation',
      'api',
      ...(curtains ? ['bridge' as const] : []),
    ];
    const starting = kinds.flatMap((kind) =>
      (twice.includes(kind) ? [1, 2] : [1]).map(async (which) => {
        const httpPort = kind === 'api' && which === 1 ? ports.api : await findFreePort();
        const part = await startPart({
          name: which === 1 ? kind : `${kind} ${which}`,
          http: `http://127.0.0.1:${httpPort}`,
          time,
          surroundings: { variables, ...surroundings[kind] },
          env: {
            ...env,
            PACT_SERVICES: SERVICES[kind],
            PACT_HTTP_PORT: String(httpPort),
            PACT_DATA_DIR: join((kind === 'bridge' && disks.bridge?.folder) || folder, `${kind}-${which}`),
            ...(kind === 'broker' ? { PACT_MQTT_PORT: String(ports.mqtt) } : {}),
            ...(kind === 'bridge' ? { PACT_BRIDGE_BROKER_URL: bridgeUrl, PACT_MQTT_PORT: 'off' } : {}),
          },
        });
        closers.push(part.end);
        return part;
      }),
    );
    const started = await Promise.allSettled(starting);
    const parts = started.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    const part = (kind: PartKind, which = 1): Part => {
      const name = which === 1 ? kind : `${kind} ${which}`;
      const found = parts.find((one) => one.name === name);
      if (!found) throw new Error(`the scene has no ${name}`);
      return found;
    };

    const sensors = town.homes.slice(0, WITH_SENSOR).map((home) => town.sensorOf(home, sensorsUrl));
    const spare = town.sensorOf(town.homes[WITH_SENSOR] as Home, sensorsUrl);
    closers.push(() => Promise.all([...sensors, spare].map((sensor) => sensor.vanish())));
    await Promise.all(sensors.map((sensor) => sensor.connect()));
    await Promise.all(sensors.slice(0, OPEN).map((sensor) => sensor.report({ type: 'opened' })));
    const { token } = await createApiToken(town.db, { name: 'chaos' }, clock.now());
    const witness = startWitness({ parts, board: { http: part('api').http, token }, db: town.db });
    closers.push(witness.stop);
    const load = startLoad(sensors, createSeededRandom(20_261_127), PAUSES_MS);
    await untilAllIsWell(witness);
    await curtains?.greet();

    const letTimeGo = () => {
      time = { ...lead, wallMs: Date.now() };
      clock.follow([time]);
      for (const one of parts) one.setTime(time);
      curtains?.begin();
    };
    if (!options.startsHeld) letTimeGo();

    return {
      ...{ folder, town, clock, provider, redis, sensors, load, curtains, witness, parts, part, mqttUrl },
      ...{ spare, disks, fakeTime, letTimeGo },
      lines: lines as Record<Way, CuttingProxy>,
      notes: [],
      losses: [],
      unproven: town.homes.length - OPEN,
      database: () => postgres,
      stopDatabase: () => postgres.stop(),
      async startDatabase() {
        postgres = await startEmbeddedPostgres(place);
      },
      step(some, by) {
        const stepped = by
          ? { ...time, start: Temporal.Instant.from(time.start).add(Temporal.Duration.from(by)).toString() }
          : time;
        for (const one of some) one.setTime(stepped);
      },
      async untilDeadline(wallMs) {
        const leftMs = DEADLINE.epochMilliseconds - clock.now().epochMilliseconds;
        await sleep(Math.max(0, leftMs / SPEED + wallMs), NEVER);
      },
      async settle() {
        await load.finish();
        await curtains?.finish(MOST_BRIDGED_MS);
        await Promise.all(sensors.map((sensor) => sensor.vanish()));
        await witness.stop();
        await Promise.all(parts.map((one) => one.stop()));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilAllIsWell(witness: Witness): Promise<void> {
  const sinceMs = performance.now();
  while (witness.readySince(sinceMs) === undefined) {
    if (performance.now() - sinceMs > 20_000) {
      throw new Error(`The town did not come up: ${witness.complaints().join('; ')}`);
    }
    await sleep(50, NEVER);
  }
}

/** Where Linux distributions put it. */
export const FAKETIME_LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);

function fakeTimeVariables(file: string): Record<string, string> {
  return {
    LD_PRELOAD: FAKETIME_LIBRARIES.find((path) => existsSync(path)) ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // Timers go on as they do when a machine's clock is set.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
