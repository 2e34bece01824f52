import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findHiddenInputs } from './hidden-inputs.ts';
import { makeTestFolder } from './testing/service-process.ts';

test('nothing of ours reaches for a time, chance or setting that must be passed in', () => {
  expect(findHiddenInputs(fileURLToPath(new URL('../../', import.meta.url)))).toEqual([]);
});

test('code that does is named with its line, and tests may', async () => {
  const root = await makeTestFolder('hidden');
  const files = {
    'services/store/alert/late.ts': 'sql`select 1`;\nsql`delete from a where at < now() - b`;\nclock.now();',
    'services/store/day.ts': 'sql`insert into a values (CURRENT_TIMESTAMP, clock_timestamp())`; known();',
    'services/store/day.test.ts': 'sql`select now()`',
    'services/store/testing/seed.ts': 'sql`select now()`',
    'services/pact/proof.ts':
      'new Date(); new Date(at); Date.now();\nTemporal.Now.instant(); Math.random(); process.env.X; now();',
    'services/pact/proof.test.ts': 'Date.now()',
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const found = findHiddenInputs(root).map((line) => line.replace(/ is .*/, ''));
  expect(found.sort()).toEqual([
    'services/pact/proof.ts:1: Date.now',
    'services/pact/proof.ts:1: new Date()',
    'services/pact/proof.ts:2: Math.random',
    'services/pact/proof.ts:2: Temporal.Now',
    'services/pact/proof.ts:2: process.env',
    'services/store/alert/late.ts:2: now()',
    'services/store/day.ts:1: CURRENT_TIMESTAMP',
    'services/store/day.ts:1: clock_timestamp',
  ]);
});
