import type { Page } from 'playwright-core';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { BACKUP_TEXT } from '#pact/text/board-backup.ts';
import { recordBackup, recordFailure } from '#store/backup/backup-runs.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
} from './testing/board-under-test.ts';

const BY = { kind: 'system' };
const zh = BACKUP_TEXT['zh-CN'];
const { en } = BACKUP_TEXT;
let board: BoardUnderTest;

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T09:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const shot = async (page: Page, name: string) => {
  const folder = process.env.PACT_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

it('tells the office of the last backup, when it is old, and why the last try failed, also on a phone in English', async () => {
  const { page, problems } = await board.openAsOffice(DESKTOP);
  page.setDefaultTimeout(8_000);
  await page.getByText(BOARD_TEXT['zh-CN'].facade.noneTitle).waitFor();
  const { db, urls } = board.pact;
  await seedCommunity(db);
  await page.goto(`${urls.http}/#settings`);
  await page.reload();
  const part = (name: string) => page.getByRole('region', { name, exact: true });
  await part(zh.title).getByText(zh.never).waitFor();
  await part(zh.title).getByText(zh.off).waitFor();

  const madeAt = Temporal.Instant.from('2026-11-22T03:16:00+08:00');
  const made = { file: 'curtain-pact-20261121T191600Z.age', bytes: 4_210_000 };
  await recordBackup(db, { nightlyOn: '2026-11-22', begunAt: madeAt, actor: BY }, made, madeAt);
  const failedAt = Temporal.Instant.from('2026-11-24T08:46:00+08:00');
  await recordFailure(db, { nightlyOn: '2026-11-24', begunAt: failedAt, actor: BY }, 'BACKUP_FAILED');
  await page.reload();
  await part(zh.title).getByText(zh.old).waitFor();
  await part(zh.title).getByText('11-24 8:46', { exact: false }).waitFor();
  await part(zh.title).getByText(zh.megabytes('4.2')).waitFor();
  await part(zh.title).scrollIntoViewIfNeeded();
  await shot(page, 'backups-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);

  await page.setViewportSize(PHONE);
  await shot(page, 'backups-phone-zh');
  await page.getByRole('button', { name: BOARD_TEXT['zh-CN'].language }).click();
  await part(en.title)
    .getByText(en.failures.BACKUP_FAILED ?? '', { exact: false })
    .waitFor();
  await shot(page, 'backups-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await page.setViewportSize(DESKTOP);
  await shot(page, 'backups-en');
  expect(problems).toEqual([]);
}, 60_000);
