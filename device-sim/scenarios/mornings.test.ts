import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { FAULT_KINDS } from '../simulate/faults.ts';
import { tellSeed } from '../simulate/report.ts';
import { runMornings } from '../simulate/run-mornings.ts';
import { killMutant } from '../simulate/run-mutants.ts';

let databases: TestDatabase[];
beforeAll(async () => {
  databases = await Promise.all(Array.from({ length: 5 }, createTestDatabase));
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

it('mornings in which everything goes wrong break no promise', async () => {
  const databaseUrls = databases.slice(0, 2).map(({ url }) => url);
  const summary = await runMornings({ databaseUrls, firstSeed: 1, mornings: 30 });
  expect(summary.failed.map(tellSeed)).toEqual([]);
  expect(Object.keys(summary.faults).sort()).toEqual(Object.keys(FAULT_KINDS).sort());
}, 60_000);

it.each([
  { name: 'page_key_dropped', seed: 201 },
  { name: 'retained_counts', seed: 205 },
  { name: 'catch_up_left_out', seed: 202 },
] as const)('the seed $seed notices the deliberate fault $name', async ({ name, seed }) => {
  const place = { page_key_dropped: 2, retained_counts: 3, catch_up_left_out: 4 }[name];
  const databaseUrl = databases[place]!.url;
  const killed = await killMutant(name, { databaseUrl, firstSeed: seed, mornings: 1 });
  expect(killed.seed).toBe(seed);
});
