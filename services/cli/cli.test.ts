import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { type Ran, runPact, spawnPact } from './testing/run-pact.ts';

const SAMPLE = fileURLToPath(new URL('../../docs/register-sample.csv', import.meta.url));

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pact-cli-'));
  env = { DATABASE_URL: database.url, PACT_DATA_DIR: join(folder, 'data'), INIT_CWD: folder };
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const pact = (...args: string[]): Promise<Ran> => runPact(args, env);

/** The one JSON value of a command, and that there is nothing else on stdout. */
async function pactJson(code: number, ...args: string[]) {
  const ran = await pact(...args, '--json');
  expect([args.join(' '), ran.code, ran.stderr.split('\n')[0]]).toEqual([
    args.join(' '),
    code,
    code === 0 ? '' : expect.any(String),
  ]);
  expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(ran.stdout);
}

test('says that the register is empty, and what to do', async () => {
  const { error } = await pactJson(1, 'today');
  expect(error.code).toBe('NOT_FOUND');
  expect(error.message).toContain('import');
});

test('a trial import of the sample writes nothing', async () => {
  const tried = await pactJson(0, 'import', SAMPLE, '--dry-run');
  expect(tried).toMatchObject({
    imported: false,
    dryRun: true,
    rows: 5,
    households: { created: 5 },
    sensorCredentials: [],
  });
  await pactJson(1, 'today');
});

test('the sample is imported, its secrets go to a file of one’s own, and again changes nothing', async () => {
  const imported = await pactJson(0, 'import', SAMPLE, '--secrets', 'secrets.csv');
  expect(imported).toMatchObject({
    imported: true,
    refusedRows: 0,
    households: { created: 5 },
    sensors: { created: 4 },
  });
  expect(imported.sensorCredentials[0]).not.toHaveProperty('secret');
  const secrets = join(folder, 'secrets.csv');
  expect((await stat(secrets)).mode & 0o077).toBe(0);
  expect((await readFile(secrets, 'utf8')).trimEnd().split('\n')).toHaveLength(5);

  const again = await pactJson(0, 'import', SAMPLE);
  for (const part of ['communities', 'households', 'residents', 'people', 'pacts', 'sensors']) {
    expect([part, again[part]]).toEqual([part, { created: 0, changed: 0 }]);
  }
  expect(again.rosters).toBe(0);
  expect((await pact('import', SAMPLE)).stdout).toBe('登记册与表一致，没有改动。\n');

  expect(await pactJson(0, 'export', 'out.xlsx')).toMatchObject({ community: '示范社区', homes: again.rows });
  expect((await pactJson(1, 'export', 'out.xlsx')).error.code).toBe('CONFLICT');
  expect((await pact('import', 'out.xlsx')).stdout).toBe('登记册与表一致，没有改动。\n');
  expect((await pact('import', SAMPLE, '--secrets', 'secrets.csv')).code).toBe(1);
});

test('the list for a manual round names every home with its steward, and that somebody printed it is written down', async () => {
  const tomorrow = ['--date', '2099-03-02'];
  const { homes } = await pactJson(0, 'round', ...tomorrow);
  expect(homes).toHaveLength(5);
  const { stdout } = await pact('round', ...tomorrow);
  for (const { code, steward, stewardPhone, phone } of homes) {
    expect([code, stdout.includes(`红管家 ${steward}  ${stewardPhone}`)]).toEqual([code, true]);
    if (phone) expect(stdout).toContain(phone);
  }
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rowCount } = await client.query(`select from audit_entry where action = 'round.print'`);
  await client.end();
  expect(rowCount).toBe(2);
});

const BAD = [
  '户号,称呼,社区,网格,楼栋,房号,姓名,出生年',
  '21,冯奶奶,示范社区,第一网格,1,101,冯秀兰,1940',
  '22,陈爷爷,示范社区,第一网格,1,102,陈大山,3940',
  '',
].join('\n');

test('one bad row keeps the whole file out, by row and column', async () => {
  await writeFile(join(folder, 'bad.csv'), BAD);
  const refused = await pactJson(1, 'import', 'bad.csv');
  expect(refused).toMatchObject({
    imported: false,
    refusedRows: 1,
    problems: [{ row: 3, column: '出生年', reason: 'impossible_year' }],
  });
  const said = await runPact(['import', 'bad.csv'], { ...env, PACT_LANGUAGE: 'en' });
  expect(said.stdout).toMatch(/^row 3, 出生年: a year of birth has four digits/);
  expect(said.stdout).not.toContain('3940');
  const { homes } = await pactJson(0, 'today');
  expect(homes).toHaveLength(5);
});

