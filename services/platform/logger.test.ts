import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const LOGGER = new URL('./logger.ts', import.meta.url).href;

test('a log names nobody and tells no secret, whatever object they arrive in', async () => {
  const said = {
    phone: '+8613900000001',
    person: { name: '王桂英', address: '3栋2单元501' },
    message: { to: { phone: '+8613900000001', text: '王奶奶未拉帘' } },
    req: { headers: { cookie: 'session=abc', authorization: 'Bearer abc' } },
    account: { password: 'abc', token: 'abc', secret: 'abc' },
    householdId: 'kept',
  };
  const script = `import { createLogger } from ${JSON.stringify(LOGGER)};
    createLogger('info').info(${JSON.stringify(said)}, 'said');`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const { level, msg, householdId, ...rest } = JSON.parse(stderr);
  expect({ level, msg, householdId }).toEqual({ level: 'info', msg: 'said', householdId: 'kept' });
  expect(JSON.stringify(rest)).not.toMatch(/139|王|501|abc/);
});
