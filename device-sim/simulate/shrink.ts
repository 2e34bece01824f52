import type { Bench } from './bench.ts';
import { type DaysResult, type RunOptions, runDays } from './run-days.ts';

/** Most runs that looking for the shortest history may take. */
const MOST_RUNS = 120;

/**
 * Runs a seed, and where it breaks a promise leaves out faults, many at first and at last one by one, for as long as
 * the same promise breaks without them. What stays is what it takes.
 */
export async function runAndShrink(
  bench: Bench,
  seed: number,
  options: RunOptions = {},
): Promise<DaysResult> {
  const first = await runDays(bench, seed, options);
  if (first.violations.length === 0) return first;
  const kind = kindOf(first);
  let shortest = first;
  let without = new Set(options.without);
  let runs = 0;
  for (
    let size = Math.ceil(first.decisions.length / 2);
    size >= 1;
    size = size > 1 ? Math.ceil(size / 2) : 0
  ) {
    const ids = [...new Set(shortest.decisions.map(({ id }) => id))];
    // From the end: what comes after the violation is not needed, and what follows from another fault goes with it.
    for (let end = ids.length; end > 0 && runs < MOST_RUNS; end -= size) {
      const fewer = new Set([...without, ...ids.slice(Math.max(0, end - size), end)]);
      const result = await runDays(bench, seed, { ...options, without: fewer, isThorough: true });
      runs += 1;
      if (result.violations.length > 0 && kindOf(result) === kind) {
        shortest = result;
        without = fewer;
      }
    }
  }
  return shortest;
}

/** What was broken, whoever it was broken for. */
const kindOf = ({ violations }: DaysResult): string =>
  (violations[0] ?? '').replace(/^.*?\): /, '').replace(/[\da-f]{8}-[-\da-f]{27}|\d+/g, '…');
