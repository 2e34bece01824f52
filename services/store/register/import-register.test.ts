import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkSheet } from '#contracts/register-sheet/check-sheet.ts';
import type { Cell, RegisterDraft } from '#contracts/register-sheet/sheet.ts';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import type { Db } from '../database.ts';
import { recordConsent, withdrawConsent } from '../enrolment/consent.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { removeHousehold } from './household.ts';
import { type ImportReport, importRegister, readKnownRegister } from './import-register.ts';

const NOW = Temporal.Instant.from('2026-03-02T01:00:00+08:00');
const KEY = Buffer.alloc(32, 7);
const BY = { kind: 'cli' };
const SHEET: Record<string, Cell> = {
  户号: '07',
  称呼: '王奶奶',
  区: '解放区',
  街道: '焦北街道',
  社区: '示范社区',
  网格: '第一网格',
  楼栋: '3',
  房号: '502',
  电话: '19900000207',
  姓名: '王桂兰',
  出生年: '1941',
  红管家: '赵红梅',
  红管家电话: '19900000001',
  替补: '钱建国',
  替补电话: '19900000002',
  邻里1: '孙阿姨',
  邻里1电话: '19900000101',
  值班: '社区值班室',
  值班电话: '19900000900',
  传感器编号: 'curtain-07',
  约定时间: '07:30',
};

let opened: TestDb;
let db: Db;

beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});

afterAll(() => opened?.close());

beforeEach(async () => {
  const tables =
    'district, street, community, grid, person, household, resident, assignment, sensor, pact, ladder, audit_entry';
  await db.executeQuery({ sql: `truncate ${tables} cascade`, parameters: [] } as never);
});

async function draftOf(rows: readonly Record<string, Cell>[]): Promise<RegisterDraft> {
  const columns = [...new Set([...Object.keys(SHEET), ...rows.flatMap(Object.keys)])];
  const sheet = checkSheet(
    [
      { row: 1, cells: columns },
      ...rows.map((row, index) => ({
        row: index + 2,
        cells: columns.map((column) => ({ ...SHEET, ...row })[column] ?? null),
      })),
    ],
    { thisYear: 2026, known: await readKnownRegister(db) },
  );
  expect(sheet.problems).toEqual([]);
  return sheet.draft;
}

type ImportArgs = { now?: Temporal.Instant; fromOn?: string; dryRun?: boolean };

const importRows = async (
  rows: readonly Record<string, Cell>[],
  args: ImportArgs = {},
): Promise<ImportReport> => {
  const options = { key: KEY, timeZone: 'Asia/Shanghai', fromOn: args.fromOn, by: BY };
  return importRegister(db, await draftOf(rows), options, args.now ?? NOW, args.dryRun);
};

const pactOf = (code: string) =>
  db
    .selectFrom('pact as p')
    .innerJoin('household as h', 'h.id', 'p.household_id')
    .selectAll('p')
    .where('h.code', '=', code)
    .executeTakeFirstOrThrow();

const rosterOf = async (code: string) => {
  const rows = await db
    .selectFrom('assignment as a')
    .innerJoin('household as h', 'h.id', 'a.household_id')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.role', 'p.name'])
    .where('h.code', '=', code)
    .orderBy('a.role')
    .orderBy('a.position')
    .execute();
  return rows.map(({ role, name }) => `${role} ${name}`);
};

const changesOf = ({ credentials: _, pactsFrom: _from, importId: _id, ...report }: ImportReport) =>
  Object.entries(report).filter(
    ([, count]) => (typeof count === 'number' ? count : count.created + count.changed) > 0,
  );

test('a home comes with its elder, its people, its pact and its sensor', async () => {
  const report = await importRows([{}]);
  expect(report).toMatchObject({
    communities: { created: 1, changed: 0 },
    households: { created: 1, changed: 0 },
    residents: { created: 1, changed: 0 },
    people: { created: 4, changed: 0 },
    pacts: { created: 1, changed: 0 },
    sensors: { created: 1, changed: 0 },
    rosters: 1,
  });
  expect(await rosterOf('07')).toEqual(['backup 钱建国', 'neighbour 孙阿姨', 'primary 赵红梅']);
  expect(await pactOf('07')).toMatchObject({ deadline: '07:30', earliest: '04:00', from_on: '2026-03-02' });
  const ladders = await db.selectFrom('ladder').select('name').execute();
  expect(ladders).toEqual([{ name: 'default' }]);
});

