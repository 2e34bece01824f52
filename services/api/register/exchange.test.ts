import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSheet } from '#contracts/register-sheet/write-sheet.ts';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let as: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T10:00:00+08:00');
  as = await asProgram(api);
});
afterAll(() => api.stop());

const NAMES = { register: '登记册', about: '说明' };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
type Values = Record<string, string>;
const workbookOf = (rows: readonly Values[]) =>
  writeSheet(
    rows.map((values) => ({ community: '', code: '', values })),
    [],
    NAMES,
  );

async function send(bytes: Buffer, query = '', type = XLSX, by = as) {
  const answer = await api.request({
    method: 'POST',
    url: `/api/v1/register/sheet${query}`,
    headers: { 'content-type': type },
    payload: bytes,
    as: by,
  });
  return { status: answer.statusCode, ...answer.json() };
}
const take = async (bytes: Buffer) => send(bytes, `?stamp=${(await send(bytes)).stamp}`);
const communityId = async () =>
  (await api.db.selectFrom('community').select('id').where('name', '=', '千户社区').executeTakeFirstOrThrow())
    .id;
const exported = async () =>
  (await api.request({ url: `/api/v1/register/sheet?community=${await communityId()}`, as })).rawPayload;

/** Every field, odd characters, leading zeros, two elders, text that looks like a formula, a mobile and a fixed line. */
function home(n: number): Values {
  const code = String(n).padStart(4, '0');
  return {
    ...{ 户号: code, 称呼: n % 3 ? '王奶奶' : '李爷爷', 社区: '千户社区', 区: '山阳区', 街道: '焦北街道' },
    ...{
      时区: 'Asia/Shanghai',
      网格: `第${(n % 9) + 1}网格`,
      楼栋: String((n % 40) + 1),
      房号: `0${n % 9}0${n % 7}`,
    },
    ...(n % 2 ? { 单元: '2', 楼层: String(n % 30) } : {}),
    ...(n % 4 ? { 电话: `+86139${String(10_000_000 + n)}` } : {}),
    ...(n % 5 ? {} : { 备注: '=SUM(A1) "引号",逗号\t和 é 🌸' }),
    ...{
      姓名: `老人${code}`,
      出生年: String(1930 + (n % 30)),
      独居: n % 2 ? '是' : '否',
      听力弱: n % 6 ? '否' : '是',
    },
    ...(n % 10 ? {} : { 姓名2: `老伴${code}`, 出生年2: '1941', 独居2: '否', 听力弱2: '否' }),
    ...{ 红管家: `管家${n % 35}`, 红管家电话: `+86138${String(20_000_000 + (n % 35))}` },
    ...{ 替补: `管家${(n + 1) % 35}`, 替补电话: `+86138${String(20_000_000 + ((n + 1) % 35))}` },
    ...(n % 7 ? { 邻里: `邻居${n}`, 邻里电话: `+86137${String(30_000_000 + n)}` } : {}),
    ...(n === 7 ? twelveNeighbours() : {}),
    ...(n === 1 ? { 值班: '王主任', 值班电话: '+8613700000001' } : {}),
    ...{ 传感器编号: `curtain-${code}`, 传感器类型: n % 8 ? 'contact' : 'position' },
    ...{ 约定时间: n % 11 ? '08:00' : '07:30', 最早时间: '04:00', 星期: n % 13 ? '每天' : '1,2,3,4,5' },
  };
}

/** More than have one digit. */
const twelveNeighbours = (): Values =>
  Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      index === 0 ? '' : index + 1,
      `+86136${40_000_000 + index}`,
    ]).flatMap(([number, phone], index) => [
      [`邻里${number}`, `十户${index + 1}`],
      [`邻里电话${number}`, String(phone)],
    ]),
  );

/** The register's tables without the times at which they were written. */
async function dump(): Promise<unknown> {
  const tables = [
    'household',
    'resident',
    'person',
    'assignment',
    'pact',
    'grid',
    'sensor',
    'community',
  ] as const;
  const all: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await sql<{ row: unknown }>`
      select to_jsonb(t) - '{created_at,updated_at,secret_hash}'::text[] as row from ${sql.table(table)} t
      order by to_jsonb(t)::text`.execute(api.db);
    all[table] = rows;
  }
  return all;
}

