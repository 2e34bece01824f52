import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { makeTestFolder, query } from '../testing/service-process.ts';
import { boundServerLog, serverLog, serverLogSize } from './server-log.ts';
import { startEmbeddedPostgres } from './supervisor.ts';

let dataDir: string;
const start = () => startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { fsync: 'off' } });

/** A data folder that was in use and is at rest, holding one row. */
const makeUsed = async (): Promise<string> => {
  const postgres = await start();
  await query(postgres.connectionString, 'create table kept as select 41 as n');
  await postgres.stop();
  return postgres.dataDirectory;
};

const lockFile = (cluster: string, pid: number): string =>
  [pid, cluster, 1_700_000_000, 5432, '', '127.0.0.1', '  1234567  1', 'ready   ', ''].join('\n');

beforeEach(async () => {
  dataDir = join(await makeTestFolder(), 'data');
});

test('a lock file that names a living stranger of the same user does not keep PostgreSQL from starting', async () => {
  const cluster = await makeUsed();
  const { uid, gid } = await stat(cluster);
  const stranger = spawn('sleep', ['600'], { uid, gid });
  try {
    await writeFile(join(cluster, 'postmaster.pid'), lockFile(cluster, stranger.pid ?? 0));
    const postgres = await start();
    expect(await query(postgres.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    await postgres.stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a dead server that nobody has reaped does not keep PostgreSQL from starting', async () => {
  const cluster = await makeUsed();
  const { uid, gid } = await stat(cluster);
  // The shell's child ends soon, and the sleep that the shell becomes never asks after it.
  const script = 'sleep 0.3 & echo $!; exec sleep 600';
  const parent: ChildProcess = spawn('sh', ['-c', script], { uid, gid, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [said] = await once(parent.stdout!, 'data');
    const zombie = Number(String(said));
    await vi.waitFor(async () => expect(await readFile(`/proc/${zombie}/stat`, 'utf8')).toMatch(/\) Z /));
    await writeFile(join(cluster, 'postmaster.pid'), lockFile(cluster, zombie));
    const postgres = await start();
    expect(await query(postgres.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    await postgres.stop();
  } finally {
    parent.kill('SIGKILL');
  }
});

test('a start that was broken off in initdb is no hindrance to the next', async () => {
  const cluster = await makeUsed();
  // Credentials are written first and the cluster last: this is what a crash between them leaves.
  const file = join(dataDir, 'postgres.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), clusterMade: false }));
  await rename(cluster, `${cluster}.new-half`);
  const postgres = await start();
  expect(await query(postgres.connectionString, `select to_regclass('kept') as found`)).toEqual([
    { found: null },
  ]);
  await postgres.stop();
});

test('a database folder that has gone missing is refused, never replaced by an empty one', async () => {
  const cluster = await makeUsed();
  await rename(cluster, `${cluster}-unmounted`);
  await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  await rename(`${cluster}-unmounted`, cluster);
  const postgres = await start();
  expect(await query(postgres.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  await postgres.stop();
});

test('a database without its credentials is refused and not touched', async () => {
  await makeUsed();
  const file = join(dataDir, 'postgres.json');
  const kept = await readFile(file);
  await rm(file);
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    hint: expect.stringMatching(/postgres.json/),
  });
  await writeFile(file, '{ half');
  await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  await writeFile(file, kept);
  await (await start()).stop();
});

test('credentials of another data folder are refused', async () => {
  await makeUsed();
  const file = join(dataDir, 'postgres.json');
  const credentials = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...credentials, password: 'of another folder' }));
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    message: expect.stringMatching(/password/),
  });
  await writeFile(file, JSON.stringify(credentials));
  const postgres = await start();
  expect(await query(postgres.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  await postgres.stop();
});

test('a database of another major version is refused with what to do', async () => {
  const cluster = await makeUsed();
  await writeFile(join(cluster, 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toMatchObject({
    code: 'DATABASE_VERSION_MISMATCH',
    message: expect.stringMatching(/PostgreSQL 17.*PostgreSQL 18/s),
    hint: expect.stringMatching(/backup/),
  });
});

test('a data folder on the path of a file is refused in plain words', async () => {
  const parent = await makeTestFolder();
  await writeFile(join(parent, 'file'), '');
  dataDir = join(parent, 'file', 'data');
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    hint: expect.stringMatching(/not a folder/),
  });
});

test('a data folder whose name a shell would expand is refused', async () => {
  dataDir = `${dataDir}$HOME`;
  await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
});

test('a data folder with blanks and Chinese in its path works', async () => {
  dataDir = join(await makeTestFolder(), '窗帘 之约', 'my data');
  const postgres = await start();
  expect(await query(postgres.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  await postgres.stop();
});

test('the log of the server is cut while it runs and never grows past its bound', async () => {
  const postgres = await start();
  await appendFile(serverLog(postgres.dataDirectory), 'x'.repeat(20_000));
  await boundServerLog(postgres.dataDirectory, 10_000);
  expect(await serverLogSize(postgres.dataDirectory)).toBe(0);
  expect((await stat(`${serverLog(postgres.dataDirectory)}.1`)).size).toBeGreaterThan(20_000);
  await query(postgres.connectionString, `do $$ begin raise warning 'still written'; end $$`);
  const written = await readFile(serverLog(postgres.dataDirectory), 'utf8');
  // A server that did not append would leave a hole of zeros.
  expect(written).toMatch(/^\d.*still written/);
  await postgres.stop();
});
