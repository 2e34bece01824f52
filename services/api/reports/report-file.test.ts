import readXlsxFile from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MonthReport } from '#contracts/http/report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';
import { writeMonthWorkbook } from './month-workbook.ts';

let api: ApiUnderTest;
let seed: Seed;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:00:00+08:00');
  seed = await seedCommunity(api.db);
  const { id } = await seed.addHome({ code: '07' });
  const { id: pactId } = await api.db
    .selectFrom('pact')
    .select('id')
    .where('household_id', '=', id)
    .executeTakeFirstOrThrow();
  for (const day of ['20', '21', '22', '23']) {
    await api.db
      .insertInto('pact_day')
      .values({
        ...{ household_id: id, on_date: `2026-11-${day}`, community_id: seed.communityId, pact_id: pactId },
        earliest_at: new Date(`2026-11-${day}T04:00:00+08:00`),
        deadline_at: new Date(`2026-11-${day}T08:00:00+08:00`),
        verdict: day === '20' ? 'excused' : 'kept',
        reason: day === '20' ? 'on_leave' : null,
        closed_as: day === '20' ? 'excused' : 'kept',
        proof_at: day === '20' ? null : new Date(`2026-11-${day}T06:32:00+08:00`),
      })
      .execute();
  }
});
afterAll(() => api?.stop());

const file = (format: string, query = '', as?: Record<string, string>) =>
  api.request({
    url: `/api/v1/reports/month.${format}?community=${seed.communityId}&month=2026-11${query}`,
    ...(as ? { as } : {}),
  });
const textOf = async (pdf: Buffer) => {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  return text;
};

describe('the report on paper', () => {
  it.each(['zh-CN', 'en'] as const)('says in %s what it is of, who made it and when', async (language) => {
    const answer = await file('pdf', `&language=${language}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="report-2026-11.pdf"',
    });
    const words = REPORT_TEXT[language];
    const text = await textOf(answer.rawPayload);
    for (const said of [words.title, words.month(2026, 11), '东苑社区', words.notes[0] ?? '']) {
      expect(text).toContain(said);
    }
    expect(text).toContain(words.made('Office 1', '2026-11-24 14:00'));
    expect(answer.rawPayload.length).toBeLessThan(300_000);
  });

  it('names nobody who lives in the community', async () => {
    expect(await textOf((await file('pdf')).rawPayload)).not.toMatch(/奶奶|steward-/);
  });
});

describe('the report as a workbook', () => {
  it.each(['zh-CN', 'en'])(
    'opens in Excel, which takes no long names of sheets and not every sign (%s)',
    async (language) => {
      const sheets = await readXlsxFile((await file('xlsx', `&language=${language}`)).rawPayload);
      expect(sheets).toHaveLength(6);
      for (const { sheet } of sheets) expect(sheet).toMatch(/^[^:\\/?*[\]]{1,31}$/);
    },
  );

  it('has each home’s days, and says who made it', async () => {
    const sheets = await readXlsxFile((await file('xlsx')).rawPayload);
    const words = REPORT_TEXT['zh-CN'];
    const homes = sheets.find(({ sheet }) => sheet === words.homes.title)?.data ?? [];
    expect(homes[1]).toEqual(['07', '王奶奶', '一格', '免约', '按时 6:32', '按时 6:32', '按时 6:32']);
    const about = sheets.find(({ sheet }) => sheet === words.about)?.data ?? [];
    expect(about.flat()).toContain(words.made('Office 1', '2026-11-24 14:00'));
  });
});

it('has no sheet of people for who may not know them', async () => {
  const url = `/api/v1/reports/month?community=${seed.communityId}&month=2026-11`;
  const report: MonthReport = (await api.request({ url })).json();
  const nobody = { ...report, stewards: [], homes: [] };
  const sheets = await readXlsxFile(
    await writeMonthWorkbook(nobody, { language: 'en', who: 'District', at: '2026-11-24 14:00' }),
  );
  expect(sheets).toHaveLength(4);
  expect(JSON.stringify(sheets)).not.toMatch(/奶奶|steward-/);
});

it('is written to the audit log each time, with who made it', async () => {
  await api.db.deleteFrom('audit_entry').execute();
  await file('pdf');
  await file('xlsx', '', await asProgram(api));
  const entries = await api.db
    .selectFrom('audit_entry')
    .select(['actor_kind', 'action', 'subject_id'])
    .where('action', '=', 'report.export')
    .orderBy('id')
    .execute();
  const subject_id = seed.communityId;
  expect(entries).toEqual([
    { actor_kind: 'account', action: 'report.export', subject_id },
    { actor_kind: 'token', action: 'report.export', subject_id },
  ]);
});

it('is for who is signed in, of their own community and of a month that there is', async () => {
  expect((await file('pdf', '', {})).statusCode).toBe(401);
  expect((await api.request({ url: '/api/v1/reports/month.xlsx?month=2026-13' })).statusCode).toBe(400);
  const nowhere = '00000000-0000-4000-8000-000000000000';
  expect((await api.request({ url: `/api/v1/reports/month.pdf?community=${nowhere}` })).statusCode).toBe(404);
});

it('shows one home’s month, and writes down who looked', async () => {
  const { id } = await api.db
    .selectFrom('household')
    .select('id')
    .where('code', '=', '07')
    .executeTakeFirstOrThrow();
  const { home, from, to } = (await api.request({ url: `/api/v1/households/${id}/month` })).json();
  expect([from, to]).toEqual(['2026-11-01', '2026-11-23']);
  expect(home.days).toHaveLength(4);
  expect(home.days[3]).toEqual({
    date: '2026-11-23',
    closedAs: 'kept',
    reason: null,
    openedMinute: 392,
    deadlineMinute: 480,
  });
  const looked = await api.db
    .selectFrom('audit_entry')
    .select('subject_id')
    .where('action', '=', 'household.month')
    .execute();
  expect(looked).toEqual([{ subject_id: id }]);
});
