import type { ChildProcess } from 'node:child_process';
import type { IntakeStore } from '#services/broker/intake-queue.ts';
import { quarantine } from '#store/sensor/quarantine.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { type Bed, order, withBed } from './bed.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { readServerCpu } from './cpu-time.ts';
import type { LoadResult } from './intake-load.ts';
import { startMosquitto } from './mosquitto.ts';

/**
 * Durable intake (commit before PUBACK, fsync on) against the same broker with the same hooks that store
 * nothing, in alternating rounds over the same connections, on loopback. Every message is a new opening or
 * closing with its own number and time: the dearest kind there is.
 */
const CLIENTS = [50, 500, 2_000];
const SIZES = {
  full: { rounds: 7, roundMs: 1_500, offeredMs: 6_000 },
  quick: { rounds: 1, roundMs: 500, offeredMs: 1_000 },
};
const OFFERED_PER_SECOND = 2_000;
const TARGET = { clients: 2_000, ratio: 0.8, offeredP99Ms: 20 };

type Round = {
  perSecond: number;
  p50: number;
  p99: number;
  /** CPU microseconds per message: a measure that holds on a busy machine too. */
  brokerCpu: number;
  databaseCpu: number | undefined;
};

type Measured = LoadResult & { brokerCpu: number; databaseCpu: number | undefined };
type Result = {
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

async function run({ quick, say }: BenchOptions): Promise<Result> {
  const { rounds, roundMs, offeredMs } = SIZES[quick ? 'quick' : 'full'];
  const most = Math.max(...CLIENTS);
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
    const { pool, dataDirectory, secrets, generator } = bed;
    const port = bed.broker.addresses().tcp?.port ?? 0;
    const mosquitto = await startMosquitto(bed.folder, undo);

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

    const load: Result['load'] = [];
    for (const count of CLIENTS) {
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
      say(`${count} clients: ${Math.round((load.at(-1)?.ratio ?? 0) * 100)} % of the baseline`);
    }
    await order(generator, { kind: 'connect', port, clients: most, secrets });
    await measure(durable, 1_000, OFFERED_PER_SECOND);
    const { p50, p99, most: longest, late } = await measure(durable, offeredMs, OFFERED_PER_SECOND);
    await order(generator, { kind: 'disconnect' });
    const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from event');
    return {
      load,
      offered: { clients: most, perSecond: OFFERED_PER_SECOND, p50, p99, most: longest, late },
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

function toMarkdown(result: Result): string {
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
    '| clients | durable/s | p50 ms | p99 ms | nothing stored/s | p99 ms | ratio | Mosquitto/s | broker CPU µs durable / nothing | database CPU µs |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Offered ${whole(offered.perSecond)}/s by ${whole(offered.clients)} clients: p50 ${ms(offered.p50)} ms, p99 ${ms(offered.p99)} ms, longest ${ms(offered.most)} ms.`,
    `Acknowledged ${whole(result.acknowledged)}, stored ${whole(result.stored)}.`,
  ].join('\n');
}

export const bench: Bench<Result> = {
  title: 'Durable intake',
  seconds: 110,
  run,
  toMarkdown,
  toCurves: ({ load }) => ({
    title: 'Durable intake: acknowledged by clients',
    x: { label: 'clients, each with one message under way', scale: 'log' },
    y: { label: 'messages a second', scale: 'linear' },
    series: [
      { name: 'committed first', points: load.map(({ clients, durable }) => [clients, durable.perSecond]) },
      { name: 'nothing stored', points: load.map(({ clients, baseline }) => [clients, baseline.perSecond]) },
      ...(load.every(({ mosquitto }) => mosquitto)
        ? [
            {
              name: 'Mosquitto, nothing stored',
              points: load.map(({ clients, mosquitto = 0 }) => [clients, mosquitto] as const),
            },
          ]
        : []),
    ],
  }),
  targets: ({ load, offered }) => [
    ...load
      .filter(({ clients }) => clients === TARGET.clients)
      .map(({ clients, ratio }) => ({
        what: `rate of the same broker with nothing stored, ${clients.toLocaleString('en')} clients`,
        target: `≥ ${TARGET.ratio * 100} %`,
        measured: `${Math.round(ratio * 100)} %`,
        met: ratio >= TARGET.ratio,
      })),
    {
      what: `p99 at ${offered.perSecond.toLocaleString('en')} events/s`,
      target: `≤ ${TARGET.offeredP99Ms} ms`,
      measured: `${offered.p99.toFixed(1)} ms`,
      met: offered.p99 <= TARGET.offeredP99Ms,
    },
  ],
};
