import { type DrillResult, isGreen } from './drill.ts';
import { seconds } from './seen.ts';

/** One drill: a line, and what belongs to it below. */
export function tellDrill(result: DrillResult): string {
  const { name, injected, skipped, seen, recoveryMs, recovery, counts, lost, broken } = result;
  if (skipped) return `- ${name}: left out: ${skipped}`;
  const mark = isGreen(result) ? '✓' : '✗';
  const recovered =
    recoveryMs === undefined ? 'did not recover' : `served again after ${seconds(recoveryMs)}`;
  const loss = lost.length === 0 ? 'nothing lost' : `${lost.length} lost or wrong`;
  return [
    `${mark} ${name}: ${recovered}, ${loss}`,
    `    injected: ${injected}`,
    ...seen.map((line) => `    seen: ${line}`),
    ...(recovery
      ? [
          `    recovery: reports acknowledged ${seconds(recovery.publishes)}, every part ready ${seconds(recovery.ready)}, deadlines swept ${seconds(recovery.sweep)}`,
        ]
      : []),
    ...(counts
      ? [
          `    events: ${counts.acknowledged} acknowledged, ${counts.stored} of them stored; ${counts.pages} pages accepted once`,
        ]
      : []),
    ...[...lost, ...broken].map((line) => `    ✗ ${line}`),
  ].join('\n');
}

/** A row for each drill, with the slowest of its rounds. */
export function tellTable(results: readonly DrillResult[]): string {
  return [
    '| drill | what was done | what people saw | served again | last first page | lost | green |',
    '|---|---|---|---:|---:|---|---:|',
    ...Map.groupBy(results, ({ name }) => name)
      .values()
      .map((rounds) => `| ${cellsOf(rounds).join(' | ')} |`),
  ].join('\n');
}

function cellsOf(rounds: readonly DrillResult[]): string[] {
  const slowest = rounds.toSorted((one, other) => (other.recoveryMs ?? 0) - (one.recoveryMs ?? 0))[0]!;
  const { name, injected, skipped, seen, recoveryMs } = slowest;
  if (skipped) return [name, injected, `left out: ${skipped}`, '', '', '', ''];
  const lates = rounds.flatMap(({ lastPageLateMs }) => lastPageLateMs ?? []);
  const wrongs = new Set(rounds.flatMap(({ lost, broken }) => [...lost, ...broken]));
  return [
    ...[name, injected, seen.join('; ')],
    recoveryMs === undefined ? 'not' : seconds(recoveryMs),
    lates.length === 0 ? '' : `+${seconds(Math.max(...lates))}`,
    [...wrongs].join('; ') || 'nothing',
    `${rounds.filter(isGreen).length} of ${rounds.length}`,
  ];
}
