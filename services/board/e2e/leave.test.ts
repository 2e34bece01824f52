import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { LEAVE_TEXT } from '#pact/text/board-leave.ts';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { WARNINGS_TEXT } from '#pact/text/warnings.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], leave: LEAVE_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, leave: LEAVE_TEXT.en };
const door = DOOR_TEXT['zh-CN'];
let board: BoardUnderTest;
let page: Page;
let phone: Page;
let seed: Seed;
let home: SeededHome;
const seen: string[] = [];

/** A Tuesday, after the deadline. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T10:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const shot = (name: string, of: Page = page) => takeShot(of, name);
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
/** Looked at anew, as people do who will not wait for the page to ask again. */
const appears = (locator: ReturnType<Page['locator']>) =>
  vi.waitFor(async () => {
    await page.reload();
    await locator.waitFor({ timeout: 1_500 });
  }, 20_000);
const row = (code: string) => page.locator('.record-rows tbody tr', { hasText: zh.home.code(code) });

it('says what to do while nobody is away, and notes a leave with its end', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  page.setDefaultTimeout(10_000);
  seen.push(...opened.problems);
  await page.getByText(zh.facade.noneTitle).waitFor();
  seed = await seedCommunity(board.pact.db);
  home = await seed.addHome({ code: '07', pact: { fromOn: '2026-11-25' } });
  await seed.addHome({ code: '12', pact: { fromOn: '2026-11-25' } });
  const [relative = ''] = home.neighbourIds;
  const { db } = board.pact;
  await db.updateTable('person').set({ name: '王小明' }).where('id', '=', relative).execute();
  await page.goto(`${board.pact.urls.http}/#leave`);
  await page.reload();
  await page.getByText(zh.leave.emptyTitle).waitFor();
  await shot('leave-empty-zh');
  await press(zh.leave.add);
  await page.getByLabel(zh.leave.home).selectOption({ label: '12号 王奶奶 3栋2单元501' });
  await page.getByLabel(zh.leave.untilOn).fill('2026-11-23');
  await page.getByRole('button', { name: zh.leave.submit }).click();
  // The browser says what is wrong with the date, and nothing is sent.
  expect(await page.getByLabel(zh.leave.untilOn).evaluate((input) => input.matches(':invalid'))).toBe(true);
  await page.getByLabel(zh.leave.untilOn).fill('2026-11-28');
  await page.getByLabel(zh.leave.reason).fill('住院检查');
  await shot('leave-form-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: zh.leave.submit }).click();
  await row('12').getByText(zh.leave.states.away(4)).waitFor();
}, 60_000);

it('takes a cancellation back, and changes the last day', async () => {
  await row('12').getByRole('button', { name: zh.leave.cancel }).click();
  await page.getByText(zh.leave.emptyTitle).waitFor();
  await press(zh.leave.undo);
  await row('12').waitFor();
  await row('12').getByRole('button', { name: zh.leave.change }).click();
  await page.getByRole('dialog').getByLabel(zh.leave.untilOn).fill('2026-11-30');
  await page.getByRole('dialog').getByRole('button', { name: zh.leave.save }).click();
  await row('12').getByText(zh.leave.states.away(6)).waitFor();
}, 60_000);

it('makes a link for the family, who say the leave themselves on a phone, without an account', async () => {
  await press(zh.leave.link);
  await page.getByLabel(zh.leave.home).selectOption({ label: '07号 王奶奶 3栋2单元501' });
  await page.getByLabel(zh.leave.who).selectOption({ label: '邻里 王小明' });
  await press(zh.leave.copy);
  const link = await page.getByLabel(zh.leave.ready).inputValue();
  await shot('leave-link-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const context = await board.browser.newContext({ viewport: PHONE, locale: 'zh-CN' });
  phone = await context.newPage();
  phone.on('pageerror', (error) => seen.push(error.message));
  await phone.goto(link);
  await phone.getByText(door.hello('王小明')).waitFor();
  expect(await phone.content()).not.toContain('501');
  await phone.getByLabel(door.leave.fromOn).fill('2026-11-24');
  await phone.getByLabel(door.leave.untilOn).fill('2026-11-27');
  await phone.getByLabel(door.leave.reason).fill('去女儿家');
  await shot('leave-door-form-zh', phone);
  await phone.getByRole('button', { name: door.leave.say, exact: true }).click();
  await phone.getByText(door.leave.done).waitFor();
  await phone.getByRole('heading', { name: '11月24日 到 11月27日' }).waitFor();
  await shot('leave-door-said-zh', phone);
  expect(await scrollsSideways(phone)).toBe(false);
  expect(await board.barriers(phone)).toEqual([]);
  await page.reload();
  await row('07').getByText('王小明').waitFor();
}, 60_000);

it('refuses on the phone what cannot be, in words, and without a network says that nothing was noted', async () => {
  await phone.getByRole('button', { name: door.leave.change }).click();
  await phone.locator('input[id^="until-"]').evaluate((input) => input.removeAttribute('min'));
  await phone.locator('input[id^="until-"]').fill('2027-08-01');
  await phone.getByRole('button', { name: door.leave.save }).click();
  await phone.getByText(door.leave.refused).waitFor();
  await phone.context().setOffline(true);
  await phone.getByRole('button', { name: door.leave.save }).click();
  await phone.getByText(door.leave.away).waitFor();
  await phone.context().setOffline(false);
  await phone.getByRole('button', { name: door.back }).click();
}, 60_000);

it('asks on the morning’s page and on the page of leaves whether she is back, and ends the leave with today', async () => {
  const { db, clock } = board.pact;
  // She left yesterday, and her curtain has opened now.
  await db.updateTable('leave').set({ from_on: '2026-11-23' }).where('household_id', '=', home.id).execute();
  await seed.open(home, clock.now().toString());
  await page.goto(`${board.pact.urls.http}/#today`);
  const warning = page.getByRole('article').filter({ hasText: WARNINGS_TEXT['zh-CN'].openedAway(1) });
  await appears(warning);
  await shot('leave-warning-zh');
  expect(await board.barriers(page)).toEqual([]);
  await warning.getByRole('link', { name: WARNINGS_TEXT['zh-CN'].toLeave }).click();
  await row('07')
    .getByText(/窗帘开了。回来了吗/)
    .waitFor();
  await shot('leave-asked-zh');
  expect(await board.barriers(page)).toEqual([]);
  await phone.reload();
  await phone.getByText(/窗帘开了。回来了吗/).waitFor();
  await shot('leave-door-asked-zh', phone);
  await phone.getByRole('button', { name: door.leave.isBack }).click();
  await phone.getByText(door.leave.backSaid).waitFor();
  await page.reload();
  await row('07').getByText(zh.leave.states.back).waitFor();
  const { until_on: untilOn } = await db
    .selectFrom('leave')
    .select('until_on')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  expect(untilOn).toBe('2026-11-24');
}, 60_000);

it('fits a phone, in English', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await page.getByRole('heading', { name: en.leave.title }).waitFor();
  await shot('leave-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await phone.getByRole('button', { name: door.other }).click();
  await phone.getByRole('heading', { name: DOOR_TEXT.en.leave.title('王奶奶') }).waitFor();
  await shot('leave-door-en', phone);
  expect(await board.barriers(phone)).toEqual([]);
  await vi.waitFor(() => expect(seen).toEqual([]));
}, 60_000);
