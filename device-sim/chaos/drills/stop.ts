import { sleep } from '#platform/sleep.ts';
import { freezePostgres } from '../../town/freeze-postgres.ts';
import type { Drill } from '../drill.ts';
import type { PartKind } from '../scene.ts';

const FROZEN_MS = 4_000;
const NEVER = new AbortController().signal;

/** Of rules and escalation two run, and one stands still: the other has to do its work meanwhile. */
const frozen = (kind: PartKind): Drill => {
  const isTwice = kind === 'rules' || kind === 'escalation';
  return {
    name: `stop-${kind}`,
    injects: `SIGSTOP of ${isTwice ? 'one of two' : 'the'} ${kind} process${isTwice ? 'es' : ''} a second before the deadline, SIGCONT 4 s later`,
    scene: { bridged: kind === 'bridge', twice: isTwice ? [kind] : [] },
    mostRecoveryMs: 5_000,
    async run(scene) {
      await scene.untilDeadline(-1_000);
      scene.part(kind).freeze();
      await sleep(FROZEN_MS, NEVER);
      scene.part(kind).thaw();
      return undefined;
    },
  };
};

const frozenPostgres: Drill = {
  name: 'stop-postgres',
  injects: 'SIGSTOP of PostgreSQL with all its processes a second before the deadline, SIGCONT 4 s later',
  mostRecoveryMs: 10_000,
  async run(scene) {
    await scene.untilDeadline(-1_000);
    const thaw = await freezePostgres(scene.database().dataDirectory);
    await sleep(FROZEN_MS, NEVER);
    thaw();
    return undefined;
  },
};

export const STOPS: readonly Drill[] = [
  frozen('broker'),
  frozen('rules'),
  frozen('escalation'),
  frozen('api'),
  frozen('bridge'),
  frozenPostgres,
];
