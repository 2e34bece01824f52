import type { Scene, SceneOptions } from './scene.ts';

/** A fault, done to a town at its deadline and healed again. */
export type Drill = {
  name: string;
  /** What is done, for whoever reads the report. */
  injects: string;
  /** Why it cannot be done here; undefined where it can. */
  lacks?: () => string | undefined;
  scene?: SceneOptions;
  /** Wall milliseconds from the end of the fault in which everything has to be served again. */
  mostRecoveryMs: number;
  /** Wall milliseconds after the deadline in which everybody has to be paged who must be. */
  mostLateMs?: number;
  /**
   * Does it, from some seconds before the deadline on, and returns when it is over. @returns when the fault ended, by
   * the process's own clock, where that is not the moment of returning
   */
  run(scene: Scene): Promise<number | undefined>;
};

export type DrillResult = {
  name: string;
  injected: string;
  /** Why it was left out. */
  skipped?: string;
  /** What people, and those who operate it, saw. */
  seen: string[];
  /** Wall milliseconds from the end of the fault until everything was served again, and by what. */
  recoveryMs?: number;
  recovery?: { publishes: number; ready: number; sweep: number };
  /** Wall milliseconds after the deadline at which the last home's first page was accepted. */
  lastPageLateMs?: number;
  counts?: { acknowledged: number; stored: number; pages: number };
  /** What was lost, doubled or is wrong; nothing. */
  lost: string[];
  /** Bounds that were broken. */
  broken: string[];
};

export const isGreen = (result: DrillResult): boolean =>
  result.lost.length === 0 && result.broken.length === 0;
