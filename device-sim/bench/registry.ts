import { type OpenedBench, opened } from './bench.ts';

/** Every bench by its name, in the order in which all of them run. */
export const BENCHES: Readonly<Record<string, () => Promise<OpenedBench>>> = {
  intake: async () => opened((await import('./intake.ts')).bench),
  idle: async () => opened((await import('./idle.ts')).bench),
  storm: async () => opened((await import('./storm.ts')).bench),
  sweep: async () => opened((await import('./sweep.ts')).bench),
  day: async () => opened((await import('./day.ts')).bench),
  page: async () => opened((await import('./page.ts')).bench),
  board: async () => opened((await import('./board.ts')).bench),
  start: async () => opened((await import('./start.ts')).bench),
  box: async () => opened((await import('./box.ts')).bench),
  bridge: async () => opened((await import('./bridge.ts')).bench),
  codec: async () => opened((await import('./codec.ts')).bench),
  decoders: async () => opened((await import('./decoders.ts')).bench),
};
