import { order, withBed } from './bed.ts';
import type { Bench, BenchOptions } from './bench.ts';
import type { ConnectResult } from './intake-load.ts';
import { startMosquitto } from './mosquitto.ts';
import { allowOpenFiles } from './open-files.ts';

const SIZES = [1_500, 5_000, 15_000];

/** Milliseconds from the moment in which all set out, or for `saidP…` from the CONNACK of each. */
type Storm = {
  clients: number;
  back: number;
  connackP50: number;
  connackP99: number;
  saidP50: number;
  saidP99: number;
  again: number;
};
type Result = { storms: (Storm & { mosquittoBack: number | undefined })[] };

async function run({ quick, say }: BenchOptions): Promise<Result> {
  const sizes = quick ? [500, 1_500] : SIZES;
  const most = Math.max(...sizes);
  allowOpenFiles(most + 1_000);
  return withBed({ sensors: most }, async ({ folder, broker, generator, secrets, pool }, undo) => {
    const mosquitto = await startMosquitto(folder, undo);
    const port = broker.addresses().tcp?.port ?? 0;
    const storm = async (at: number, clients: number): Promise<Storm> => {
      const result = await order(generator, { kind: 'connect', port: at, clients, secrets, asStorm: true });
      await order(generator, { kind: 'disconnect' });
      while (broker.status().connections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return toStorm(clients, result);
    };
    // What is compiled, planned and cached by the first is not measured.
    await storm(port, 500);
    const storms: Result['storms'] = [];
    let said = 500;
    for (const clients of sizes) {
      const ours = await storm(port, clients);
      said += clients;
      const theirs = mosquitto && (await storm(mosquitto.port, clients));
      storms.push({ ...ours, mosquittoBack: theirs?.back });
      say(`${clients} at once: all back after ${(ours.back / 1_000).toFixed(1)} s`);
    }
    const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from event');
    if (rows[0]?.count !== said)
      throw new Error(`${rows[0]?.count} of ${said} acknowledged events are stored`);
    return { storms };
  });
}

function toStorm(clients: number, { connacks, pubacks, again }: ConnectResult): Storm {
  const at = (values: readonly number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return {
    ...{ clients, back: at(connacks, 1), connackP50: at(connacks, 0.5), connackP99: at(connacks, 0.99) },
    ...{ saidP50: at(pubacks, 0.5), saidP99: at(pubacks, 0.99), again },
  };
}

const seconds = (ms: number | undefined) => (ms === undefined ? '–' : (ms / 1_000).toFixed(1));

/**
 * The power comes back: all sensors connect in the same moment, each with its secret, and say as soon as they are in that
 * the curtain is open or closed. The broker has their state to look up, their presence to write and their events to commit.
 */
export const bench: Bench<Result> = {
  title: 'Reconnect storm',
  seconds: 60,
  run,
  toMarkdown: ({ storms }) =>
    [
      '| sensors at once | all let in after s | CONNACK p50 s | p99 s | from CONNACK to the first PUBACK p50 s | p99 s | tried again | Mosquitto, all let in after s |',
      '|--:|--:|--:|--:|--:|--:|--:|--:|',
      ...storms.map((storm) =>
        [
          `| ${storm.clients.toLocaleString('en')}`,
          ...[storm.back, storm.connackP50, storm.connackP99, storm.saidP50, storm.saidP99].map(seconds),
          storm.again,
          `${seconds(storm.mosquittoBack)} |`,
        ].join(' | '),
      ),
    ].join('\n'),
  toCurves: ({ storms }) => ({
    title: 'Reconnect storm: time until all are back, by sensors',
    x: { label: 'sensors that connect in the same moment', scale: 'linear' },
    y: { label: 'seconds', scale: 'linear' },
    series: [
      { name: 'all let in', points: storms.map(({ clients, back }) => [clients, back / 1_000]) },
      { name: 'first PUBACK, p99', points: storms.map(({ clients, saidP99 }) => [clients, saidP99 / 1_000]) },
      ...(storms.every(({ mosquittoBack }) => mosquittoBack)
        ? [
            {
              name: 'Mosquitto, all let in',
              points: storms.map(
                ({ clients, mosquittoBack = 0 }) => [clients, mosquittoBack / 1_000] as const,
              ),
            },
          ]
        : []),
    ],
  }),
};
