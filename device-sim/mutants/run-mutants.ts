import { findBrokenSeed, type MorningsOptions, type Noticed, spoilDatabase } from './kill-by-mornings.ts';
import { findFailingTest } from './kill-by-test.ts';
import type { Mutant } from './mutant.ts';
import type { TreeCopy } from './tree-copy.ts';

/** What killed a mutant: a seed and the promise that it broke, or a test by its name; undefined where it survived. */
export type Killer = Noticed | { file: string; test: string };
export type NamedMutant = Mutant & { name: string };
export type Killed = NamedMutant & { killer: Killer | undefined };

/** Where one fault after the other is put: a copy of the code, and a database that stays sound. */
export type Lane = { tree: TreeCopy; databaseUrl: string };

export type Hunt = {
  /** As many faults are tried at once. */
  lanes: readonly Lane[];
  /** Migrated and empty, one for each mutant that spoils its database. */
  spoilableUrls: readonly string[];
  firstSeed: number;
  /** So many mornings may pass until one must have noticed. */
  mornings: number;
};

/**
 * Puts each fault into a copy of the code or into a database of its own, and looks who notices. Whoever notices must
 * have had nothing to say without it, else it has noticed something else.
 * @returns in the order of the mutants
 * @throws Error where a killer is red of itself, or a fault finds not the text that it changes
 */
export async function killMutants(
  mutants: readonly NamedMutant[],
  { lanes, spoilableUrls, ...span }: Hunt,
  onKilled: (killed: Killed) => void,
): Promise<Killed[]> {
  const [first] = lanes;
  if (!first) throw new RangeError('nowhere to put a fault');
  await assertGreen(first.tree, mutants);
  const spoilable = [...spoilableUrls];
  const killers = new Map<string, Killer | undefined>();
  const killedOf = (mutant: NamedMutant): Killed => ({ ...mutant, killer: killers.get(mutant.name) });
  const waiting = mutants.values();
  await Promise.all(
    lanes.map(async (lane) => {
      for (const mutant of waiting) {
        const databaseUrl = 'sql' in mutant ? (spoilable.pop() ?? '') : lane.databaseUrl;
        killers.set(mutant.name, await kill(mutant, lane, { databaseUrl, ...span }));
        onKilled(killedOf(mutant));
      }
    }),
  );
  return mutants.map(killedOf);
}

async function kill(mutant: NamedMutant, { tree, databaseUrl }: Lane, options: MorningsOptions) {
  if (mutant.by !== 'mornings') return killByTest(mutant, tree);
  const killer = await killByMornings(mutant, tree, options);
  if (killer) await assertGreenSeed(killer.seed, databaseUrl);
  return killer;
}

async function killByMornings(
  mutant: Extract<Mutant, { by: 'mornings' }>,
  tree: TreeCopy,
  options: MorningsOptions,
): Promise<Noticed | undefined> {
  if ('sql' in mutant) {
    await spoilDatabase(options.databaseUrl, mutant.sql);
    return findBrokenSeed(options);
  }
  return tree.during(mutant, () => findBrokenSeed({ ...options, root: tree.root }));
}

async function killByTest(
  mutant: Exclude<Mutant, { by: 'mornings' }>,
  tree: TreeCopy,
): Promise<Killer | undefined> {
  const test = await tree.during(mutant, () => findFailingTest(tree.root, [mutant.by]));
  return test === undefined ? undefined : { file: mutant.by, test };
}

/** Tests that are red of themselves notice nothing. */
async function assertGreen({ root }: TreeCopy, mutants: readonly Mutant[]): Promise<void> {
  const files = new Set(mutants.flatMap(({ by }) => (by === 'mornings' ? [] : [by])));
  const red = files.size > 0 ? await findFailingTest(root, [...files]) : undefined;
  if (red !== undefined) throw new Error(`Red without any fault: ${red}`);
}

async function assertGreenSeed(seed: number, databaseUrl: string): Promise<void> {
  const broken = await findBrokenSeed({ databaseUrl, firstSeed: seed, mornings: 1 });
  if (broken) throw new Error(`Seed ${seed} is red without any fault: ${broken.violation}`);
}
