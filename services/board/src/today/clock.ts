import { useSyncExternalStore } from 'react';

/** The server's clock as last heard: it runs on between ticks at its own speed, on the monotonic base. */
export type Reading = { serverMs: number; speed: number; readAt: number };

/** Epoch milliseconds of the server's clock when the monotonic clock shows `monotonicMs`. */
export const serverTimeAt = (reading: Reading, monotonicMs: number): number =>
  reading.serverMs + (monotonicMs - reading.readAt) * reading.speed;

/** Wall milliseconds between two looks at the clock. */
const LOOK_EVERY_MS = 250;

let reading: Reading = { serverMs: 0, speed: 1, readAt: 0 };
let lastLook = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Sets the clock to what the server has just said. */
export function setServerClock(now: string, speed: number = reading.speed): void {
  reading = { serverMs: Date.parse(now), speed, readAt: performance.now() };
  look();
}

export const serverNow = (): number => serverTimeAt(reading, performance.now());

/** The server's time in whole steps of `stepMs`; the component renders again only when the step changes. */
export const useServerTime = (stepMs = 1000): number =>
  // All read the same look: a clock at 300 times the speed would differ between two reads of one rendering.
  useSyncExternalStore(subscribe, () => Math.floor(lastLook / stepMs) * stepMs);

function look() {
  lastLook = serverNow();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(look, LOOK_EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
