import type { TodayChange } from '#contracts/http/today.ts';

type Listener = {
  opened(): void;
  /** The first moment without a connection; not told again until it was open in between. */
  dropped(): void;
  heard(): void;
  tick(now: string): void;
  resync(): void;
  change(change: TodayChange): void;
};

/** Longest wall silence of a healthy stream; a line that is dead without a word is found by it. */
const SILENCE_MS = 45_000;

/** Follows the server's events, reconnecting with back-off for as long as it is not closed. */
export function followStream(url: string, listener: Listener): { close(): void; retry(): void } {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let down = false;

  function connect() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      failures = 0;
      down = false;
      listener.opened();
    };
    source.onerror = drop;
    on('change', (data) => listener.change(data as TodayChange));
    on('tick', (data) => listener.tick((data as { now: string }).now));
    on('resync', () => listener.resync());
    timer = setTimeout(drop, SILENCE_MS);
  }

  function on(name: string, take: (data: unknown) => void) {
    source?.addEventListener(name, (event) => {
      // Taken first, so that the clock which it may set tells when it was heard.
      take(event.data ? JSON.parse(event.data) : undefined);
      hear();
    });
  }

  function hear() {
    clearTimeout(timer);
    timer = setTimeout(drop, SILENCE_MS);
    listener.heard();
  }

  function drop() {
    source?.close();
    clearTimeout(timer);
    if (!down) listener.dropped();
    down = true;
    timer = setTimeout(connect, backOff(failures, Math.random()));
    failures += 1;
  }

  const retry = () => {
    if (!down) return;
    failures = 0;
    connect();
  };
  const seen = () => document.visibilityState === 'visible' && retry();
  window.addEventListener('offline', drop);
  window.addEventListener('online', retry);
  document.addEventListener('visibilitychange', seen);
  connect();

  return {
    retry,
    close() {
      clearTimeout(timer);
      source?.close();
      window.removeEventListener('offline', drop);
      window.removeEventListener('online', retry);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

/** Wall milliseconds before the next try: doubling from one second to thirty, spread by `random` in [0, 1). */
export const backOff = (failures: number, random: number): number =>
  Math.min(30_000, 1_000 * 2 ** Math.min(failures, 5)) * (0.75 + random / 2);
