import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { MUTANTS } from '../mutants/all.ts';
import { killMutants } from '../mutants/run-mutants.ts';
import { copyTree } from '../mutants/tree-copy.ts';
import { FAULT_KINDS } from '../simulate/faults.ts';
import { tellSeed } from '../simulate/report.ts';
import { runMornings } from '../simulate/run-mornings.ts';

let databases: TestDatabase[];
beforeAll(async () => {
  databases = await Promise.all(Array.from({ length: 4 }, createTestDatabase));
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

it('mornings in which everything goes wrong break no promise', async () => {
  const databaseUrls = databases.slice(0, 2).map(({ url }) => url);
  const summary = await runMornings({ databaseUrls, firstSeed: 1, mornings: 30 });
  expect(summary.failed.map(tellSeed)).toEqual([]);
  expect(Object.keys(summary.faults).sort()).toEqual(Object.keys(FAULT_KINDS).sort());
}, 60_000);

it.each([
  { name: 'page_key_dropped', seed: 9 },
  { name: 'retained_counts', seed: 31 },
  { name: 'catch_up_left_out', seed: 7 },
] as const)('the seed $seed notices the deliberate fault $name', async ({ name, seed }) => {
  const [databaseUrl = '', ...spoilableUrls] = databases.slice(2).map(({ url }) => url);
  const tree = await copyTree();
  try {
    const mutants = [{ name, ...MUTANTS[name] }];
    const hunt = { lanes: [{ tree, databaseUrl }], spoilableUrls, firstSeed: seed, mornings: 1 };
    const [killed] = await killMutants(mutants, hunt, () => undefined);
    expect(killed?.killer).toMatchObject({ seed });
  } finally {
    await tree.remove();
  }
});
