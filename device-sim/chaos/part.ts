import { reasonOf } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';
import type { SharedTime } from '../shared-clock.ts';
import { type ChildService, type Surroundings, startChildService } from '../town/child-service.ts';

/** One process of the service under a supervisor of ours: what ends by itself is started again at once. */
export type Part = {
  readonly name: string;
  /** Where it says whether it is ready; the same after a restart. */
  readonly http: string;
  /** What it has logged, in all its lives. */
  readonly log: readonly string[];
  /** The end that no process can prepare for. Resolves when it has ended; the next one is on its way then. */
  kill(): Promise<void>;
  /** Stands still, with everything open, and goes on. */
  freeze(): void;
  thaw(): void;
  /** Sets its clock, and that of its next lives. */
  setTime(time: SharedTime): void;
  stop(): Promise<void>;
  /** At once, whatever it is doing; harmless when it has ended. */
  end(): Promise<void>;
};

export type PartOrder = {
  name: string;
  env: Record<string, string>;
  http: string;
  time: SharedTime;
  surroundings?: Surroundings | undefined;
};

/** What systemd waits before it starts a service again, if nobody says otherwise. */
const RESTART_MS = 100;

export async function startPart(order: PartOrder): Promise<Part> {
  const ending = new AbortController();
  const log: string[] = [];
  let { time } = order;
  const startOne = () =>
    startChildService(
      { env: order.env, time },
      { ...order.surroundings, onLog: (line) => void log.push(line) },
    );
  let child: ChildService = await startOne();
  const supervising = supervise();

  async function supervise(): Promise<void> {
    for (;;) {
      await child.ended;
      for (let isUp = false; !isUp; ) {
        if (ending.signal.aborted) return;
        await sleep(RESTART_MS, ending.signal);
        isUp = await startOne().then(
          (started) => {
            child = started;
            return true;
          },
          (error: unknown) => {
            log.push(`supervisor: ${reasonOf(error)}`);
            return false;
          },
        );
      }
      // It was asked to stop while the next one was starting.
      if (ending.signal.aborted) await child.stop();
    }
  }

  const end = async () => {
    ending.abort();
    await child.kill();
    await supervising;
  };
  return {
    end,
    name: order.name,
    http: order.http,
    log,
    kill: () => child.kill(),
    freeze: () => void process.kill(child.pid, 'SIGSTOP'),
    thaw: () => void process.kill(child.pid, 'SIGCONT'),
    setTime(next) {
      time = next;
      child.follow([next]);
    },
    async stop() {
      ending.abort();
      await child.stop();
      await supervising;
    },
  };
}
