import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { Registry } from 'prom-client';
import { createCodecRunner } from '#bridge/codec/create-codec-runner.ts';
import { createBridge } from '#bridge/create-bridge.ts';
import { type Clock, speedOf, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { tellOfProcess } from '#platform/process-metrics.ts';
import { type Service, startAll, stopAll } from '#platform/service.ts';
import { startTracing } from '#platform/tracing.ts';
import { untilAborted } from '#platform/until-aborted.ts';
import { ensureSetupLink } from '#store/account/setup-link.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { leaveAll } from '#store/leave-silent.ts';
import { createStoreMetrics, type PoolName } from '#store/metrics.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { touchWatermark } from '#store/watermark.ts';
import { createApi } from './api/create-api.ts';
import { createOperationsServer } from './api/create-operations-server.ts';
import { createBackups } from './backup/create-backups.ts';
import { createBroker } from './broker/broker.ts';
import { createRevocationWatch } from './broker/follow-revocations.ts';
import { createAlarm } from './escalation/alarm.ts';
import { createEscalation } from './escalation/create-escalation.ts';
import { keepOnRoll } from './keep-on-roll.ts';
import { createMessaging } from './messaging/create-messaging.ts';
import { openDatabase } from './open-database.ts';
import { openServerKey } from './open-server-key.ts';
import { runPactProcess } from './pact-process.ts';
import { createRules } from './rules/create-rules.ts';
import { waitForDatabase } from './wait-for-database.ts';

export type RunningPact = {
  db: Db;
  clock: Clock;
  config: Config;
  /** `operations` is where a process without the api tells of its health. */
  urls: { http: string; operations?: string; mqtt?: string; mqtts?: string; ws?: string };
  /** The address of the first set-up, as long as nobody has an account. */
  setupLink?: string;
  /** Stops everything in order, within five seconds; what a silent database does not answer by then is left. */
  stop(): Promise<void>;
};

export type ComposeOptions = {
  clock?: Clock;
  logger?: Logger;
  /** Breaks the start off: what is open by then is closed in order, and `composePact` rejects. */
  signal?: AbortSignal;
  /** Called once if the operator's database has to be waited for. */
  onWaiting?: () => void;
  /** Called when the process can no longer do its work and should end. */
  onLost?: (error: Error) => void;
};

const SWEEP_EVERY_MS = 500;
const RECONCILE_EVERY_MS = 2_000;
/** Of a start; a Redis that comes later is taken up then. */
const REDIS_PATIENCE_MS = 2_000;
/** Of a stop, for what is under way in the database: as if we had died, the next start finds it. */
const STATEMENT_PATIENCE_MS = 2_000;
const BACKUP_LOOK_EVERY_MS = 60_000;

/** Wall milliseconds without a mark after which we count as having been down. */
const GAP_MS = 10_000;

/**
 * Builds and starts the services that `config` names, in one process, over one database.
 * @throws PactError when something that it needs is not there, or what `signal` was aborted with; nothing is left
 * running then
 */
export async function composePact(config: Config, options: ComposeOptions = {}): Promise<RunningPact> {
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? createLogger(config.logLevel);
  const signal = options.signal ?? new AbortController().signal;
  const database = await openDatabase(config, 'own', {
    log: (level, event, fields) => logger[level]({ event, ...fields }),
    signal,
    ...(options.onLost ? { onLost: options.onLost } : {}),
  });
  const open: Service[] = [];
  const opened = (name: string, stop: () => Promise<void>) => {
    open.push({ name, start: async () => undefined, stop });
  };
  opened('database', database.close);
  try {
    const tracing = await startTracing(config.tracing, { services: config.services, logger });
    opened('tracing', tracing.stop);
    if (config.databaseUrl !== undefined) {
      await waitForDatabase(config.databaseUrl, {
        signal,
        onWaiting: options.onWaiting ?? (() => undefined),
      });
    }
    await untilAborted(migrateToLatest(database.connectionString), signal);
    const metrics = new Registry();
    const storeMetrics = createStoreMetrics(metrics);
    const pools: pg.Pool[] = [];
    const openPool = (name: PoolName, size: number): pg.Pool => {
      const onError = (error: Error) => {
        storeMetrics.connectionLost(name);
        logger.warn({ event: 'database.connection-lost', why: reasonOf(error) });
      };
      const pool = createPool({
        connectionString: database.connectionString,
        name: `curtain-pact-${name}`,
        size,
        onError,
      });
      storeMetrics.watchPool(name, pool);
      pools.push(pool);
      return pool;
    };
    const db = createDatabase(openPool('services', 12), storeMetrics.onQuery);
    storeMetrics.watchFacts(db, clock);
    opened('services’ connections', () => db.destroy());
    const intakePool = openPool('intake', 4);
    opened('intake’s connections', () => intakePool.end());
    const secret = await untilAborted(openServerKey(config, db), signal);

    const parts = composeServices(config, {
      db,
      intakePool,
      clock,
      logger,
      metrics,
      secret,
      connectionString: database.connectionString,
    });
    const services = [keepOnRoll(config.services, { db, clock, logger }), ...parts.services];
    await startAll(services, signal);
    open.push(...services);

    const urls = parts.urls();
    const token = await untilAborted(ensureSetupLink(db, clock.now()), signal);
    return {
      db,
      clock,
      config,
      urls,
      ...(token && urls.http
        ? { setupLink: `${config.http.publicUrl ?? urls.http}/setup#token=${token}` }
        : {}),
      async stop() {
        const impatience = setTimeout(() => pools.forEach(leaveAll), STATEMENT_PATIENCE_MS);
        await stopAll(open).finally(() => clearTimeout(impatience));
      },
    };
  } catch (error) {
    await stopAll(open);
    throw error;
  }
}

type Foundation = {
  db: Db;
  intakePool: pg.Pool;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
  secret: Buffer;
  connectionString: string;
};

/** Hands each service what it needs of the others; the order is the order of starting. */
function composeServices(
  config: Config,
  { db, intakePool, clock, logger, metrics, secret, connectionString }: Foundation,
) {
  const gapMs = GAP_MS * speedOf(clock);
  const jobs = { connectionString, redisUrl: config.redisUrl, redisPatienceMs: REDIS_PATIENCE_MS };

  const alarm = createAlarm(jobs, logger);
  const { wake } = alarm;
  const messaging = createMessaging(
    {
      language: config.language,
      publicUrl: config.http.publicUrl,
      twilio: config.twilio,
      aliyun: config.aliyun,
      sends: config.services.includes('escalation'),
    },
    { db, clock, logger, wake, registry: metrics },
  );
  const runs = (name: Config['services'][number]) => config.services.includes(name);
  const bridge = createBridge(
    {
      dataDir: config.dataDir,
      brokerUrl: () => config.bridge.brokerUrl ?? localUrlOf(broker.addresses().tcp),
      connectionString,
    },
    { db, clock, logger, registry: metrics, secretKey: secret },
  );
  const broker = createBroker(config.mqtt, {
    pool: intakePool,
    clock,
    logger,
    registry: metrics,
    secretKey: secret,
    touch: () => touchWatermark(db, 'intake', clock, gapMs),
    ...(runs('bridge') ? { takeMakersMessage: bridge.takeMakersMessage } : {}),
  });
  const rules = createRules(
    { connectionString, sweepEveryMs: SWEEP_EVERY_MS, gapMs },
    { db, clock, logger, wake, registry: metrics },
  );
  const escalation = createEscalation(
    { ...jobs, sweepEveryMs: RECONCILE_EVERY_MS, heartbeatUrl: config.heartbeatUrl, gapMs },
    {
      db,
      clock,
      logger,
      registry: metrics,
      queue: alarm.queue,
      deliverDue: messaging.deliverDue,
      publicUrl: config.http.publicUrl,
      keep: config.keep,
      print: (line) => console.error(line),
    },
  );

  const isFresh = (at: { epochMilliseconds: number } | undefined) =>
    at !== undefined && clock.now().epochMilliseconds - at.epochMilliseconds <= gapMs;
  const healthOf = (ok: boolean, why: string) => (ok ? { ok: true as const } : { ok: false as const, why });
  const noSweep = 'no sweep has gone through';
  const checkQueue = async () => {
    await alarm.queue.ping();
    return healthOf(isFresh(escalation.lastSweepAt()), noSweep);
  };
  const checkAudit = async () => {
    const problems = escalation.problems() ?? [];
    return healthOf(problems.length === 0, problems.map(({ what, count }) => `${what}: ${count}`).join(', '));
  };
  const checkBridge = async () => {
    const { awayMs, writable } = bridge.status();
    return writable
      ? healthOf(awayMs < GAP_MS, 'our broker cannot be reached')
      : healthOf(false, 'its memory cannot be written');
  };
  const checks = {
    ...(runs('broker')
      ? { broker: async () => healthOf(broker.status().heldMs < GAP_MS, 'acknowledgements are being held') }
      : {}),
    ...(runs('bridge') ? { bridge: checkBridge } : {}),
    ...(runs('rules') ? { rules: async () => healthOf(isFresh(rules.lastSweepAt()), noSweep) } : {}),
    ...(runs('escalation') ? { queue: checkQueue, audit: checkAudit } : {}),
  };
  tellOfProcess(metrics, { dataDir: config.dataDir, checks });
  // Apart from the bridge's own: a codec that somebody tries delays no device.
  const codecs = createCodecRunner({ now: () => clock.now().epochMilliseconds, onStopped: () => undefined });
  const codecTrials: Service = { name: 'codec trials', start: async () => undefined, stop: codecs.stop };
  const api = createApi(
    {
      ...config.http,
      port: config.http.port ?? 0,
      keep: config.keep,
      backsUp: config.backup.dir !== undefined,
      databaseUrl: connectionString,
    },
    {
      db,
      clock,
      secret,
      logger,
      wake,
      receive: messaging.receive,
      webhooks: messaging.webhooks,
      checks,
      metrics,
      tryCodec: codecs.try,
      ...(runs('bridge') ? { takePush: bridge.takePush } : {}),
    },
  );

  const backups = createBackups(
    { ...config.backup, connectionString, lookEveryMs: BACKUP_LOOK_EVERY_MS },
    { db, clock, logger, secretKey: secret },
  );

  const { host, port } = config.http;
  const operations =
    runs('api') || port === undefined
      ? undefined
      : createOperationsServer({ host, port }, { db, clock, logger, checks, metrics });

  // Who only takes in needs neither: with Redis away a broker starts as ever.
  const plans = (['rules', 'escalation', 'messaging', 'api'] as const).some(runs);
  const services: Service[] = plans ? [alarm, messaging] : [];
  if (runs('broker')) services.push(broker, createRevocationWatch(connectionString, broker, logger));
  if (runs('bridge')) services.push(bridge);
  if (runs('rules')) services.push(rules);
  if (runs('escalation')) services.push(escalation, backups);
  if (runs('api')) services.push(codecTrials, api);
  if (operations) services.push(operations);

  const urls = (): RunningPact['urls'] => {
    const { tcp, tls, ws } = broker.addresses();
    return {
      http: runs('api') ? api.address() : '',
      ...(operations ? { operations: operations.address() } : {}),
      ...(tcp ? { mqtt: `mqtt://${hostOf(tcp)}` } : {}),
      ...(tls ? { mqtts: `mqtts://${hostOf(tls)}` } : {}),
      ...(ws ? { ws: `ws://${hostOf(ws)}/mqtt` } : {}),
    };
  };
  return { services, urls };
}

/** Our own broker from this machine, wherever it listens. */
function localUrlOf(tcp: { address: string; port: number; family: string } | undefined): string {
  if (!tcp) throw new Error('the broker of this process has no plain MQTT port');
  const isAnywhere = tcp.address === '0.0.0.0' || tcp.address === '::';
  return `mqtt://${hostOf(isAnywhere ? { ...tcp, address: '127.0.0.1', family: 'IPv4' } : tcp)}`;
}

const hostOf = ({ address, port, family }: { address: string; port: number; family: string }) =>
  family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runPactProcess(composePact).then(
    (exitCode) => process.exit(exitCode),
    (error: unknown) => {
      if (!(error instanceof PactError)) throw error;
      console.error(`${error.code}: ${error.message}${error.hint ? `\n${error.hint}` : ''}`);
      process.exit(1);
    },
  );
}
