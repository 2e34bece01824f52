import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import { sleep } from '#platform/sleep.ts';
import type { Drill } from '../drill.ts';
import type { Scene } from '../scene.ts';
import { seconds } from '../seen.ts';
import type { StormNews, StormOrder } from '../storm-sensors.ts';
import { MOST_AFTER_KILL_MS } from './kill.ts';

const NEVER = new AbortController().signal;
const FLOOD_MS = 5_000;
const MOST_WAIT_MS = 2_000;

const flood: Drill = {
  name: 'flood',
  injects: 'one sensor that sends as fast as it can for 5 s over the deadline',
  mostRecoveryMs: 5_000,
  async run(scene) {
    const { spare, sensors, notes, losses } = scene;
    await spare.connect();
    await scene.untilDeadline(-1_000);
    const fromMs = performance.now();
    while (performance.now() - fromMs < FLOOD_MS) {
      // Not waited for; what is never acknowledged lies in the device when it is unplugged.
      for (let n = 0; n < 100; n += 1) spare.report({ type: 'closed' }).catch(() => undefined);
      await sleep(10, NEVER);
    }
    const taken = spare.sent.filter(({ ackMs }) => ackMs !== undefined).length;
    notes.push(`of ${spare.sent.length} reports of the flood ${taken} were acknowledged meanwhile`);
    const waits = sensors.flatMap(({ sent }) => sent.filter(({ sentMs }) => sentMs >= fromMs));
    const longestMs = Math.max(...waits.map(({ sentMs, ackMs }) => ackMs ?? performance.now() - sentMs));
    notes.push(`the other sensors waited for up to ${seconds(longestMs)}`);
    if (longestMs > MOST_WAIT_MS) losses.push(`A sensor waited ${seconds(longestMs)} because of the flood.`);
    await spare.vanish();
    return undefined;
  },
};

const STORM = 15_000;
const MOST_STORM_MS = 60_000;

const storm: Drill = {
  name: 'reconnect-storm',
  injects: `SIGKILL of the broker with ${STORM.toLocaleString('en')} sensors connected, which all come back within a second of each other`,
  mostRecoveryMs: MOST_AFTER_KILL_MS * 3,
  scene: { startsHeld: true },
  async run(scene) {
    const secrets = await enrol(scene);
    const crowd = fork(fileURLToPath(new URL('../storm-sensors.ts', import.meta.url)));
    try {
      crowd.send({ port: Number(new URL(scene.mqttUrl).port), secrets } satisfies StormOrder);
      await untilAllIn(crowd);
      scene.letTimeGo();
      await scene.untilDeadline(-1_000);
      const atMs = performance.now();
      await scene.part('broker').kill();
      const { refused } = await untilAllIn(crowd);
      const tookMs = performance.now() - atMs;
      scene.notes.push(
        `all ${STORM.toLocaleString('en')} were back ${seconds(tookMs)} after the kill, after ${refused} attempts that came to nothing`,
      );
      if (tookMs > MOST_STORM_MS) scene.losses.push(`The storm took ${seconds(tookMs)}.`);
      return atMs;
    } finally {
      crowd.kill();
    }
  },
};

async function enrol({ town, clock }: Scene): Promise<string[]> {
  const key = town.env.PACT_SECRET ?? '';
  const secrets = Array.from({ length: STORM }, createSensorSecret);
  const ids = secrets.map((_, index) => `storm-${index}`);
  const hashes = secrets.map((secret, index) => hashSensorSecret(key, ids[index] ?? '', secret));
  await sql`insert into sensor (id, secret_hash, enrolled_at)
    select id, hash, ${clock.now().toString()}::timestamptz
    from unnest(${ids}::text[], ${hashes}::bytea[]) as u(id, hash)`.execute(town.db);
  return secrets;
}

async function untilAllIn(crowd: ChildProcess): Promise<StormNews> {
  const [news] = (await once(crowd, 'message')) as [StormNews];
  return news;
}

export const CROWDS: readonly Drill[] = [flood, storm];
