import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Edit, mutate } from './mutant.ts';

const OWN_TREE = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', 'data', 'coverage']);

/** A copy of our sources in which a fault may be put, so that ours stay as they are. */
export type TreeCopy = {
  root: string;
  /** Does work while one file is faulty. */
  during<T>(edit: Edit, work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
};

export async function copyTree(): Promise<TreeCopy> {
  const root = await mkdtemp(join(tmpdir(), 'curtain-pact-mutants-'));
  // Also where somebody breaks it off.
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  await cp(OWN_TREE, root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  await symlink(join(OWN_TREE, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    async during(edit, work) {
      const file = join(root, edit.file);
      const source = await readFile(file, 'utf8');
      await writeFile(file, mutate(source, edit));
      try {
        return await work();
      } finally {
        await writeFile(file, source);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
