import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTestFolder } from './service-process.ts';

const PLATFORM = fileURLToPath(new URL('..', import.meta.url));
const npm = (args: string[], cwd: string) => promisify(execFile)('npm', [...args, '--offline'], { cwd });

export type LaunchEnd = { code: number | null; stdout: string; stderr: string };
export type Launched = { child: ChildProcess; ended: Promise<LaunchEnd> };

export type TinyProject = {
  folder: string;
  /** `node launch.mjs entry.mjs …`, with a stdin that stays open and silent. */
  launch(options?: { node?: string[]; env?: Record<string, string | undefined>; args?: string[] }): Launched;
  /** Gives the one dependency another version, in package.json and the lock file alike. */
  wants(version: string): Promise<void>;
  /** Lets the dependency come from this registry, where nobody has been yet. */
  wantsFrom(registry: string): Promise<void>;
};

/**
 * A project that has our launcher and one dependency, a tarball beside it: npm installs it in a second and asks
 * no network. Nothing is installed yet.
 */
export async function createTinyProject(): Promise<TinyProject> {
  const folder = await makeTestFolder('tiny');
  await mkdir(join(folder, 'services/platform'), { recursive: true });
  for (const name of ['launch.mjs', 'launch']) {
    await cp(join(PLATFORM, name), join(folder, 'services/platform', name), { recursive: true });
  }
  const say = `import { version } from 'needed';
process.stdout.write(JSON.stringify({ version, args: process.argv.slice(2), relaunched: process.env.FROM_NODE }));`;
  await writeFile(join(folder, 'entry.mjs'), say);
  const project: TinyProject = {
    folder,
    launch: ({ node = [], env = {}, args = [] } = {}) => {
      const command = [...node, join(folder, 'services/platform/launch.mjs'), 'entry.mjs', ...args];
      return follow(spawn(process.execPath, command, { cwd: '/', env: { ...process.env, ...env } }));
    },
    async wants(version) {
      const source = join(folder, 'needed');
      await mkdir(source, { recursive: true });
      await writeJson(join(source, 'package.json'), {
        name: 'needed',
        version,
        type: 'module',
        main: 'main.js',
      });
      await writeFile(join(source, 'main.js'), `export const version = '${version}';`);
      await npm(['pack', './needed', '--pack-destination', folder], folder);
      await rm(source, { recursive: true });
      await depend(folder, `file:needed-${version}.tgz`);
      await rm(join(folder, 'package-lock.json'), { force: true });
      await npm(['install', '--package-lock-only'], folder);
    },
    async wantsFrom(registry) {
      await depend(folder, '1.0.0');
      const resolved = `${registry}/needed/-/needed-1.0.0.tgz`;
      const packages = {
        '': { name: 'tiny', dependencies: { needed: '1.0.0' } },
        'node_modules/needed': { version: '1.0.0', resolved },
      };
      await writeJson(join(folder, 'package-lock.json'), { name: 'tiny', lockfileVersion: 3, packages });
    },
  };
  await project.wants('1.0.0');
  return project;
}

const writeJson = (file: string, value: object) => writeFile(file, JSON.stringify(value));
const depend = (folder: string, needed: string) =>
  writeJson(join(folder, 'package.json'), { name: 'tiny', type: 'module', dependencies: { needed } });

function follow(child: ChildProcess): Launched {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  }
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...output })),
  };
}
