import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findFreePort } from './free-port.ts';

const FREE_PORT = fileURLToPath(new URL('./free-port.ts', import.meta.url));

test('a port that was given to one is given to no other, in this process or another', async () => {
  const first = await findFreePort();
  const range = { lowest: first, highest: first + 1 };
  await expect(findFreePort(range)).rejects.toThrow('no free port');
  const script = `import { findFreePort } from ${JSON.stringify(FREE_PORT)}; console.log(await findFreePort(${JSON.stringify(range)}))`;
  const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  await expect(other).rejects.toThrow('no free port');
});
