import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Report = {
  numPassedTests: number;
  testResults: {
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

/**
 * Runs test files of a tree until the first failure.
 * @returns the name of the test that failed; undefined where all passed
 * @throws Error where a file failed and none of its tests did: what cannot even be run has noticed nothing
 */
export async function findFailingTest(root: string, files: readonly string[]): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-verdict-'));
  const report = join(folder, 'report.json');
  try {
    const child = spawn(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        ...files,
        '--bail=1',
        '--reporter=json',
        `--outputFile=${report}`,
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, 'close');
    const told: Report | undefined = await readFile(report, 'utf8').then(JSON.parse, () => undefined);
    const tests = told?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
    const failed = tests.find(({ status }) => status === 'failed');
    if (failed) return failed.fullName;
    if (told && code === 0 && told.numPassedTests > 0) return undefined;
    const why = told?.testResults.map(({ message }) => message).join('\n') || said;
    throw new Error(`${files.join(', ')} could not be run (${code}):\n${why}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
