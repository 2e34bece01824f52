import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findLogEvents } from './log-events.ts';
import { makeTestFolder } from './testing/service-process.ts';

test('finds every event that is logged, and every line without one', async () => {
  const root = await makeTestFolder('log-events');
  const files = {
    'services/rules/a.ts':
      "logger.warn({ event: 'rules.late', why });\nlogger[level]({ event: 'rules.either' });\nlogger.info('in words');",
    'services/rules/b.ts':
      "createOutageLog(logger.child({ id: 'x' }), 'rules.sweep');\nrequest.log.error({ id }, 'words');",
    'services/rules/b.test.ts': "logger.warn({ event: 'not.this' });",
    'firmware-bridge/c.ts': "log(\n  'warn',\n  'database.lost', { why });",
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const { events, nameless } = findLogEvents(root);
  expect([...events].sort()).toEqual([
    'database.lost',
    'rules.either',
    'rules.late',
    'rules.sweep-failed',
    'rules.sweep-recovered',
  ]);
  expect(nameless.sort()).toEqual(['services/rules/a.ts:3', 'services/rules/b.ts:2']);
});

test('every line says which process of which machine it is from, and names nobody', () => {
  const code = `
    import { createLogger } from '#platform/logger.ts';
    createLogger('info', { service: 'rules,api' }).warn({ event: 'a.b', phone: '+8613900000001', home: { name: 'Wang' } });`;
  const { stderr, pid } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  });
  expect(JSON.parse(stderr)).toMatchObject({
    ...{ service: 'rules,api', pid, host: hostname(), event: 'a.b', level: 'warn' },
    ...{ phone: '[redacted]', home: { name: '[redacted]' } },
  });
});
