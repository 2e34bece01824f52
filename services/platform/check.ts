import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_KEYS } from './config.ts';
import { ERROR_CODES } from './errors.ts';
import { findHiddenInputs } from './hidden-inputs.ts';
import { findLogEvents } from './log-events.ts';
import { TEMPLATES_DOCUMENT, templatesDocument } from './templates-document.ts';

/** `npm run check`: types, lint, format, import boundaries (biome.json), dead code, hidden inputs, and the docs against the code. */
const bin = (name: string) => join('node_modules', '.bin', name);

const tools: readonly [name: string, command: string, args: readonly string[]][] = [
  ['types', bin('tsc'), ['-p', '.']],
  ['types of the board', bin('tsc'), ['-p', 'services/board']],
  ['lint, format and import boundaries', bin('biome'), ['check', '.']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['metrics', process.execPath, ['services/metrics-document.ts', '--check']],
];

const failed: string[] = [];
for (const [name, command, args] of tools) {
  process.stdout.write(`${name} … `);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  console.log(status === 0 ? 'ok' : `failed\n${stdout}${stderr}`);
  if (status !== 0) failed.push(name);
}

for (const problem of findHiddenInputs('.')) {
  console.log(`hidden input: ${problem}`);
  failed.push('hidden inputs');
}
for (const problem of docsProblems()) {
  console.log(`docs: ${problem}`);
  failed.push('docs');
}
process.exitCode = failed.length > 0 ? 1 : 0;

/** Registries that stand in the code and in the docs must name the same things. */
function docsProblems(): string[] {
  const { events, nameless } = findLogEvents('.');
  return [
    ...differences('docs/logs.md', /^\| `([a-z.-]+)`/gm, [...events]),
    ...nameless.map((place) => `${place} logs without an event: docs/logs.md could not say what it means`),
    ...differences('docs/errors.md', /^### `([A-Z_]+)`/gm, Object.keys(ERROR_CODES)),
    ...differences('.env.example', /^#?\s?([A-Z][A-Z0-9_]+)=/gm, CONFIG_KEYS),
    ...(readText(TEMPLATES_DOCUMENT) === templatesDocument()
      ? []
      : [`${TEMPLATES_DOCUMENT} is not what the code says: node services/platform/templates-document.ts`]),
    ...missingFiles([
      'README.md',
      'README.zh-CN.md',
      'docs/architecture.md',
      'docs/deploy.md',
      'docs/runbook.md',
      'docs/metrics.md',
    ]),
  ];
}

function differences(file: string, pattern: RegExp, inCode: readonly string[]): string[] {
  const text = readText(file);
  const inDocs = [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  return [
    ...inCode.filter((name) => !inDocs.includes(name)).map((name) => `${file} says nothing of ${name}`),
    ...inDocs
      .filter((name) => !inCode.includes(name))
      .map((name) => `${file} names ${name}, which the code does not know`),
  ];
}

/** Paths that a document names must exist. */
function missingFiles(files: readonly string[]): string[] {
  const path = /\b((?:services|device-sim|firmware-bridge|docs)\/[\w./-]+\.(?:tsx?|mjs|md|ya?ml|csv|png))\b/g;
  return files.flatMap((file) => {
    const text = readText(file);
    if (text === '') return [`${file} is missing`];
    const named = new Set([...text.matchAll(path)].map((match) => match[1] ?? ''));
    return [...named]
      .filter((name) => !existsSync(name))
      .map((name) => `${file} names ${name}, which does not exist`);
  });
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
