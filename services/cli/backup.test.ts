import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Part, packArchive, unpackArchive } from '#platform/backup/archive.ts';
import { createRecoveryKey } from '#platform/backup/recovery-key.ts';
import { readSealed, writeSealed } from '#platform/backup/sealed-file.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { query } from '#platform/testing/service-process.ts';
import { dump } from '#services/api/person-file/testing/dump.ts';
import { liveIn, SAID } from '#services/api/person-file/testing/lived-home.ts';
import { type ApiUnderTest, startApiUnderTest } from '#services/api/testing/api-under-test.ts';
import { runPact } from './testing/run-pact.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
/** What a restore writes itself, and what else is not of the register. */
const NOT_COMPARED = /^public\.(kysely_\w+|backup_key|backup_run|audit_entry|message|watermark)$|^bullmq\./;

let api: ApiUnderTest;
let folder: string;
let env: Record<string, string>;
let file: string;
let keyFile: string;
let recoveryKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pact-backup-'));
  api = await startApiUnderTest('2026-11-23T10:00:00+08:00');
  await liveIn(api);
  env = { DATABASE_URL: api.databaseUrl, PACT_DATA_DIR: join(folder, 'data'), PACT_LANGUAGE: 'en' };
  const made = await runPact(['backup', '--to', join(folder, 'backups/'), '--json'], env);
  expect([made.code, made.stderr]).toEqual([0, '']);
  ({ file, recoveryKey } = JSON.parse(made.stdout));
  keyFile = join(folder, 'key');
  await writeFile(keyFile, `# of the safe\n${recoveryKey}\n`);
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await rm(folder, { recursive: true });
});

/** Restores into a database of its own. */
async function restore(options: { file?: string; key?: string; data?: string; args?: string[] } = {}) {
  const database = await createTestDatabase();
  const data = options.data ?? (await mkdtemp(join(folder, 'data-')));
  const args = ['restore', options.file ?? file, '--key-file', options.key ?? keyFile, '--json'];
  const ran = await runPact([...args, ...(options.args ?? [])], {
    ...env,
    DATABASE_URL: database.url,
    PACT_DATA_DIR: data,
  });
  return { ...ran, answer: JSON.parse(ran.stdout), database, data };
}

async function sorted(url: string): Promise<[string, string[]][]> {
  const tables = [...(await dump(url))].filter(([name]) => !NOT_COMPARED.test(name));
  return tables.map(([name, rows]) => [name, rows.split('\n').sort()]);
}

test('a lived home comes back, every row of every table, with the key of its secrets', async () => {
  const { code, answer, database, data, stderr } = await restore();
  expect([code, answer.error]).toEqual([0, undefined]);
  const [before, after] = await Promise.all([sorted(api.databaseUrl), sorted(database.url)]);
  expect(after).toEqual(before);
  expect(before.filter(([, rows]) => rows[0] !== '').length).toBeGreaterThan(30);
  expect(stderr).toMatch(/household: 2 rows/);
  expect(stderr).not.toContain(SAID.name);
  const keys = [join(folder, 'data'), data].map((of) => readFile(join(of, 'server.key'), 'utf8'));
  const [old, restored] = await Promise.all(keys);
  expect(restored).toBe(old);
  // Numbers go on where they were, and what watches over rows watches again.
  const [{ last } = { last: 0 }] = await query<{ last: number }>(
    database.url,
    `insert into audit_entry (at, actor_kind, action, subject_kind) values (now(), 'cli', 'x', 'x') returning id::int as last`,
  );
  const [{ most } = { most: 0 }] = await query<{ most: number }>(
    api.databaseUrl,
    'select max(id)::int as most from audit_entry',
  );
  expect(last).toBeGreaterThan(most);
  const off = `select from pg_trigger where tgenabled = 'D' union all select from pg_constraint where not convalidated`;
  expect(await query(database.url, off)).toEqual([]);
  await expect(query(database.url, `delete from household`)).rejects.toThrow(/foreign key/);
  await database.drop();
});

