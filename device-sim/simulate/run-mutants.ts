import pg from 'pg';
import { MUTANTS, type MutantName } from './mutants.ts';
import { runMornings } from './run-mornings.ts';

/** What killed a mutant: the first seed that broke a promise over it, and how. */
export type Killed = { name: MutantName; seed: number | undefined; violation: string | undefined };

/** Puts a deliberate fault into a database and runs mornings over it until one notices. */
export async function killMutant(
  name: MutantName,
  options: { databaseUrl: string; firstSeed: number; mornings: number },
): Promise<Killed> {
  const admin = new pg.Client({ connectionString: options.databaseUrl });
  await admin.connect();
  await admin.query(MUTANTS[name].sql);
  await admin.end();
  const { failed } = await runMornings({
    ...{ databaseUrls: [options.databaseUrl], firstSeed: options.firstSeed, mornings: options.mornings },
    stopsAtFirst: true,
  });
  const [result] = failed;
  return { name, seed: result?.seed, violation: result?.violations[0] };
}
