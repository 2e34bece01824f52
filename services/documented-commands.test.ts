import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runPact } from './cli/testing/run-pact.ts';

const ROOT = new URL('../', import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
  scripts: Record<string, string>;
};
const docs = readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'README.zh-CN.md', '.env.example', ...docs.map((name) => `docs/${name}`)];

const matches = (pattern: RegExp) =>
  pages.flatMap((page) =>
    [...readFileSync(new URL(page, ROOT), 'utf8').matchAll(pattern)].map(([, ...parts]) => ({ page, parts })),
  );

test('every script that the documents name is one', () => {
  const named = matches(/npm run (?:-s )?([\w-]+)/g);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({ parts: [name = ''] }) => !(name in scripts))).toEqual([]);
});

test('every command of pact that the documents name is one, with the options that they give it', async () => {
  // As it is typed, and as it is spoken of.
  const typed = matches(/pact -- (.+?)(?:`|#|$)/gm);
  const spoken = matches(/`pact ([^`]+)`/g);
  expect(typed.length).toBeGreaterThan(20);
  const wrong: string[] = [];
  for (const { page, parts } of [...typed, ...spoken]) {
    const words = (parts[0] ?? '').trim().split(/\s+/);
    // `--json` and the like belong to any of them.
    if (!/^[a-z]/.test(words[0] ?? '')) continue;
    const path = words.slice(0, words[0] === 'sensor' ? 2 : 1);
    const { code, stdout } = await runPact([...path, '--help'], { PACT_LANGUAGE: 'en' });
    const known = code === 0 && stdout.startsWith(`Usage: pact ${path.join(' ')}`);
    const options = words
      .filter((word) => /^--[a-z]/.test(word))
      .map((word) => word.replace(/[^a-z-]+$/, ''));
    if (!known) wrong.push(`${page}: pact ${path.join(' ')}`);
    else
      wrong.push(
        ...options
          .filter((option) => !stdout.includes(option))
          .map((option) => `${page}: pact ${path.join(' ')} ${option}`),
      );
  }
  expect(wrong).toEqual([]);
});