test('the secret of a new sensor is told once and stored only as a hash', async () => {
  const [sensor] = (await importRows([{}])).credentials;
  expect(sensor).toMatchObject({ id: 'curtain-07', code: '07', topic: 'pact/v1/curtain-07/event' });
  const stored = await db
    .selectFrom('sensor as s')
    .innerJoin('sensor_state as st', 'st.sensor_id', 's.id')
    .select(['s.secret_hash', 's.household_id', 'st.household_id as mirrored', 'st.curtain'])
    .executeTakeFirstOrThrow();
  expect(stored.secret_hash.equals(hashSensorSecret(KEY, 'curtain-07', sensor?.secret ?? ''))).toBe(true);
  expect(stored.mirrored).toBe(stored.household_id);
  expect(stored.curtain).toBe('unknown');
});

test('the same file again changes nothing, not even a month later', async () => {
  const rows = [{ 开始日期: '2026-02-01' }, { 户号: '08', 传感器编号: 'curtain-08', 红管家电话: '' }];
  await importRows(rows);
  const before = await db.selectFrom('audit_entry').select('id').execute();
  const again = await importRows(rows, { now: NOW.add({ hours: 24 * 30 }) });
  expect(changesOf(again)).toEqual([]);
  expect(again.credentials).toEqual([]);
  expect(await db.selectFrom('audit_entry').select('id').execute()).toEqual(before);
});

test('a file that differs changes only what differs', async () => {
  await importRows([{}, { 户号: '08', 传感器编号: 'curtain-08' }]);
  const report = await importRows([
    { 房号: '503', 约定时间: '08:30', 替补: '周敏', 替补电话: '19900000003' },
  ]);
  expect(
    changesOf(report)
      .map(([part]) => part)
      .sort(),
  ).toEqual(['households', 'pacts', 'people', 'rosters']);
  expect(await rosterOf('07')).toEqual(['backup 周敏', 'neighbour 孙阿姨', 'primary 赵红梅']);
  expect(await rosterOf('08')).toEqual(['backup 钱建国', 'neighbour 孙阿姨', 'primary 赵红梅']);
  expect(await pactOf('07')).toMatchObject({ deadline: '08:30', earliest: '04:00' });
});

test('what a row leaves empty stays as the register has it', async () => {
  await importRows([{ 听力弱: '是', 备注: '敲门要重' }]);
  const empty = {
    电话: '',
    出生年: '',
    听力弱: '',
    备注: '',
    替补: '',
    替补电话: '',
    约定时间: '',
    传感器编号: '',
  };
  expect(changesOf(await importRows([empty]))).toEqual([]);
  expect(await pactOf('07')).toMatchObject({ deadline: '07:30' });
  expect(await rosterOf('07')).toContain('backup 钱建国');
});

test('a trial run tells what would change and writes nothing', async () => {
  const report = await importRows([{}], { dryRun: true });
  expect(report.households).toEqual({ created: 1, changed: 0 });
  expect(report.credentials).toEqual([]);
  expect(await db.selectFrom('household').select('id').execute()).toEqual([]);
});

test('a pact begins today while today’s deadline of that home lies ahead, else tomorrow', async () => {
  const early = await importRows([{}], { now: Temporal.Instant.from('2026-03-02T07:29:59+08:00') });
  expect((await pactOf('07')).from_on).toBe('2026-03-02');
  expect(early.pactsFrom).toEqual([{ fromOn: '2026-03-02', homes: 1 }]);
  const late = await importRows(
    [
      { 户号: '08', 传感器编号: '' },
      { 户号: '09', 传感器编号: '', 约定时间: '08:30' },
    ],
    { now: Temporal.Instant.from('2026-03-02T07:30:00+08:00') },
  );
  expect((await pactOf('08')).from_on).toBe('2026-03-03');
  expect((await pactOf('09')).from_on).toBe('2026-03-02');
  expect(late.pactsFrom).toEqual([
    { fromOn: '2026-03-02', homes: 1 },
    { fromOn: '2026-03-03', homes: 1 },
  ]);
  expect((await importRows([{}])).pactsFrom).toEqual([]);
});

