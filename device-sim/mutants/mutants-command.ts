import { InvalidArgumentError } from 'commander';
import { describeMachine, tellOrigin } from '../bench/machine.ts';
import { writeBetween } from '../write-between.ts';
import { MUTANTS, type MutantName } from './all.ts';
import { tellKilled, tellKilledTable } from './report.ts';
import { killMutants, type Lane } from './run-mutants.ts';
import { copyTree } from './tree-copy.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);

export const EVERY_MUTANT = Object.keys(MUTANTS) as MutantName[];

export type MutantsOptions = {
  firstSeed: number;
  mornings: number;
  /** So many are tried at the same time. */
  atOnce: number;
  names: readonly MutantName[];
  form: 'text' | 'markdown' | 'json' | 'write';
  /** Starts a server with so many databases; it is stopped by whoever hands it in. */
  startDatabases(count: number): Promise<string[]>;
};

/** Each deliberate fault, and who notices it. @returns whether all were noticed */
export async function runMutants({
  names,
  form,
  atOnce,
  startDatabases,
  ...span
}: MutantsOptions): Promise<boolean> {
  const mutants = names.map((name) => ({ name, ...MUTANTS[name] }));
  const spoilt = mutants.filter((mutant) => 'sql' in mutant).length;
  const databaseUrls = await startDatabases(atOnce + spoilt);
  const lanes: Lane[] = [];
  try {
    for (const databaseUrl of databaseUrls.slice(spoilt)) lanes.push({ tree: await copyTree(), databaseUrl });
    const hunt = { lanes, spoilableUrls: databaseUrls.slice(0, spoilt), ...span };
    const killed = await killMutants(mutants, hunt, (each) => {
      // What is asked for in another form goes to stdout alone; what nobody noticed is told all the same.
      if (form === 'text' || form === 'write') console.log(tellKilled(each));
      else if (!each.killer) console.error(tellKilled(each));
    });
    if (form === 'json') console.log(JSON.stringify(killed, null, 2));
    if (form === 'markdown') console.log(tellKilledTable(killed));
    if (form === 'write') {
      const origin = tellOrigin(new Date(), await describeMachine());
      await writeBetween(PAGE, 'mutants', `${origin}\n\n${tellKilledTable(killed)}`);
    }
    return killed.every(({ killer }) => killer);
  } finally {
    await Promise.all(lanes.map(({ tree }) => tree.remove()));
  }
}

/** Reads the names of some, separated by commas. @throws InvalidArgumentError */
export function mutantsCalled(list: string): MutantName[] {
  const names = list.split(',');
  const unknown = names.filter((name) => !(name in MUTANTS));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `There is no fault ${unknown.join(', ')}; there are ${EVERY_MUTANT.join(', ')}.`,
    );
  return EVERY_MUTANT.filter((name) => names.includes(name));
}
