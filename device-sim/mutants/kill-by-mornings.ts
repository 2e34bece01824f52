import { join } from 'node:path';
import pg from 'pg';
import { runMornings } from '../simulate/run-mornings.ts';

/** The seed that broke a promise, and how. */
export type Noticed = { seed: number; violation: string };

export type MorningsOptions = {
  /** Migrated and empty. */
  databaseUrl: string;
  firstSeed: number;
  mornings: number;
  /** The tree whose code runs; without it our own. */
  root?: string;
};

/** Runs mornings until one breaks a promise. @returns undefined where none does */
export async function findBrokenSeed({
  databaseUrl,
  root,
  ...options
}: MorningsOptions): Promise<Noticed | undefined> {
  const { failed } = await runMornings({
    ...{ databaseUrls: [databaseUrl], stopsAtFirst: true, ...options },
    ...(root ? { worker: join(root, 'device-sim/simulate/worker.ts') } : {}),
  });
  const [result] = failed;
  return result && { seed: result.seed, violation: result.violations[0] ?? '' };
}

/** Puts a fault into the ground that a database gives. */
export async function spoilDatabase(databaseUrl: string, sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
