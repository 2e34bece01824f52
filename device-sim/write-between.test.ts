import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BENCHES } from './bench/registry.ts';
import { writeBetween } from './write-between.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-between-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (page: string, marker: string, markdown: string): Promise<string> => {
  const file = join(folder, 'page.md');
  await writeFile(file, page);
  await writeBetween(file, marker, markdown);
  return readFile(file, 'utf8');
};

const PAGE = '# A\n\n<!-- one -->\nold\n<!-- /one -->\n\nB\n\n<!-- two -->\n<!-- /two -->\n';

it('what was made before gives way, and what people wrote around it stays', async () => {
  const once = await write(PAGE, 'one', '| $& |\n|---|\n');
  expect(once).toBe(
    '# A\n\n<!-- one -->\n\n| $& |\n|---|\n\n<!-- /one -->\n\nB\n\n<!-- two -->\n<!-- /two -->\n',
  );
  expect(await write(once, 'one', '| $& |\n|---|\n')).toBe(once);
});

it.each([
  ['has no place for it', '# A\n'],
  ['never closes the place', '<!-- three -->\n'],
  ['closes it first', '<!-- /three -->\n<!-- three -->\n'],
  ['has two places', '<!-- three -->\n<!-- /three -->\n<!-- three -->\n<!-- /three -->\n'],
])('a page that %s stays as it is', async (_, page) => {
  await expect(write(page, 'three', 'new')).rejects.toThrow('<!-- three -->');
  expect(await readFile(join(folder, 'page.md'), 'utf8')).toBe(page);
});

it.each([
  ['reliability.md', ['mornings', 'mutants', 'chaos']],
  ['performance.md', Object.keys(BENCHES).map((name) => `bench:${name}`)],
])(
  '%s has a place for what each command makes, which is known only after half an hour',
  async (name, markers) => {
    const page = await readFile(new URL(`../docs/${name}`, import.meta.url), 'utf8');
    for (const marker of markers) expect(await write(page, marker, marker)).toContain(`\n\n${marker}\n\n`);
  },
);