test('the file names nobody, is for its owner alone, and the second backup shows no key', async () => {
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect((await readFile(file)).includes(SAID.name)).toBe(false);
  const again = JSON.parse(
    (await runPact(['backup', '--to', join(folder, 'again.age'), '--json'], env)).stdout,
  );
  expect(again).toMatchObject({ recoveryKey: null, verified: 'beside' });
  const { answer, database } = await restore({ file: join(folder, 'again.age') });
  expect(answer.error).toBeUndefined();
  await database.drop();
  expect(
    await query(
      api.databaseUrl,
      `select from audit_entry where action = 'backup.make' and actor_kind = 'cli'`,
    ),
  ).toHaveLength(2);
  expect((await runPact(['backup', '--to', join(folder, 'again.age'), '--json'], env)).stdout).toContain(
    'CONFLICT',
  );
});

test('a backup that is made while others write is of one moment', async () => {
  const writing = new AbortController();
  const written = (async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    for (let n = 0; !writing.signal.aborted; n += 1) {
      await client.query('begin');
      await client.query(`insert into district (id, name) values (gen_random_uuid(), $1)`, [`d${n}`]);
      await client.query(
        `insert into street (id, district_id, name) select gen_random_uuid(), id, $1 from district where name = $1`,
        [`d${n}`],
      );
      await client.query('commit');
    }
    await client.end();
  })();
  const made = await runPact(['backup', '--to', join(folder, 'busy.age'), '--json'], env);
  writing.abort();
  await written;
  expect([made.code, made.stderr]).toEqual([0, '']);
  const { database } = await restore({ file: join(folder, 'busy.age') });
  const [counted] = await query<{ districts: string; streets: string }>(
    database.url,
    'select (select count(*) from district) as districts, (select count(*) from street) as streets',
  );
  expect(Number(counted?.districts)).toBeGreaterThan(0);
  expect(counted?.districts).toBe(counted?.streets);
  await database.drop();
  await query(api.databaseUrl, 'delete from street; delete from district');
});

