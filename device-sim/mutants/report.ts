import { PROMISES } from './mutant.ts';
import type { Killed, Killer } from './run-mutants.ts';

/** A violation without what differs from run to run for the eye: when, and whose. */
const shortOf = (violation: string): string =>
  violation.replace(/^.*?\): /, '').replace(/[\da-f]{8}-[-\da-f]{27}/g, '…');

const tellKiller = (killer: Killer): string =>
  'seed' in killer ? `seed ${killer.seed}: ${shortOf(killer.violation)}` : `${killer.file}: ${killer.test}`;

/** One fault for people at the terminal. */
export function tellKilled({ name, what, killer }: Killed): string {
  return killer ? `✓ ${name} (${what}): ${tellKiller(killer)}` : `✗ ${name} (${what}) was not noticed`;
}

export function tellKilledTable(killed: readonly Killed[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| promise | deliberate fault | noticed by |',
    '|---|---|---|',
    ...killed.map(
      ({ guards, what, killer }) =>
        `| ${tellPromise(guards)} | ${cell(what)} | ${killer ? cell(tellKiller(killer)) : '**nobody**'} |`,
    ),
  ].join('\n');
}

const tellPromise = (guards: Killed['guards']): string =>
  typeof guards === 'number' ? `${guards}. ${PROMISES[guards]}` : PROMISES[guards];