test('a file with nothing but its columns is refused, and a zone that the community has not', async () => {
  await writeFile(join(folder, 'columns.csv'), BAD.split('\n')[0] ?? '');
  const empty = await pactJson(1, 'import', 'columns.csv');
  expect(empty).toMatchObject({ imported: false, rows: 0, problems: [{ row: 1, reason: 'no_rows' }] });
  expect((await pact('import', 'columns.csv')).stdout).toContain('什么都没有写入');
  const { error } = await pactJson(1, 'import', SAMPLE, '--time-zone', 'Europe/London');
  expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('Asia/Shanghai') });
  await pactJson(0, 'import', SAMPLE, '--time-zone', 'Asia/Shanghai');
});

test('the good rows are kept when the person says so', async () => {
  const kept = await pactJson(0, 'import', 'bad.csv', '--keep-good');
  expect(kept).toMatchObject({ imported: true, refusedRows: 1, households: { created: 1 } });
  const { homes } = await pactJson(0, 'today');
  expect(homes.map((home: { code: string }) => home.code)).toEqual(['01', '02', '03', '04', '05', '21']);
});

test('a sensor is added with its secret and topic, listed without it, and retired', async () => {
  const sensor = await pactJson(0, 'sensor', 'add', '--household', '05', '--id', 'curtain-05');
  expect(sensor).toMatchObject({ id: 'curtain-05', household: '05', topic: 'pact/v1/curtain-05/event' });
  expect(sensor.secret).toMatch(/^[\w-]{43}$/);
  const listed = await pact('sensor', 'list', '--json');
  expect(listed.stdout).toContain('curtain-05');
  expect(listed.stdout).not.toContain(sensor.secret);
  expect((await pactJson(1, 'sensor', 'add', '--household', '05', '--id', 'curtain-05')).error.code).toBe(
    'CONFLICT',
  );
  expect((await pactJson(1, 'sensor', 'add', '--household', '99')).error.code).toBe('NOT_FOUND');
  await pactJson(0, 'sensor', 'retire', 'curtain-05');
  await pactJson(1, 'sensor', 'retire', 'curtain-05');
});

test('a sensor is shown with what could not be read of it', async () => {
  const shown = await pactJson(0, 'sensor', 'show', 'curtain-01');
  expect(shown).toMatchObject({ id: 'curtain-01', code: '01', unread: [] });
  expect((await pactJson(1, 'sensor', 'show', 'curtain-99')).error.code).toBe('NOT_FOUND');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `insert into quarantine (sensor_id, received_at, topic, reason, payload, size)
     values ('curtain-01', '2026-03-02T00:00:00Z', 'pact/v1/curtain-01/event', 'type_missing', '{}', 2)`,
  );
  await client.end();
  const chinese = await pact('sensor', 'show', 'curtain-01');
  expect(chinese.stdout).toContain('2026-03-02 08:00  没有写消息类型');
});

test('a token is shown once, listed without its secret, and revoked once', async () => {
  const made = await pactJson(0, 'token', 'create', 'district');
  const listed = await pact('token', 'list', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: made.id, name: 'district', revokedAt: null }]);
  expect(listed.stdout).not.toContain(made.token);
  await pactJson(0, 'token', 'revoke', made.id);
  await pactJson(1, 'token', 'revoke', made.id);
  await pactJson(1, 'token', 'revoke', 'not-an-id');
  const numbers = await pactJson(0, 'token', 'create', 'numbers', '--role', 'district');
  expect(numbers).toMatchObject({ name: 'numbers', role: 'district' });
  const king = await pact('token', 'create', 'numbers', '--role', 'admin');
  expect([king.code, king.stdout]).toEqual([1, '']);
});

