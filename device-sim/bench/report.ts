import type { Target } from './bench.ts';
import type { Chart } from './chart.ts';
import { BUSY_PCT, type Company, type Machine, tellMachine } from './machine.ts';

/** One run of a bench, as it is kept in `docs/performance/<name>.json`. */
export type Report = {
  name: string;
  /** When it was made. */
  at: string;
  quick: boolean;
  machine: Machine;
  before: Company;
  seconds: number;
  result: unknown;
};

/** What was measured under which circumstances, and what of it was promised. */
export function reportToMarkdown(
  { name, at, quick, machine, before, seconds }: Report,
  shown: { markdown: string; targets: readonly Target[]; chart: Chart | undefined },
): string {
  const isBusy = before.busyPct > BUSY_PCT;
  return [
    `${tellMachine(machine)}; ${at.slice(0, 10)}, ${Math.round(seconds)} s. Load before ${before.load.toFixed(1)}, ${Math.round(before.busyPct)} % of the processor busy with other work.`,
    ...(isBusy ? ['', '**The machine was busy with other work: rates are too low, times too long.**'] : []),
    ...(quick ? ['', '**A quick run, to see that it runs: smaller, and not for publishing.**'] : []),
    '',
    shown.markdown,
    ...targetRows(shown.targets),
    ...(shown.chart ? ['', `![${shown.chart.title}](performance/${name}.svg)`] : []),
  ].join('\n');
}

function targetRows(targets: readonly Target[]): string[] {
  if (targets.length === 0) return [];
  const row = ({ what, target, measured, met }: Target) =>
    `| ${what} | ${target} | ${measured} | ${met ? 'met' : '**not met**'} |`;
  return ['', '| promised | target | measured | |', '|---|--:|--:|---|', ...targets.map(row)];
}
