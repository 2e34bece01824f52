import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseSheet } from '#contracts/register-sheet/parse-sheet.ts';
import { writeSheet } from '#contracts/register-sheet/write-sheet.ts';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { EXCHANGE_TEXT } from '#pact/text/board-exchange.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], sheet: EXCHANGE_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, sheet: EXCHANGE_TEXT.en };
let board: BoardUnderTest;
let page: Page;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00');
  await seedCommunity(board.pact.db).then((seed) => seed.addHome({ code: '07' }));
}, 120_000);
afterAll(() => board?.stop());

const shot = (name: string) => takeShot(page, name);
const GOOD = {
  称呼: '李爷爷',
  网格: '第一网格',
  楼栋: '5',
  房号: '101',
  姓名: '李大山',
  传感器编号: 'curtain-21',
};
const workbook = (rows: readonly Record<string, string>[]) =>
  writeSheet(
    rows.map((values) => ({ community: '', code: '', values })),
    [],
    { register: '表', about: '说明' },
  );
const choose = async (name: string, buffer: Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

it('says what is wrong with a file that is no spreadsheet, and what to do', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByRole('link', { name: zh.pages.exchange, exact: true }).click();
  await page.getByRole('button', { name: zh.sheet.choose }).waitFor();
  await shot('exchange-choose-zh');
  expect(await board.barriers(page)).toEqual([]);
  await choose('照片.xlsx', Buffer.from('PK\u0003\u0004 no'));
  await page.getByText(zh.problem.refusals.file_unreadable ?? '').waitFor();
}, 60_000);

it('shows what a sheet would change, home by home, with the rows that are wrong, and changes nothing yet', async () => {
  await choose(
    '登记.xlsx',
    await workbook([
      { 户号: '21', ...GOOD },
      { 户号: '07', ...GOOD, 称呼: '王老师', 楼栋: '3', 房号: '501', 姓名: '王秀英', 传感器编号: '' },
      { 户号: '22', ...GOOD, 传感器编号: '', 出生年: '31' },
    ]),
  );
  await page.getByText(zh.sheet.changesTitle).waitFor();
  await page.getByText(/第 4 行,出生年/).waitFor();
  await page.getByRole('deletion').filter({ hasText: '王奶奶' }).waitFor();
  await shot('exchange-preview-zh');
  expect(await board.barriers(page)).toEqual([]);
  const homes = await board.pact.db
    .selectFrom('household')
    .select('code')
    .where('is_canary', '=', false)
    .execute();
  expect(homes).toEqual([{ code: '07' }]);
}, 60_000);

it('imports just that, saves the register first, and shows new secrets once', async () => {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: zh.sheet.apply(1, 1) }).click(),
  ]);
  await page.getByText(zh.sheet.done(1, 1)).waitFor();
  await page.getByText('curtain-21').waitFor();
  await shot('exchange-done-zh');
  expect(await board.barriers(page)).toEqual([]);
  const before = await parseSheet(await readFile(await saved.path()), 'xlsx');
  expect(before).toHaveLength(2);
  const row = await board.pact.db
    .selectFrom('household')
    .select('salutation')
    .where('code', '=', '07')
    .executeTakeFirst();
  expect(row?.salutation).toBe('王老师');
}, 60_000);

it('takes the import back, and says that it did', async () => {
  await page.getByRole('button', { name: zh.sheet.imports.undo }).click();
  await page.getByText(zh.sheet.imports.follows).waitFor();
  await shot('exchange-undo-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: zh.sheet.imports.confirm }).click();
  await page.getByText(zh.sheet.imports.done).waitFor();
  await page.getByText(zh.sheet.imports.undone, { exact: true }).waitFor();
  const rows = await board.pact.db
    .selectFrom('household')
    .select(['code', 'salutation', 'removed_at'])
    .where('is_canary', '=', false)
    .orderBy('code')
    .execute();
  expect(rows).toEqual([
    { code: '07', salutation: '王奶奶', removed_at: null },
    { code: '21', salutation: '李爷爷', removed_at: expect.any(Date) },
  ]);
}, 60_000);

it('looks again where somebody changed the register meanwhile, on a phone, in English', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await page.getByRole('button', { name: en.sheet.another }).click();
  await choose('sheet.xlsx', await workbook([{ 户号: '07', ...GOOD, 称呼: '李老师', 传感器编号: '' }]));
  await page.getByText(en.sheet.changesTitle).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await board.pact.db.updateTable('household').set({ building: '9' }).where('code', '=', '07').execute();
  await page.getByRole('button', { name: en.sheet.apply(0, 1) }).click();
  await page.getByText(en.sheet.stale).waitFor();
  await shot('exchange-stale-phone-en');
  await page.getByRole('button', { name: en.sheet.another }).click();
  await page.getByText(en.sheet.imports.undone, { exact: true }).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('exchange-imports-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  expect(seen).toEqual([]);
}, 60_000);
