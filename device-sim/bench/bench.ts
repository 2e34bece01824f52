import type { Chart } from './chart.ts';

export type BenchOptions = {
  /** Smaller, to see that it runs: not for publishing. */
  quick: boolean;
  /** Tells people who wait how far it is. */
  say: (line: string) => void;
};

/** What a number was promised to be (`docs/performance.md`), and what it was. */
export type Target = { what: string; target: string; measured: string; met: boolean };

/** A bench is a file that exports one of these as `bench`, and a line in `registry.ts`. */
export type Bench<Result> = {
  title: string;
  /** How long it takes on a quiet machine of two cores; after four times as long it is ended. */
  seconds: number;
  /** The measuring; what it gives is kept as JSON, so it holds results and no samples. */
  run(options: BenchOptions): Promise<Result>;
  toMarkdown(result: Result): string;
  /** How cost grows. */
  toCurves?(result: Result): Chart;
  targets?(result: Result): Target[];
};

/** A bench with its result's type put away. */
export type OpenedBench = {
  title: string;
  seconds: number;
  run(options: BenchOptions): Promise<unknown>;
  /** @param result what `run` gave, or what was kept of it */
  show(result: unknown): { markdown: string; chart: Chart | undefined; targets: Target[] };
};

export function opened<Result>(bench: Bench<Result>): OpenedBench {
  const { title, seconds, run, toMarkdown, toCurves, targets } = bench;
  return {
    title,
    seconds,
    run,
    show: (kept) => {
      const result = kept as Result;
      return {
        markdown: toMarkdown(result),
        chart: toCurves?.(result),
        targets: targets?.(result) ?? [],
      };
    },
  };
}
