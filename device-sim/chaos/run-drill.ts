import { reasonOf } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';
import type { Drill, DrillResult } from './drill.ts';
import { findLateness, findWaiting } from './lateness.ts';
import { findLosses } from './losses.ts';
import { openScene, type Scene } from './scene.ts';
import { seconds, tellSeen } from './seen.ts';

/** Wall milliseconds for all of one drill; then it is red, whatever it waits for. */
const MOST_MS = 150_000;
/** Nobody waits longer than this for what should have come. */
const PATIENCE_MS = 60_000;
/** After the deadline: what an idle town needs, and a machine with other work. */
const MOST_LATE_MS = 45_000;
const LOOK_EVERY_MS = 50;
const NEVER = new AbortController().signal;

/** Does one drill in a town of its own, and removes the town. @param onScene told of the way to end it early */
export async function runDrill(
  drill: Drill,
  onScene: (close: () => Promise<void>) => void = () => undefined,
): Promise<DrillResult> {
  const { name, injects: injected } = drill;
  const lack = drill.lacks?.();
  if (lack) return { name, injected, skipped: lack, seen: [], lost: [], broken: [] };
  let scene: Scene;
  try {
    scene = await openScene(drill.scene);
  } catch (error) {
    return { name, injected, seen: [], lost: [], broken: [reasonOf(error)] };
  }
  onScene(scene.close);
  const tooLong = new AbortController();
  try {
    return await Promise.race([
      play(drill, scene),
      sleep(MOST_MS, tooLong.signal).then(() => {
        throw new Error(`it did not end within ${seconds(MOST_MS)}`);
      }),
    ]);
  } catch (error) {
    const seen = tellSeen(scene, 0, []);
    return { name, injected, seen, lost: [...scene.losses], broken: [reasonOf(error)] };
  } finally {
    tooLong.abort();
    await scene.close();
  }
}

async function play(drill: Drill, scene: Scene): Promise<DrillResult> {
  const { name, injects: injected, mostRecoveryMs, mostLateMs = MOST_LATE_MS } = drill;
  const broken: string[] = [];
  const begunMs = performance.now();
  const healedMs = (await drill.run(scene)) ?? performance.now();
  const recovery = await untilServed(scene, healedMs);
  const recoveryMs = recovery && Math.max(recovery.publishes, recovery.ready, recovery.sweep);
  if (recoveryMs === undefined) {
    broken.push(`not served again within ${seconds(PATIENCE_MS)}: ${scene.witness.complaints().join('; ')}`);
  } else if (recoveryMs > mostRecoveryMs) {
    broken.push(`recovery took ${seconds(recoveryMs)}, more than ${seconds(mostRecoveryMs)}`);
  }
  const left = await untilPaged(scene);
  if (left) broken.push(left);
  const now = scene.clock.now();
  await scene.settle();
  const lateness = await findLateness(scene);
  const lastPageLateMs = Math.max(0, ...lateness);
  if (lastPageLateMs > mostLateMs) {
    broken.push(`a home's first page was accepted ${seconds(lastPageLateMs)} after the deadline`);
  }
  return {
    ...{ name, injected, broken, lastPageLateMs },
    seen: tellSeen(scene, begunMs, lateness),
    ...(recovery && recoveryMs !== undefined ? { recoveryMs, recovery } : {}),
    ...(await findLosses(scene, now)),
  };
}

/**
 * Until each sensor has had a report acknowledged that it sent after `sinceMs`, each part says that it is ready and a
 * sweep has gone through. @returns how long each took; undefined when one did not come
 */
async function untilServed(scene: Scene, sinceMs: number): Promise<DrillResult['recovery']> {
  const { witness } = scene;
  while (performance.now() - sinceMs < PATIENCE_MS) {
    const published = acknowledgedSince(scene, sinceMs);
    const ready = witness.readySince(sinceMs);
    const swept = witness.sweptSince(sinceMs);
    if (published !== undefined && ready !== undefined && swept !== undefined) {
      return { publishes: published - sinceMs, ready: ready - sinceMs, sweep: swept - sinceMs };
    }
    await sleep(LOOK_EVERY_MS, NEVER);
  }
  return undefined;
}

/** When the last sensor had its first acknowledgement for what it sent after `sinceMs`. */
function acknowledgedSince({ sensors }: Scene, sinceMs: number): number | undefined {
  const moments = sensors.map(({ sent }) => {
    const first = sent.find(({ sentMs, ackMs }) => sentMs >= sinceMs && ackMs !== undefined);
    return first && first.sentMs + (first.ackMs ?? 0);
  });
  return moments.every((moment) => moment !== undefined) ? Math.max(...moments) : undefined;
}

/** Until everybody who must be is paged and nothing waits for its provider. @returns what is left when it took too long */
async function untilPaged(scene: Scene): Promise<string | undefined> {
  const sinceMs = performance.now();
  for (;;) {
    const { homes, messages } = await findWaiting(scene);
    if (homes === 0 && messages === 0) return undefined;
    if (performance.now() - sinceMs > PATIENCE_MS) {
      return `${homes} homes wait for their first page and ${messages} messages for their provider`;
    }
    await sleep(LOOK_EVERY_MS * 2, NEVER);
  }
}
