import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What code may not help itself to, because it is passed in (DESIGN invariant 10), and where. */
const RULES = [
  {
    folder: 'services/store',
    what: 'a clock of PostgreSQL’s: time is passed in',
    // `clock.now()` is a clock that was passed in.
    pattern:
      /(?<![.\w])now\s*\(\s*\)|\b(?:current_timestamp|clock_timestamp|statement_timestamp|transaction_timestamp|localtimestamp|current_date|current_time)\b/gi,
  },
  {
    folder: 'services/pact',
    what: 'a clock, chance or the environment: the domain is handed what it decides upon',
    pattern: /\bDate\.now\b|\bnew Date\s*\(\s*\)|\bTemporal\.Now\b|\bMath\.random\b|\bprocess\.env\b/g,
  },
] as const;

const isTested = (file: string) =>
  /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !/(^|[\\/])testing[\\/]/.test(file);

/** Every place under `root` where code reaches for what must be passed in, as `file:line: …`. */
export function findHiddenInputs(root: string): string[] {
  return RULES.flatMap(({ folder, what, pattern }) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(isTested)
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, file), 'utf8');
        return [...text.matchAll(pattern)].map((match) => {
          const line = text.slice(0, match.index).split('\n').length;
          return `${folder}/${file}:${line}: ${match[0]} is ${what}`;
        });
      }),
  );
}
