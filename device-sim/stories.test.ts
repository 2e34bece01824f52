import { expect, test } from 'vitest';
import { inventNeighbourhood } from './neighbourhood.ts';
import { createSeededRandom } from './seeded-random.ts';
import { countEndings, inventStories, MORNING } from './stories.ts';

const morningOf = (seed: number) => {
  const random = createSeededRandom(seed);
  const neighbourhood = inventNeighbourhood(random);
  return {
    neighbourhood,
    stories: inventStories(neighbourhood.homes, random, { cannotGo: '去不了', nonsense: '你好' }),
  };
};

test('a morning has 45 homes, 35 stewards and every story, and no two people share a name or a number', () => {
  const { neighbourhood, stories } = morningOf(7);
  const people = [...neighbourhood.stewards, ...neighbourhood.neighbours, neighbourhood.office];
  expect(neighbourhood.stewards).toHaveLength(35);
  expect(new Set(people.map((person) => person.name)).size).toBe(people.length);
  expect(new Set(people.map((person) => person.phone)).size).toBe(people.length);
  expect(stories.map((story) => story.home.code)).toEqual(
    Array.from({ length: 45 }, (_, i) => String(i + 1).padStart(2, '0')),
  );
  expect(countEndings(stories)).toEqual({ kept: 24, kept_late: 3, visited: 15, excused: 2, unresolved: 1 });
});

test('nobody is the steward and the backup of one home', () => {
  for (const home of morningOf(7).neighbourhood.homes) expect(home.primary).not.toBe(home.backup);
});

test('homes with a story of their own have different stewards, so that plain words mean one home', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const told = morningOf(seed).stories.filter((story) => story.kind !== 'opens');
    // All but the two that fall silent together and share a steward, who gets a list.
    expect(new Set(told.map((story) => story.home.primary.code)).size).toBe(told.length - 1);
  }
});

test('whoever opens in time leaves the deadline a margin', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const times = morningOf(seed).stories.flatMap((story) =>
      story.kind === 'opens' ? [story.device?.opensAt] : [],
    );
    expect(times).toHaveLength(22);
    for (const time of times) {
      expect(time).toBeGreaterThan(MORNING.opensAt + 5);
      expect(time).toBeLessThan(MORNING.deadline - 3);
    }
  }
});

test('the same seed tells the same morning, and another seed another', () => {
  expect(morningOf(3)).toEqual(morningOf(3));
  expect(morningOf(3)).not.toEqual(morningOf(4));
});
