import { FAULT_KINDS, type FaultKind } from './faults.ts';
import type { SeedResult, Summary } from './run-mornings.ts';

/** One seed for people: what was broken, and what had been decided before. */
export function tellSeed({ seed, mornings, homes, violations, history }: SeedResult): string {
  return [
    `Seed ${seed}: ${homes} homes, ${mornings} ${mornings === 1 ? 'morning' : 'mornings'}, ${violations.length} violations`,
    ...violations.map((violation) => `  ✗ ${violation}`),
    ...history.map((line) => `    ${line}`),
    `  npm run simulate -- --seed ${seed}`,
  ].join('\n');
}

export function tellSummary(summary: Summary, seconds: number): string {
  const { seeds, mornings, homes, steps, failed } = summary;
  const faults = Object.values(summary.faults).reduce((sum, count) => sum + count, 0);
  return [
    `${mornings} mornings of ${seeds} communities, ${homes} homes’ days, ${steps} steps, ${summary.statements} statements, ${faults} faults`,
    `${failed.length} communities with violations${failed.length > 0 ? `: seeds ${failed.map(({ seed }) => seed).join(', ')}` : ''}`,
    `${seconds.toFixed(1)} s, ${(mornings / seconds).toFixed(1)} mornings a second`,
  ].join('\n');
}

export function tellMarkdown(summary: Summary, seconds: number): string {
  const number = (value: number) => value.toLocaleString('en');
  return [
    '| what | count |',
    '|---|---:|',
    `| mornings of a community | ${number(summary.mornings)} |`,
    `| seeds | ${number(summary.seeds)} |`,
    `| days of a home | ${number(summary.homes)} |`,
    `| steps, each with its checks | ${number(summary.steps)} |`,
    `| statements of the services | ${number(summary.statements)} |`,
    `| violations | ${number(summary.failed.length)} |`,
    `| seconds | ${number(Math.round(seconds))} |`,
    '',
    '| fault | times |',
    '|---|---:|',
    ...Object.entries(FAULT_KINDS).map(
      ([kind, what]) => `| ${what} | ${number(summary.faults[kind as FaultKind] ?? 0)} |`,
    ),
  ].join('\n');
}
