import { sleep } from '#platform/sleep.ts';
import type { Drill } from '../drill.ts';
import type { Way } from '../scene.ts';
import { lacksRedis } from './restart.ts';

const NEVER = new AbortController().signal;
const TOWARDS: Record<Way, string> = {
  database: 'every part and PostgreSQL',
  redis: 'every part and Redis',
  provider: 'escalation and the provider',
  sensors: 'the sensors and the broker',
  bridge: 'the bridge and the broker',
};
const needs = (way: Way) => ({
  scene: { cuttable: [way], redis: way === 'redis', bridged: way === 'bridge' },
  ...(way === 'redis' ? { lacks: lacksRedis } : {}),
});

const cut = (way: Way): Drill => ({
  ...needs(way),
  name: `cut-${way}`,
  injects: `the lines between ${TOWARDS[way]}: reset for 1 s, refused for 2 s, whole for 1 s, silent for 3 s, 0.2 s late for 1 s; the deadline falls into the refusal`,
  mostRecoveryMs: 10_000,
  async run(scene) {
    const line = scene.lines[way];
    await scene.untilDeadline(-2_000);
    for (const [how, ms] of [
      ['resetting', 1_000],
      ['refusing', 2_000],
      ['whole', 1_000],
      ['silent', 3_000],
      [{ delayMs: 200 }, 1_000],
    ] as const) {
      await line.set(how);
      await sleep(ms, NEVER);
    }
    await line.set('whole');
    return undefined;
  },
});

/** Half-open: what is sent on the connections that were there is never answered, and nobody says so. */
const forgotten = (way: Way, mostRecoveryMs: number): Drill => ({
  ...needs(way),
  name: `half-open-${way}`,
  injects: `the connections between ${TOWARDS[way]} forgotten by the far side a second before the deadline, without a word; new ones work`,
  mostRecoveryMs,
  async run(scene) {
    await scene.untilDeadline(-1_000);
    scene.notes.push(`${scene.lines[way].connections()} connections were dead`);
    scene.lines[way].forget();
    return undefined;
  },
});

export const CUTS: readonly Drill[] = [
  cut('database'),
  cut('redis'),
  cut('provider'),
  cut('sensors'),
  cut('bridge'),
  forgotten('database', 45_000),
  forgotten('redis', 20_000),
  forgotten('bridge', 35_000),
];