test('a pact that is told to begin earlier never begins with a deadline that has passed', async () => {
  const before = Temporal.Instant.from('2026-03-02T07:29:00+08:00');
  await importRows([{}], { now: before, fromOn: '2026-03-02' });
  expect((await pactOf('07')).from_on).toBe('2026-03-02');
  const after = Temporal.Instant.from('2026-03-02T07:30:00+08:00');
  await importRows([{ 户号: '08', 传感器编号: '', 开始日期: '2025-11-01' }], { now: after });
  expect((await pactOf('08')).from_on).toBe('2026-03-03');
  await importRows([{ 户号: '09', 传感器编号: '', 开始日期: '2026-05-01' }], { now: after });
  expect((await pactOf('09')).from_on).toBe('2026-05-01');
});

test('the opening of the day takes up a home that was imported after it', async () => {
  await importRows([{}]);
  await openDays(db, NOW);
  await importRows([{ 户号: '08', 传感器编号: '' }], { now: NOW.add({ minutes: 5 }) });
  await refreshStaleDays(db, NOW.add({ minutes: 6 }), 100);
  const days = await db
    .selectFrom('pact_day as d')
    .innerJoin('household as h', 'h.id', 'd.household_id')
    .select(['h.code', 'd.verdict'])
    .where('d.on_date', '=', '2026-03-02')
    .orderBy('h.code')
    .execute();
  expect(days).toEqual([
    { code: '07', verdict: 'awaiting' },
    { code: '08', verdict: 'awaiting' },
  ]);
});

test('a home that has taken its consent back is not watched again by a sheet, before somebody has signed anew', async () => {
  await importRows([{}]);
  const home = await db
    .selectFrom('household')
    .select('id')
    .where('code', '=', '07')
    .executeTakeFirstOrThrow();
  const sign = async () => {
    const signed = await recordConsent(db, home.id, { purpose: 'pact', signedOn: '2026-03-01' }, BY, NOW);
    if (!signed.ok) throw new Error(signed.reason);
    return signed.value.id;
  };
  const withdrawn = await withdrawConsent(db, await sign(), '2026-03-02', BY, NOW);
  expect(withdrawn).toMatchObject({ ok: true });
  const { until_on: ended } = await pactOf('07');
  expect(ended).not.toBeNull();
  await removeHousehold(db, home.id, BY, NOW);
  const later = NOW.add({ hours: 72 });
  expect(await importRows([{}], { now: later })).toMatchObject({ pactsFrom: [] });
  expect(await pactOf('07')).toMatchObject({ until_on: ended });
  await sign();
  await removeHousehold(db, home.id, BY, later);
  await importRows([{}], { now: later });
  expect(await pactOf('07')).toMatchObject({ until_on: null });
});

test('a home that was removed comes back with a pact that begins anew', async () => {
  await importRows([{}]);
  const { id } = await db.selectFrom('household').select('id').executeTakeFirstOrThrow();
  expect(await removeHousehold(db, id, BY, NOW)).toMatchObject({ ok: true });
  const report = await importRows([{}], { now: NOW.add({ hours: 24 * 10 }) });
  expect(report.households).toEqual({ created: 0, changed: 1 });
  expect(report.sensors).toEqual({ created: 0, changed: 1 });
  expect((await pactOf('07')).from_on).toBe('2026-03-12');
  expect(await rosterOf('07')).toContain('primary 赵红梅');
});

test('two imports at once end as one after the other', async () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({
    户号: String(10 + index),
    传感器编号: `s-${index}`,
  }));
  const draft = await draftOf(rows);
  const options = { key: KEY, timeZone: 'Asia/Shanghai', by: BY };
  const reports = await Promise.all([
    importRegister(db, draft, options, NOW),
    importRegister(db, { ...draft, households: draft.households.toReversed() }, options, NOW),
  ]);
  expect(reports.map(({ households }) => households.created).sort()).toEqual([0, 30]);
  expect(reports.map(({ sensors }) => sensors.created).sort()).toEqual([0, 30]);
});

test('a thousand homes come in within seconds', async () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    户号: String(1_000 + index),
    传感器编号: `s-${index}`,
    红管家: `红管家${index % 300}`,
    红管家电话: `1990000${String(1_000 + (index % 300))}`,
  }));
  const startedAt = performance.now();
  const report = await importRows(rows);
  expect(report.households.created).toBe(1_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  const again = performance.now();
  expect(changesOf(await importRows(rows))).toEqual([]);
  expect(performance.now() - again).toBeLessThan(10_000);
});
