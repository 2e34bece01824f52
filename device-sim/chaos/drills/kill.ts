import { sleep } from '#platform/sleep.ts';
import { findPostmaster } from '../../town/freeze-postgres.ts';
import type { Drill } from '../drill.ts';
import type { PartKind, Scene } from '../scene.ts';

/** DESIGN §7: recovery after kill -9 of any process. */
export const MOST_AFTER_KILL_MS = 10_000;

const killed = (kind: PartKind): Drill => ({
  name: `kill-${kind}`,
  injects: `SIGKILL of the ${kind} process a second before the deadline; its supervisor starts it again`,
  mostRecoveryMs: MOST_AFTER_KILL_MS,
  run: async (scene) => {
    await scene.untilDeadline(-1_000);
    return kill(scene, kind);
  },
});

/** @returns when */
async function kill(scene: Scene, kind: PartKind): Promise<number> {
  const atMs = performance.now();
  await scene.part(kind).kill();
  return atMs;
}

/** Where pages are under way when it happens: some are accepted and not recorded, some neither. */
const killedSending: Drill = {
  name: 'kill-escalation-sending',
  injects:
    'SIGKILL of the escalation process as soon as the provider, who needs 0.3 s for each, has taken five pages',
  mostRecoveryMs: MOST_AFTER_KILL_MS,
  async run(scene) {
    const { provider } = scene;
    provider.network.setSlow(300);
    while (provider.twilio.sent.length < 5) await sleep(5, new AbortController().signal);
    const atMs = await kill(scene, 'escalation');
    scene.notes.push(`${provider.twilio.sent.length} pages were accepted at that moment`);
    provider.network.setSlow(0);
    return atMs;
  },
};

const killedBridge: Drill = { ...killed('bridge'), scene: { bridged: true } };

/** The server itself, as the kernel does when memory runs out; whoever owns it starts it again. */
const killedPostgres: Drill = {
  name: 'kill-postgres',
  injects: 'SIGKILL of the PostgreSQL server a second before the deadline; its supervisor starts it again',
  mostRecoveryMs: MOST_AFTER_KILL_MS,
  async run(scene) {
    await scene.untilDeadline(-1_000);
    const atMs = performance.now();
    process.kill(await findPostmaster(scene.database().dataDirectory), 'SIGKILL');
    return atMs;
  },
};

export const KILLS: readonly Drill[] = [
  killed('broker'),
  killed('rules'),
  killed('escalation'),
  killedSending,
  killed('api'),
  killedBridge,
  killedPostgres,
];