test('a colleague is invited by a one-time link, for one community where it is named', async () => {
  const invited = await pactJson(0, 'invite');
  expect(invited).toMatchObject({ role: 'office', community: null });
  expect(invited.link).toMatch(/^http:\/\/127\.0\.0\.1:8080\/setup#token=[\w-]{43}$/);
  expect(Date.parse(invited.expiresAt)).toBeGreaterThan(Date.now());
  const local = await pactJson(0, 'invite', '--role', 'admin', '--community', '示范社区');
  expect(local).toMatchObject({ role: 'admin', community: '示范社区' });
  expect((await pactJson(1, 'invite', '--community', '别处')).error.code).toBe('NOT_FOUND');
  const said = await runPact(['invite'], { ...env, PACT_PUBLIC_URL: 'https://pact.example' });
  expect(said.stdout).toContain('\nhttps://pact.example/setup#token=');
  const wrong = await runPact(['invite', '--role', 'king'], env);
  expect([wrong.code, wrong.stdout]).toEqual([1, '']);
});

test('today, alerts and ledger are told to people in their language', async () => {
  const chinese = await pact('today');
  expect(chinese.stdout).toMatch(/^示范社区 \d{4}-\d{2}-\d{2}：立约/);
  expect(chinese.stdout).toContain('秦奶奶');
  const english = await runPact(['today'], { ...env, LANG: 'en_GB.UTF-8' });
  expect(english.stdout).toMatch(/homes enrolled/);
  expect((await pact('alerts')).stdout).toBe('（没有）\n');
  expect(await pactJson(0, 'alerts')).toEqual([]);
  expect(await pactJson(0, 'ledger')).toMatchObject({ community: '示范社区', days: [] });
  expect((await pactJson(1, 'ledger', '--from', '2026-02-30')).error.code).toBe('BAD_REQUEST');
  expect(await pactJson(0, 'report', '--month', '2026-02')).toMatchObject({
    month: '2026-02',
    to: '2026-02-28',
    counts: { enrolled: 0 },
  });
  expect((await pactJson(1, 'report', '--month', '2026-13')).error.code).toBe('BAD_REQUEST');
});

test('the rota of a week is told', async () => {
  const week = await pactJson(0, 'rota', '--week', '2030-01-03');
  expect(week).toMatchObject({ week: '2029-12-31', community: '示范社区' });
  const chinese = await pact('rota', '--week', '2030-01-03');
  expect(chinese.stdout).toMatch(/^示范社区 值班，2029-12-31 起的一周/);
  expect(chinese.stdout).toContain('班');
  const english = await runPact(['rota'], { ...env, LANG: 'en_GB.UTF-8' });
  expect(english.stdout).toContain('the rota of the week');
  expect((await pactJson(1, 'rota', '--week', '2030-02-30')).error.code).toBe('BAD_REQUEST');
});

test.each([
  ['an option that nobody knows', ['today', '--bogus'], '不认识 --bogus'],
  ['a command that nobody knows', ['tody'], '不认识 tody'],
  ['a command without its part', ['token'], '请写出'],
  ['no command', [], '请写出'],
  ['an argument too many', ['today', 'x'], '多余'],
  ['an argument too few', ['import'], '缺少 file'],
  ['an option that must be there', ['sensor', 'add'], '缺少 --household'],
  ['a value that is none of the choices', ['invite', '--role', 'king'], '--role'],
  ['a token without a name', ['token', 'create', ' '], '名称'],
  ['a ledger from its end', ['ledger', '--from', '2026-03-02', '--to', '2026-03-01'], '第一天'],
  ['a day of the year nought', ['today', '--date', '0000-01-01'], '日期'],
])('%s is answered as a bad request, in people’s language', async (_what, args, said) => {
  const { error } = await pactJson(1, ...args);
  expect(error).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining(said) });
  const ran = await runPact(args, { ...env, PACT_LANGUAGE: 'en' });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/Failed \(BAD_REQUEST\): [A-Z]/);
});

test('an option without its value is answered in JSON too', async () => {
  const ran = await pact('today', '--json', '--date');
  expect(JSON.parse(ran.stdout).error).toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('--date'),
  });
});

test('help is no error', async () => {
  const ran = await pact('--help');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('import');
});

test('settings that cannot be used are told by key and never by value', async () => {
  const ran = await runPact(['today', '--json'], { ...env, PACT_HTTP_PORT: 'secret-value' });
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.stdout).error.code).toBe('CONFIG_INVALID');
  expect(ran.stderr).toMatch(/^没有成功（CONFIG_INVALID）：设置有误/);
  expect(ran.stdout + ran.stderr).toContain('PACT_HTTP_PORT');
  expect(ran.stdout + ran.stderr).not.toContain('secret-value');
});

test('a community that is not there is answered with those that are', async () => {
  const { error } = await pactJson(1, 'today', '--community', '别处');
  expect(error.hint).toContain('示范社区');
});

test('the program itself prints one JSON value, and fails loudly where it is used wrongly', async () => {
  const today = await spawnPact(['today', '--json'], env);
  expect([today.code, today.stderr]).toEqual([0, '']);
  expect(JSON.parse(today.stdout).homes).toHaveLength(6);
  const wrong = await spawnPact(['sensor', 'add', '--json'], env);
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout).error.code).toBe('BAD_REQUEST');
  expect(wrong.stderr).toContain('--household');
});