test('of two at once one makes its backup and the other says that there is one', async () => {
  const made = await Promise.all(
    ['one.age', 'two.age'].map((name) => runPact(['backup', '--to', join(folder, name), '--json'], env)),
  );
  expect(made.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(made.map(({ stdout }) => JSON.parse(stdout).error?.code).filter(Boolean)).toEqual(['CONFLICT']);
});

test('a wrong key, a damaged file, a newer version and a database in use change nothing', async () => {
  const other = join(folder, 'other-key');
  await writeFile(other, (await createRecoveryKey()).identity);
  const bytes = await readFile(file);
  const damaged = join(folder, 'damaged.age');
  await writeFile(damaged, bytes.subarray(0, -20));
  const newer = await reseal((part) =>
    part.name === 'manifest.json'
      ? { ...part, bytes: Buffer.from(`${part.bytes}`.replace('0001-foundation', '9999-tomorrow')) }
      : part,
  );
  const poorer = await reseal((part) => (part.name.startsWith('tables/resident/') ? undefined : part));
  for (const [code, options] of [
    ['BACKUP_TOO_NEW', { file: newer }],
    ['BACKUP_DAMAGED', { file: poorer }],
    ['BACKUP_KEY_WRONG', { key: other }],
    ['BACKUP_DAMAGED', { file: damaged }],
    ['NOT_FOUND', { file: join(folder, 'nowhere.age') }],
    ['BAD_REQUEST', { key: damaged }],
    ['SECRET_MISMATCH', { secret: 'x'.repeat(32) }],
  ] as const) {
    const { database, ...ran } = await restoreAs(options);
    expect([ran.code, ran.answer.error?.code]).toEqual([1, code]);
    expect(await query(database.url, 'select from community')).toEqual([]);
    expect(await besides(database.url)).toEqual([]);
    await database.drop();
  }
});

/** The backup with other parts in it, as only somebody with the key can make it. */
async function reseal(change: (part: Part) => Part | undefined): Promise<string> {
  const changed = join(folder, `${crypto.randomUUID()}.age`);
  async function* parts() {
    for await (const part of unpackArchive(readSealed(file, recoveryKey))) {
      const put = change(part);
      if (put) yield put;
    }
  }
  await writeSealed(changed, [await identityToRecipient(recoveryKey)], packArchive(parts()));
  return changed;
}

const restoreAs = async ({ secret, ...options }: { file?: string; key?: string; secret?: string }) => {
  const before = env;
  if (secret) env = { ...env, PACT_SECRET: secret };
  try {
    return await restore(options);
  } finally {
    env = before;
  }
};

/** Databases that were made beside this one. */
const besides = async (url: string) =>
  query(url, `select datname from pg_database where datname like current_database() || '\\_%'`);

test('a database with homes is replaced only when told so, and kept aside; one in use not at all', async () => {
  const { database, data } = await restore();
  const again = { ...env, DATABASE_URL: database.url, PACT_DATA_DIR: data };
  const args = ['restore', file, '--key-file', keyFile, '--json'];
  await query(database.url, `update community set name = '别处'`);
  expect(JSON.parse((await runPact(args, again)).stdout).error.code).toBe('DATABASE_NOT_EMPTY');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  expect(JSON.parse((await runPact([...args, '--replace'], again)).stdout).error.code).toBe(
    'DATABASE_IN_USE',
  );
  // Whoever leaves just now does not keep it from being replaced.
  const [{ stdout }] = await Promise.all([
    runPact([...args, '--replace'], again),
    setTimeout(400).then(() => client.end()),
  ]);
  const replaced = JSON.parse(stdout);
  expect(await query(database.url, 'select name from community')).toEqual([{ name: '示范社区' }]);
  const url = new URL(database.url);
  url.pathname = replaced.aside;
  expect(await query(url.href, 'select name from community')).toEqual([{ name: '别处' }]);
  await database.drop();
});

test('what was to be sent at the backup is asked for first, and what is old is not sent at all', async () => {
  const message = (id: string, state: string, at: string) => `
    insert into message (id, direction, kind, channel, phone, text, state, created_at, next_attempt_at)
    values ('${id}', 'out', 'notice', 'sms', '+8613900000001', 'x', '${state}', ${at}, now())`;
  const [young, old] = [crypto.randomUUID(), crypto.randomUUID()];
  await query(
    api.databaseUrl,
    `${message(young, 'planned', 'now()')};${message(old, 'planned', `now() - interval '2 days'`)}`,
  );
  await runPact(['backup', '--to', join(folder, 'sending.age')], env);
  const { database } = await restore({ file: join(folder, 'sending.age') });
  expect(
    await query(
      database.url,
      `select id, state, failure, sending_at = created_at as asked from message where id in ('${young}', '${old}') order by created_at`,
    ),
  ).toEqual([
    { id: old, state: 'failed', failure: 'gave_up', asked: null },
    { id: young, state: 'sending', failure: null, asked: true },
  ]);
  await database.drop();
});

test('a disk that fills up leaves no file, and says so', async () => {
  await query(
    api.databaseUrl,
    `insert into event (type, at, at_source, received_at) select 'seen', now(), 'received', now() from generate_series(1, 20000)`,
  );
  const to = await mkdtemp(join(folder, 'full-'));
  const command = `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, CLI, 'backup', '--to', to, '--json'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [stdout] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([(await exited)[0], JSON.parse(stdout).error.code]).toEqual([1, 'BACKUP_FAILED']);
  expect(await readdir(to)).toEqual([]);
  expect(await query(api.databaseUrl, 'select failure from backup_run where failure is not null')).toEqual([
    { failure: 'BACKUP_FAILED' },
  ]);
});

test('a user who may make no databases has a backup checked by a PostgreSQL of its own, and restores nothing', async () => {
  const { database } = await restore();
  const [{ name, owner } = { name: '', owner: '' }] = await query<{ name: string; owner: string }>(
    database.url,
    `select current_database() as name, 'poor_' || md5(random()::text) as owner`,
  );
  await query(
    database.url,
    `create role ${owner} login password 'p'; alter database ${name} owner to ${owner};
     do 'declare t text; begin
       for t in select quote_ident(relname) from pg_class where relnamespace = ''public''::regnamespace and relkind = ''r''
       loop execute ''alter table '' || t || '' owner to ${owner}''; end loop; end'`,
  );
  const url = new URL(database.url);
  url.username = owner;
  url.password = 'p';
  const poor = { ...env, DATABASE_URL: url.href };
  const made = await runPact(['backup', '--to', join(folder, 'poor.age'), '--json'], poor);
  expect([made.code, JSON.parse(made.stdout).verified]).toEqual([0, 'apart']);
  const refused = await runPact(['restore', file, '--key-file', keyFile, '--replace', '--json'], poor);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: 'DATABASE_RIGHTS_MISSING',
    hint: expect.stringContaining('createdb'),
  });
  await database.drop();
});
