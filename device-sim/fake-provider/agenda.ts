import type { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';

/** What will happen by itself: messages arrive, people answer, callbacks are brought. */
export type Agenda = {
  /** `seconds` count in the clock's time. */
  after(seconds: number, work: () => Promise<void> | void): void;
  /** When the next thing happens; undefined where nothing is planned. */
  nextAt(): Temporal.Instant | undefined;
  /**
   * Does everything that is due, one after the other in order of time, and what falls due by that. Where the
   * clock runs this happens by itself; where it stands still a test says when.
   */
  runDue(): Promise<void>;
  /** Forgets what is planned and waits for what is under way. Throws what went wrong meanwhile. */
  stop(): Promise<void>;
};

type Entry = { at: number; order: number; work: () => Promise<void> | void; timer?: NodeJS.Timeout };

export function createAgenda(clock: Clock): Agenda {
  const entries = new Set<Entry>();
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  const runs = clock.toWallMilliseconds(1_000) > 0;
  let order = 0;

  const earliest = (): Entry | undefined =>
    [...entries].reduce<Entry | undefined>(
      (first, entry) =>
        !first || entry.at < first.at || (entry.at === first.at && entry.order < first.order) ? entry : first,
      undefined,
    );

  const start = (entry: Entry) => {
    entries.delete(entry);
    const work = Promise.resolve()
      .then(entry.work)
      .catch((error: unknown) => void faults.push(error))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  return {
    after(seconds, work) {
      order += 1;
      const milliseconds = Math.max(0, seconds * 1_000);
      const entry: Entry = { at: clock.now().epochMilliseconds + milliseconds, order, work };
      entries.add(entry);
      if (runs) entry.timer = setTimeout(() => start(entry), clock.toWallMilliseconds(milliseconds));
    },
    nextAt() {
      const next = earliest();
      if (!next) return undefined;
      const now = clock.now();
      return now.add({ milliseconds: Math.max(0, Math.ceil(next.at - now.epochMilliseconds)) });
    },
    async runDue() {
      for (let next = earliest(); next; next = earliest()) {
        if (next.at > clock.now().epochMilliseconds) break;
        entries.delete(next);
        clearTimeout(next.timer);
        await next.work();
      }
    },
    async stop() {
      for (const { timer } of entries) clearTimeout(timer);
      entries.clear();
      await Promise.all(underWay);
      if (faults.length > 0) throw faults[0];
    },
  };
}
