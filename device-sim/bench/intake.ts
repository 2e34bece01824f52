import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { IntakeStore } from '#services/broker/intake-queue.ts';
import { quarantine } from '#store/sensor/quarantine.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { type Bed, machine, order, versions, withBed } from './bed.ts';
import { readServerCpu } from './cpu-time.ts';
import type { LoadResult } from './intake-load.ts';

/**
 * Durable intake (commit before PUBACK, fsync on) against the same broker with the same hooks that store
 * nothing, in alternating rounds over the same connections, on loopback. Every message is a new opening or
 * closing with its own number and time: the dearest kind there is.
 */
export type IntakeBenchOptions = {
  clients?: readonly number[];
  rounds?: number;
  roundMs?: number;
  offeredPerSecond?: number;
};

export type Round = {
  perSecond: number;
  p50: number;
  p99: number;
  /** CPU microseconds per message: a measure that holds on a busy machine too. */
  brokerCpu: number;
  databaseCpu: number | undefined;
};

type Measured = LoadResult & { brokerCpu: number; databaseCpu: number | undefined };
export type IntakeBenchResult = {
  machine: string;
  /** Of the minute before: above a tenth or so, something else was running and the rates are too low. */
  loadBefore: number;
  versions: Record<string, string>;
  load: {
    clients: number;
    durable: Round;
    baseline: Round;
    ratio: number;
    /** Messages in a second. */
    mosquitto: number | undefined;
  }[];
  offered: { clients: number; perSecond: number; p50: number; p99: number; most: number; late: number };
  acknowledged: number;
  stored: number;
};

const CLIENTS = [50, 500, 2_000];

/** Runs the bench; a quiet machine and about two minutes are needed. */
export async function run(options: IntakeBenchOptions = {}): Promise<IntakeBenchResult> {
  const loadBefore = loadavg()[0] ?? 0;
  const most = Math.max(...(options.clients ?? CLIENTS));
  const nothing: IntakeStore = { record: async () => [], quarantine: async () => undefined };
  let durable = nothing;
  let store = nothing;
  const storeOf = (pool: Bed['pool']): IntakeStore => {
    durable = {
      record: (messages) => recordIntake(pool, messages),
      quarantine: (unread) => quarantine(pool, unread),
    };
    return {
      record: (messages) => store.record(messages),
      quarantine: (unread) => store.quarantine(unread),
    };
  };
  return withBed({ sensors: most, storeOf }, async (bed, undo) => {
    const { clients = CLIENTS, rounds = 7, roundMs = 1_500, offeredPerSecond = 2_000 } = options;
    const { pool, dataDirectory, secrets, generator } = bed;
    const port = bed.broker.addresses().tcp?.port ?? 0;
    const mosquitto = await startMosquitto(bed.folder);
    if (mosquitto) undo.push(() => mosquitto.process.kill());

    let acknowledged = 0;
    const measure = async (mode: IntakeStore, forMs: number, perSecond?: number): Promise<Measured> => {
      store = mode;
      const cpu = process.cpuUsage();
      const databaseFrom = await readServerCpu(dataDirectory);
      const result = await order(generator, { kind: 'publish', forMs, ...(perSecond ? { perSecond } : {}) });
      const { user, system } = process.cpuUsage(cpu);
      const databaseTo = await readServerCpu(dataDirectory);
      const messages = result.acknowledgedInAll;
      if (mode === durable) acknowledged += messages;
      return {
        ...result,
        brokerCpu: (user + system) / messages,
        databaseCpu:
          databaseFrom === undefined || databaseTo === undefined
            ? undefined
            : (databaseTo - databaseFrom) / messages,
      };
    };

    const load: IntakeBenchResult['load'] = [];
    for (const count of clients) {
      await order(generator, { kind: 'connect', port, clients: count, secrets });
      await measure(nothing, 500);
      await measure(durable, 1_000);
      const results = { durable: [] as Measured[], baseline: [] as Measured[] };
      for (let round = 0; round < rounds; round += 1) {
        results.baseline.push(await measure(nothing, roundMs));
        results.durable.push(await measure(durable, roundMs));
      }
      await order(generator, { kind: 'disconnect' });
      load.push({
        clients: count,
        durable: median(results.durable),
        baseline: median(results.baseline),
        ratio: medianRatio(results.durable, results.baseline),
        mosquitto: mosquitto && (await loadMosquitto(generator, mosquitto.port, count, secrets, roundMs)),
      });
    }
    await order(generator, { kind: 'connect', port, clients: most, secrets });
    await measure(durable, 1_000, offeredPerSecond);
    const { p50, p99, most: longest, late } = await measure(durable, 6_000, offeredPerSecond);
    await order(generator, { kind: 'disconnect' });
    const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from event');
    return {
      machine: machine(),
      loadBefore,
      versions: await versions(pool),
      load,
      offered: { clients: most, perSecond: offeredPerSecond, p50, p99, most: longest, late },
      acknowledged,
      stored: rows[0]?.count ?? 0,
    };
  });
}

