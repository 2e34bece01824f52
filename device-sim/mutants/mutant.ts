/** What a deliberate fault endangers: the invariants of docs/architecture.md by their numbers, and what stands beside them. */
export const PROMISES = {
  1: 'An acknowledged event is never lost',
  2: 'Every pact day closes in exactly one way',
  3: 'No missed page',
  4: 'No page twice',
  5: 'Opened, closed, unknown',
  6: 'Yesterday’s open curtain is not today’s proof',
  7: 'Delivered is not read, acknowledged is not visited',
  8: 'A late opening stands down and stays on record',
  9: 'The database is the truth',
  10: 'Time is passed in',
  11: 'A common cause is one incident, never silence',
  12: 'Nobody in where they don’t belong',
  watch: 'Our own silence is heard',
  register: 'The register loses and keeps nothing by mistake',
} as const;
export type Promised = keyof typeof PROMISES;

/** A change of one source file. `find` stands there exactly once. */
export type Edit = { file: string; find: string; replace: string };

/** A deliberate fault, and who must notice it: a seed of the mornings, or a test of a file of the suite. */
export type Mutant = {
  what: string;
  guards: Promised;
} & ({ by: 'mornings'; sql: string } | ({ by: 'mornings' } & Edit) | ({ by: `${string}.test.ts` } & Edit));

/** Puts the fault into the text of its file. @throws Error where the text to be found is not there exactly once */
export function mutate(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
  return parts.join(replace);
}
