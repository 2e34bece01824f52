import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MUTANTS, type MutantName } from './all.ts';
import { mutate, PROMISES } from './mutant.ts';

const inTree = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const mutants = (Object.keys(MUTANTS) as MutantName[]).map((name) => ({ name, ...MUTANTS[name] }));

it.each(mutants.flatMap((mutant) => ('file' in mutant ? [mutant] : [])))(
  'the fault $name finds the text that it changes, once',
  (mutant) => {
    const source = readFileSync(inTree(mutant.file), 'utf8');
    expect(mutate(source, mutant)).not.toBe(source);
  },
);

it('whoever is to notice a fault is there', () => {
  const killers = mutants.map(({ by }) => by).filter((by) => by !== 'mornings');
  expect(killers.filter((file) => !existsSync(inTree(file)))).toEqual([]);
});

it('each promise is endangered by some', () => {
  expect([...new Set(mutants.map(({ guards }) => String(guards)))].sort()).toEqual(
    Object.keys(PROMISES).sort(),
  );
});

it('a text that stands nowhere, or twice, is no fault', () => {
  const edit = { file: 'a.ts', find: 'b', replace: 'c' };
  expect(() => mutate('a', edit)).toThrow('a.ts has 0 times, and not once: b');
  expect(() => mutate('b b', edit)).toThrow('a.ts has 2 times');
  expect(mutate('a b', edit)).toBe('a c');
});