describe('a register of a thousand homes', () => {
  it('imported, changed, exported and imported again makes no difference', { timeout: 60_000 }, async () => {
    const sheet = await workbookOf(Array.from({ length: 1000 }, (_, index) => home(index + 1)));
    const preview = await send(sheet);
    expect(preview).toMatchObject({ status: 200, applied: false, rows: 1000, refusedRows: 0, added: 1000 });
    expect(await api.db.selectFrom('household').select('id').execute()).toEqual([]);
    expect(await send(sheet, `?stamp=${preview.stamp}`)).toMatchObject({ applied: true, added: 1000 });
    // Whoever plans the next reading knows of them.
    const { rows: known } = await sql<{ homes: number }>`
      select reltuples::int as homes from pg_class where oid = 'household'::regclass`.execute(api.db);
    expect(known).toEqual([{ homes: 1000 }]);

    const [first] = await api.db.selectFrom('household').select('id').where('code', '=', '0007').execute();
    const changed = { salutation: '王老师', note: null, building: '41' };
    await api.request({ method: 'PATCH', url: `/api/v1/households/${first?.id}`, payload: changed, as });

    const before = await dump();
    const again = await exported();
    const plan = await send(again);
    expect(plan).toMatchObject({
      rows: 1000,
      refusedRows: 0,
      added: 0,
      changed: 0,
      unchanged: 1000,
      unnamed: [],
    });
    expect([plan.problems, plan.changes]).toEqual([[], []]);
    expect(await send(again, `?stamp=${plan.stamp}`)).toMatchObject({ applied: true });
    expect(await dump()).toEqual(before);
  });

  it('shows what changes in each home, column by column, and what is not named', async () => {
    const { changes, unnamed, changed } = await send(
      await workbookOf([{ ...home(8), 称呼: '王婆婆', 约定时间: '07:00' }]),
    );
    expect(changed).toBe(1);
    expect(changes).toEqual([
      {
        ...{ community: '千户社区', code: '0008', isNew: false },
        fields: [
          { column: '称呼', from: '王奶奶', to: '王婆婆' },
          { column: '约定时间', from: '08:00', to: '07:00' },
        ],
      },
    ]);
    expect(unnamed).toHaveLength(500);
  });

  it('keeps the good rows and names each bad cell, and an office may take the good ones', async () => {
    const sheet = await workbookOf([{ ...home(2001), 出生年: '31' }, home(2002)]);
    const report = await take(sheet);
    expect(report).toMatchObject({ applied: true, refusedRows: 1, added: 1 });
    expect(report.problems).toMatchObject([{ row: 2, column: '出生年', reason: 'impossible_year' }]);
    expect(report.credentials).toMatchObject([{ id: 'curtain-2002', secret: expect.any(String) }]);
  });

  it('is not imported by what somebody saw before it changed', async () => {
    const sheet = await workbookOf([{ ...home(9), 称呼: '王婆婆' }]);
    const { stamp } = await send(sheet);
    const [nine] = await api.db.selectFrom('household').select('id').where('code', '=', '0009').execute();
    const payload = { building: '39' };
    await api.request({ method: 'PATCH', url: `/api/v1/households/${nine?.id}`, payload, as });
    expect(await send(sheet, `?stamp=${stamp}`)).toMatchObject({
      status: 409,
      error: { details: { reason: 'preview_stale' } },
    });
    const row = await api.db
      .selectFrom('household')
      .select('salutation')
      .where('code', '=', '0009')
      .executeTakeFirst();
    expect(row?.salutation).toBe('李爷爷');
  });

  it('is given out to whom it belongs, and the log says by whom', async () => {
    await exported();
    const entries = await api.db
      .selectFrom('audit_entry')
      .select(['actor_kind', 'subject_id'])
      .where('action', '=', 'register.export')
      .execute();
    expect(entries.at(-1)).toEqual({ actor_kind: 'token', subject_id: await communityId() });
    const stranger = await api.signInAs({ communityId: await communityId(), role: 'office' });
    const foreign = await workbookOf([{ ...home(5001), 社区: '别的社区' }]);
    expect(await send(foreign, '', XLSX, stranger)).toMatchObject({
      status: 403,
      error: { details: { reason: 'foreign_community' } },
    });
  });
});