/** Of each round to its neighbour: what else the machine does changes from minute to minute. */
const medianRatio = (durable: readonly Measured[], baseline: readonly Measured[]): number => {
  const rate = (result: Measured | undefined) => (result ? result.acknowledged / result.seconds : 0);
  const ratios = durable.map((result, index) => rate(result) / rate(baseline[index]));
  return ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
};

const median = (results: readonly Measured[]): Round => {
  const sorted = results.toSorted((a, b) => a.acknowledged / a.seconds - b.acknowledged / b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)] as Measured;
  const { p50, p99, brokerCpu, databaseCpu } = middle;
  return { perSecond: middle.acknowledged / middle.seconds, p50, p99, brokerCpu, databaseCpu };
};

/** For comparison: a C broker without authentication that stores nothing. Undefined where it is not installed. */
async function startMosquitto(folder: string): Promise<{ process: ChildProcess; port: number } | undefined> {
  const port = 20_000 + (process.pid % 20_000);
  const file = join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_type none\n`,
  );
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  const failed = await Promise.race([
    once(child, 'error').then(() => true),
    once(child, 'exit').then(() => true),
    listens(port).then(() => false),
  ]);
  return failed ? undefined : { process: child, port };
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function loadMosquitto(
  generator: ChildProcess,
  port: number,
  clients: number,
  secrets: string[],
  forMs: number,
): Promise<number> {
  await order(generator, { kind: 'connect', port, clients, secrets });
  await order(generator, { kind: 'publish', forMs: 500 });
  const result = await order(generator, { kind: 'publish', forMs });
  await order(generator, { kind: 'disconnect' });
  return result.acknowledged / result.seconds;
}

/** The result as a Markdown table. */
export function toMarkdown(result: IntakeBenchResult): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const ms = (value: number) => value.toFixed(1);
  const rows = result.load.map(({ clients, durable, baseline, ratio, mosquitto }) =>
    [
      clients,
      whole(durable.perSecond),
      ms(durable.p50),
      ms(durable.p99),
      whole(baseline.perSecond),
      ms(baseline.p99),
      `${Math.round(ratio * 100)} %`,
      mosquitto ? whole(mosquitto) : '–',
      `${Math.round(durable.brokerCpu)} / ${Math.round(baseline.brokerCpu)}`,
      durable.databaseCpu === undefined ? '–' : Math.round(durable.databaseCpu),
    ].join(' | '),
  );
  const { offered } = result;
  return [
    `${result.machine}; ${Object.entries(result.versions)
      .map((entry) => entry.join(' '))
      .join(', ')}; load before ${result.loadBefore.toFixed(1)}`,
    '',
    '| clients | durable/s | p50 ms | p99 ms | nothing stored/s | p99 ms | ratio | Mosquitto/s | broker CPU µs durable / nothing | database CPU µs |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Offered ${whole(offered.perSecond)}/s by ${whole(offered.clients)} clients: p50 ${ms(offered.p50)} ms, p99 ${ms(offered.p99)} ms, longest ${ms(offered.most)} ms.`,
    `Acknowledged ${whole(result.acknowledged)}, stored ${whole(result.stored)}.`,
  ].join('\n');
}

if (import.meta.main) {
  const result = await run();
  console.log(process.argv.includes('--json') ? JSON.stringify(result, null, 2) : toMarkdown(result));
}
