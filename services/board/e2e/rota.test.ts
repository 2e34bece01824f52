import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = BOARD_TEXT['zh-CN'];
const en = BOARD_TEXT.en;

let board: BoardUnderTest;
let office: Page;
let home: SeededHome;
const seen: string[] = [];

/** A Tuesday afternoon, long after the morning. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

async function rename(id: string, name: string) {
  await board.pact.db.updateTable('person').set({ name }).where('id', '=', id).execute();
}

/** The day of somebody's in the week, as a screen reader names it. */
const cell = (page: Page, who: string, day: string) => page.getByRole('button', { name: `${who},${day}` });

it('says what to do while there are no stewards', async () => {
  const { page, problems } = await board.openAsOffice(DESKTOP);
  office = page;
  await page.getByText(zh.facade.noneTitle).waitFor();
  await seedCommunity(board.pact.db).then(async (seed) => {
    await page.goto(`${board.pact.urls.http}/#rota`);
    await page.reload();
    await page.getByText(zh.rota.emptyTitle).waitFor();
    home = await seed.addHome({ code: '7' });
  });
  expect(await board.barriers(page)).toEqual([]);
  seen.push(...problems);
}, 60_000);

it('shows the week, takes a leave with a stand-in, and shows the day on which a home has nobody', async () => {
  await rename(home.primaryId, '李红梅');
  await rename(home.backupId, '王秀英');
  await board.pact.db.deleteFrom('assignment').where('role', '=', 'neighbour').execute();
  await office.reload();
  await office.getByText(zh.rota.wellCovered).waitFor();

  await cell(office, '李红梅', '周三 11/25').click();
  await office.getByLabel(zh.rota.standIn).selectOption({ label: '王秀英' });
  await office.getByLabel(zh.rota.untilOn).fill('2026-11-26');
  await takeShot(office, 'rota-form-zh');
  expect(await board.barriers(office)).toEqual([]);
  await office.getByRole('button', { name: zh.rota.save }).click();
  await office.getByText(zh.rota.saved).waitFor();
  await cell(office, '李红梅', '周四 11/26').getByText(zh.rota.replacedBy('王秀英')).waitFor();
  await cell(office, '王秀英', '周四 11/26').getByText('李红梅').waitFor();
  expect(await office.getByText(zh.rota.wellCovered).count()).toBe(1);

  await office.getByRole('button', { name: zh.rota.add }).click();
  await office.getByLabel(zh.rota.person, { exact: true }).selectOption({ label: '王秀英' });
  await office.getByLabel(zh.rota.kinds.hours).check();
  await office.getByLabel(zh.rota.on, { exact: true }).fill('2026-11-26');
  await office.getByRole('button', { name: zh.rota.save }).click();
  await office.getByText(zh.rota.uncovered(1)).waitFor();
  await office.locator('.gaps').getByText('7', { exact: true }).waitFor();
  expect(await board.barriers(office)).toEqual([]);
  expect(await scrollsSideways(office)).toBe(false);
  await takeShot(office, 'rota-desk-zh');
}, 60_000);

it('refuses what cannot be, in words, and keeps what was filled in', async () => {
  await office.getByRole('button', { name: zh.rota.add }).click();
  await office.getByLabel(zh.rota.person, { exact: true }).selectOption({ label: '李红梅' });
  await office.getByLabel(zh.rota.fromOn, { exact: true }).fill('2026-11-26');
  await office.getByRole('button', { name: zh.rota.save }).click();
  await office.getByText(zh.rota.refusals.absence_overlaps).waitFor();
  expect(await office.getByLabel(zh.rota.fromOn, { exact: true }).inputValue()).toBe('2026-11-26');
  await office.getByLabel(zh.rota.kinds.swap).check();
  await office.getByLabel(zh.rota.on, { exact: true }).fill('2026-11-28');
  await office.getByLabel(zh.rota.swapWith, { exact: true }).selectOption({ label: '王秀英' });
  await office.getByLabel(zh.rota.swapOn).fill('2026-11-29');
  await office.getByRole('button', { name: zh.rota.save }).click();
  await cell(office, '王秀英', '周日 11/29').getByText(zh.rota.replacedBy('李红梅')).waitFor();
}, 60_000);

it('is a list on a phone, in English, worked with the keyboard', async () => {
  const context = await board.browser.newContext({
    viewport: PHONE,
    storageState: await office.context().storageState(),
    locale: 'en',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => seen.push(error.message));
  await page.goto(`${board.pact.urls.http}/#rota`);
  await page
    .getByText(en.rota.uncovered(1))
    .or(page.getByText(zh.rota.uncovered(1)))
    .waitFor();
  if ((await page.getAttribute('html', 'lang')) !== 'en') {
    await page.getByRole('button', { name: zh.language }).click();
  }
  await page.getByText(en.rota.gap('7')).waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await takeShot(page, 'rota-phone-en');
  const swap = page.getByRole('button', { name: en.rota.replacedBy('李红梅') });
  await swap.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: en.rota.removeSwap }).waitFor();
  await takeShot(page, 'rota-phone-sheet-en');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: en.rota.removeSwap }).press('Enter');
  await page.getByText(en.rota.removed).waitFor();
  await swap.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: en.pages.today, exact: true }).click();
  await page.getByRole('link', { name: en.pages.rota, exact: true }).waitFor();
  await context.close();
}, 60_000);

it('fills the gap again when the hours off are taken back, in both languages at both sizes', async () => {
  await office.reload();
  await cell(office, '王秀英', '周四 11/26').click();
  await office.getByRole('button', { name: zh.rota.remove, exact: true }).click();
  await office.getByText(zh.rota.wellCovered).waitFor();
  await office.getByRole('button', { name: zh.rota.later }).click();
  await office.getByText(zh.rota.week(11, 30)).waitFor();
  await office.getByRole('button', { name: zh.rota.thisWeek }).click();
  await office.getByText(zh.rota.week(11, 23)).waitFor();
  await office.setViewportSize(PHONE);
  await office.getByText(zh.rota.replacedBy('王秀英')).first().waitFor();
  expect([await scrollsSideways(office), await board.barriers(office)]).toEqual([false, []]);
  await takeShot(office, 'rota-phone-zh');
  await office.getByRole('button', { name: zh.language }).click();
  await office.setViewportSize(DESKTOP);
  await office.getByRole('table').waitFor();
  await office.getByText(en.rota.wellCovered).waitFor();
  expect([await scrollsSideways(office), await board.barriers(office)]).toEqual([false, []]);
  await takeShot(office, 'rota-desk-en');
  expect(seen).toEqual([]);
}, 60_000);

it('says when the week did not come, and fetches it anew', async () => {
  await office.route('**/api/v1/rota*', (route) => route.abort());
  // The page asks a few times first, later each time: its clock does not make us wait for that.
  await office.clock.install();
  await office.reload();
  await vi.waitFor(async () => {
    await office.clock.runFor(2_000);
    expect(await office.getByText(en.rota.failed).isVisible()).toBe(true);
  }, 20_000);
  await office.unroute('**/api/v1/rota*');
  await office.getByRole('button', { name: en.retry }).click();
  await office.getByRole('table').waitFor();
}, 60_000);
