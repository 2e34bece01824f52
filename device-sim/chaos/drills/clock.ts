import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { sleep } from '#platform/sleep.ts';
import type { Drill } from '../drill.ts';
import { FAKETIME_LIBRARIES, type PartKind, type Scene } from '../scene.ts';
import { seconds } from '../seen.ts';

const NEVER = new AbortController().signal;

/** An hour ahead before the deadline and an hour behind over it, with the right time before, between and after. */
const stepped = (kind: PartKind | 'machine'): Drill => ({
  name: `clock-stepped-${kind}`,
  injects: `the clock of ${kind === 'machine' ? 'every part' : `the ${kind} process`} an hour ahead from 4 s to 2.5 s before the deadline, an hour behind from 1 s before to 2 s after it`,
  mostRecoveryMs: 5_000,
  async run(scene) {
    const parts = kind === 'machine' ? scene.parts : [scene.part(kind)];
    await stepTwice(scene, (hours) => scene.step(parts, hours === 0 ? undefined : { hours }));
    return undefined;
  },
});

/** The same where Node's own clock is what jumps, for all of the machine. */
const faked: Drill = {
  name: 'clock-stepped-faketime',
  injects: 'as clock-stepped-machine, by libfaketime under every process',
  lacks: () => (FAKETIME_LIBRARIES.some((path) => existsSync(path)) ? undefined : 'needs libfaketime'),
  scene: { fakeTime: true },
  mostRecoveryMs: 5_000,
  async run(scene) {
    await stepTwice(scene, (hours) => scene.fakeTime(hours));
    return undefined;
  },
};

/** Pages are out, and nobody has answered: what falls due meanwhile has to come when the clock is right again. */
const setBack: Drill = {
  name: 'clock-set-back-escalation',
  injects:
    'the clock of the escalation process an hour behind from 4 s after the deadline, while its pages wait for an answer, until 14 s after it, when their next step is overdue',
  mostRecoveryMs: 5_000,
  async run(scene) {
    await scene.untilDeadline(4_000);
    const before = await countPages(scene);
    scene.step([scene.part('escalation')], { hours: -1 });
    await scene.untilDeadline(14_000);
    const during = await countPages(scene);
    scene.step([scene.part('escalation')]);
    const rightMs = performance.now();
    scene.notes.push(
      `${before.first} homes were paged for before it, and ${during.next - before.next} waited no longer for an answer during it`,
    );
    await untilNextStep(scene, rightMs);
    return rightMs;
  },
};

/** Wall milliseconds from the right time on in which everybody who was silent is passed over for the next one. */
const MOST_UNTIL_NEXT_MS = 20_000;

async function untilNextStep(scene: Scene, rightMs: number): Promise<void> {
  for (;;) {
    const { first, next } = await countPages(scene);
    const tookMs = performance.now() - rightMs;
    if (first >= scene.unproven && next === first) {
      scene.notes.push(`the next one was paged for each home within ${seconds(tookMs)} of the right time`);
      return;
    }
    if (tookMs > MOST_UNTIL_NEXT_MS) {
      scene.losses.push(`Of ${first} ladders that wait for an answer ${first - next} did not go on.`);
      return;
    }
    await sleep(100, NEVER);
  }
}

/** Homes that were paged for, and those of them where somebody else was too. */
async function countPages({ town }: Scene): Promise<{ first: number; next: number }> {
  const { rows } = await sql<{ first: number; next: number }>`
    select count(distinct m.alert_id)::int as first,
      (count(distinct m.alert_id) filter (where m.step > 0))::int as next
    from message m join alert a on a.id = m.alert_id join household h on h.id = a.household_id
    where m.kind = 'page' and not h.is_canary`.execute(town.db);
  return rows[0] ?? { first: 0, next: 0 };
}

async function stepTwice(scene: Scene, step: (hours: number) => void): Promise<void> {
  await scene.untilDeadline(-4_000);
  step(1);
  await scene.untilDeadline(-2_500);
  step(0);
  await scene.untilDeadline(-1_000);
  step(-1);
  await scene.untilDeadline(2_000);
  step(0);
}

export const CLOCKS: readonly Drill[] = [
  stepped('rules'),
  stepped('escalation'),
  stepped('broker'),
  stepped('machine'),
  setBack,
  faked,
];