describe('an import that was wrong', () => {
  const post = async (url: string, by = as) => {
    const answer = await api.request({ method: 'POST', url: `/api/v1${url}`, payload: {}, as: by });
    return { status: answer.statusCode, ...answer.json() };
  };
  const imports = async () =>
    (await api.request({ url: `/api/v1/register/imports?community=${await communityId()}`, as })).json()
      .items;

  it('is taken back: what it changed is as before, what it made is out of the register', async () => {
    const before = await exported();
    const rows = Array.from({ length: 400 }, (_, index) => ({
      ...home(index + 101),
      楼栋: '99',
      约定时间: '07:15',
    }));
    // Another steward, a new one, and a home that nobody had.
    const sheet = await workbookOf([
      ...rows.map((row) => ({ ...row, 红管家: '新管家', 红管家电话: '+8613812345678' })),
      home(3001),
    ]);
    const taken = await take(sheet);
    expect(taken).toMatchObject({ applied: true, added: 1, changed: 400, importId: expect.any(String) });
    expect(await imports()).toMatchObject([{ id: taken.importId, homes: 401, undone: false }, {}, {}]);

    expect(await post(`/register/imports/${taken.importId}/undo`)).toMatchObject({
      ...{ status: 200, removed: 1, homes: 401, left: 0 },
    });
    const plan = await send(before);
    expect([plan.changes, plan.added, plan.changed]).toEqual([[], 0, 0]);
    const removed = await api.db
      .selectFrom('household')
      .select('code')
      .where('removed_at', 'is not', null)
      .execute();
    expect(removed).toEqual([{ code: '3001' }]);
    const people = await api.db
      .selectFrom('person')
      .select('removed_at')
      .where('name', '=', '新管家')
      .execute();
    expect(people).toMatchObject([{ removed_at: expect.any(Date) }]);
    expect(await imports()).toMatchObject([{ id: taken.importId, undone: true }, {}, {}]);
    expect(await post(`/register/imports/${taken.importId}/undo`)).toMatchObject({
      ...{ status: 409, error: { details: { reason: 'import_undone' } } },
    });
  });

  it('leaves what somebody has changed since, and says how much', async () => {
    const taken = await take(await workbookOf([{ ...home(10), 称呼: '王婆婆', 房号: '999' }]));
    const { id } = await api.db
      .selectFrom('household')
      .select('id')
      .where('code', '=', '0010')
      .executeTakeFirstOrThrow();
    const payload = { salutation: '王老师' };
    await api.request({ method: 'PATCH', url: `/api/v1/households/${id}`, payload, as });
    expect(await post(`/register/imports/${taken.importId}/undo`)).toMatchObject({ status: 200, left: 1 });
    const row = await api.db
      .selectFrom('household')
      .select(['salutation', 'room'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ salutation: '王老师', room: home(10).房号 });
  });

  it('is not taken back while somebody may be on the way to a home that it made, nor by another community', async () => {
    const taken = await take(await workbookOf([home(3002)]));
    const home3002 = await api.db
      .selectFrom('household')
      .select(['id', 'community_id'])
      .where('code', '=', '3002')
      .executeTakeFirstOrThrow();
    const at = new Date();
    await api.db
      .insertInto('alert')
      .values({
        ...{ id: randomUUID(), household_id: home3002.id, community_id: home3002.community_id },
        ...{ on_date: '2026-11-24', reason: 'no_signal', deadline_at: at, opened_at: at, next_step_at: at },
        ...{ status: 'open', ladder: JSON.stringify(DEFAULT_LADDER) },
      })
      .execute();
    const url = `/register/imports/${taken.importId}/undo`;
    expect(await post(url)).toMatchObject({ status: 409, error: { details: { reason: 'alert_open' } } });
    const other = await api.db
      .insertInto('community')
      .values({ id: randomUUID(), name: '另一社区', time_zone: 'Asia/Shanghai' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const stranger = await api.signInAs({ communityId: other.id, role: 'office' });
    expect(await post(url, stranger)).toMatchObject({ status: 404 });
    expect(await post('/register/imports/1/undo')).toMatchObject({ status: 404 });
  });
});

describe('a file', () => {
  it.each([
    ['that is empty', Buffer.alloc(0), 'file_empty'],
    ['that only begins like a workbook', Buffer.from('PK\u0003\u0004 nonsense'), 'file_unreadable'],
    [
      'of an old Excel',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0xff]),
      'file_unreadable',
    ],
    ['that unpacks to too much', bomb(), 'file_unreadable'],
  ])('%s is refused in words', async (_, bytes, reason) => {
    expect(await send(bytes)).toMatchObject({ status: 422, error: { details: { reason } } });
  });

  it('of a Chinese Excel, in its own encoding, is read', async () => {
    const header = ['户号', '称呼', '社区', '网格', '楼栋', '房号', '姓名'];
    const line = '3001,王奶奶,千户社区,第1网格,3,502,老人';
    // 王奶奶 and the rest in GB18030, as `iconv` writes them.
    const bytes = gb18030(`${header.join(',')}\n${line}\n`);
    expect(await send(bytes, '', 'text/csv')).toMatchObject({ status: 200, rows: 1, added: 1 });
  });
});

/** A zip whose list of contents promises more than anybody has. */
function bomb(): Buffer {
  const entry = Buffer.alloc(46);
  entry.write('PK\u0001\u0002', 0, 'latin1');
  entry.writeUInt32LE(0xfffffff0, 24);
  return Buffer.concat([Buffer.from('PK\u0003\u0004'), entry]);
}

/** The reverse of what the decoder does, character by character over the two-byte range. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const codes = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) codes.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
    }
  }
  return Buffer.from([...text].flatMap((character) => codes.get(character) ?? [character.charCodeAt(0)]));
}
