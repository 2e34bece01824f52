import { createSeededRandom } from '../seeded-random.ts';

/**
 * Chance by name: what is asked under a label has the same answer in every run of a seed, whatever else was asked
 * before it. So a run with one fault left out is the same run but for that fault.
 */
export type Chance = {
  happens(label: string, probability: number): boolean;
  /** A whole number, both ends included. */
  between(label: string, least: number, most: number): number;
  pick<T>(label: string, items: readonly T[]): T;
  /** A UUID of its own for each call, in the order of the calls. */
  nextUuid(): string;
};

export function createChance(seed: number): Chance {
  const of = (label: string) => createSeededRandom(hash(`${seed}/${label}`));
  const ids = createSeededRandom(hash(`${seed}/ids`));
  return {
    happens: (label, probability) => of(label).next() < probability,
    between: (label, least, most) => of(label).between(least, most),
    pick: (label, items) => of(label).pick(items),
    nextUuid() {
      const hex = Array.from({ length: 4 }, () =>
        ids.between(0, 0xffff_ffff).toString(16).padStart(8, '0'),
      ).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}

/** FNV-1a, then mixed once more: labels that differ in their last sign have nothing in common. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
