import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const MOST_BYTES = 300 * 1024;

beforeAll(() => ensureBoardBuilt(() => undefined), 120_000);

it('is at most 300 KB on the line before anything is looked at, its page, scripts and styles together', async () => {
  const files = await firstLoad('index.html');
  const sizes = await Promise.all(
    files.map(async (name) => gzipSync(await readFile(join(DIST, name)), { level: 9 }).length),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `first load of the board: ${(bytes / 1024).toFixed(1)} KB compressed in ${files.length} files\n${files
      .map((name, index) => `  ${((sizes[index] ?? 0) / 1024).toFixed(1).padStart(6)} KB  ${name}`)
      .join('\n')}`,
  );
  expect(files.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});

/** Newer than the browsers that offices have (the build turns syntax into older syntax, but adds no methods). */
const TOO_NEW =
  /\.(?:toSorted|toReversed|toSpliced|findLast|findLastIndex)\(|\.at\(-?\d|(?:Map|Object)\.groupBy\(|Promise\.withResolvers\(|[^.\w]structuredClone\(|Object\.hasOwn\(/g;

it('asks nothing of a browser that those of many offices do not have', async () => {
  const scripts = (await readdir(join(DIST, 'assets'))).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(5);
  const found = await Promise.all(
    scripts.map(async (name) => {
      const text = await readFile(join(DIST, 'assets', name), 'utf8');
      return [...text.matchAll(TOO_NEW)].map(({ 0: what, index }) => ({
        what,
        where: `${name}: ${text.slice(Math.max(0, index - 60), index + 30)}`,
      }));
    }),
  );
  expect(found.flat()).toEqual([]);
});

/** The page and everything that it or its scripts ask for at once; what is imported on demand is not. */
async function firstLoad(page: string): Promise<string[]> {
  const found = new Set([page]);
  for (const name of found) {
    if (!/\.(html|js)$/.test(name)) continue;
    const text = await readFile(join(DIST, name), 'utf8');
    for (const asked of name.endsWith('.html') ? linksOf(text) : importsOf(text, dirname(name)))
      found.add(asked);
  }
  return [...found];
}

const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => path ?? '');

/** Static imports only: `import(…)` has a bracket behind it. */
const importsOf = (script: string, folder: string): string[] =>
  [...script.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)].map(([, path]) =>
    normalize(join(folder, path ?? '')),
  );
