import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { AUDIT_TEXT } from '#pact/text/board-audit.ts';
import { OVERVIEW_TEXT } from '#pact/text/board-overview.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { openDays } from '#store/pact-day/open-days.ts';
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
const audit = AUDIT_TEXT['zh-CN'];
let board: BoardUnderTest;
let office: Page;
let home: SeededHome;
let other: SeededHome;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T06:00:00+08:00');
  const { db } = board.pact;
  const seed = await seedCommunity(db);
  home = await seed.addHome({ code: '07', curtain: 'closed', lastSeenAt: '2026-11-24T05:50:00+08:00' });
  other = await seed.addHome({ code: '19' });
  await db.updateTable('person').set({ name: '李管家' }).where('id', '=', home.primaryId).execute();
  await openDays(db, board.pact.clock.now());
  const opened = await board.openAsOffice(DESKTOP);
  office = opened.page;
  office.setDefaultTimeout(8_000);
  seen.push(...opened.problems);
  await office.getByRole('link', { name: zh.pages.register, exact: true }).waitFor();
}, 120_000);
afterAll(() => board?.stop());

const pagesOf = async (page: Page) =>
  (await page.getByRole('navigation', { name: zh.pagesLabel }).getByRole('link').allInnerTexts()).map(
    (name) => name.replace(/\s.*$/s, ''),
  );

/** An account of that role, by the link that the office makes, on a device of its own. */
async function join(role: keyof typeof zh.accounts.roles, viewport: typeof DESKTOP): Promise<Page> {
  await office.getByRole('button', { name: zh.accounts.open }).click();
  await office.getByRole('radio', { name: zh.accounts.roles[role] }).check();
  if (role === 'steward') {
    await office.getByLabel(zh.accounts.person).selectOption({ label: '李管家' });
    expect(await board.barriers(office)).toEqual([]);
    await takeShot(office, 'rights-invite-zh');
  }
  await office.getByRole('button', { name: zh.accounts.make }).click();
  const link = await office.getByLabel(zh.accounts.link).inputValue();
  await office.keyboard.press('Escape');
  const { page, problems } = await board.open(viewport, link);
  page.setDefaultTimeout(8_000);
  seen.push(...problems);
  await page.getByLabel(zh.entry.name, { exact: true }).fill(role);
  await page.getByLabel(zh.entry.username, { exact: true }).fill(role);
  await page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
  await page.getByRole('button', { name: zh.entry.setUp }).click();
  return page;
}

it('shows the office who looked at whose file, narrowed down by a press', async () => {
  await office.goto(`${board.pact.urls.http}/#register/${home.id}`);
  await office.getByRole('heading', { name: /07/ }).waitFor();
  await office.goto(`${board.pact.urls.http}/#register/${other.id}`);
  await office.getByRole('heading', { name: /19/ }).waitFor();
  await office.getByRole('link', { name: zh.pages.audit, exact: true }).click();
  const look = office.getByRole('row').filter({ hasText: audit.actions['household.read'] ?? '' });
  await look
    .filter({ hasText: audit.home('07', '王奶奶') })
    .first()
    .waitFor();
  await look
    .filter({ hasText: audit.home('19', '王奶奶') })
    .first()
    .waitFor();
  expect(await board.barriers(office)).toEqual([]);
  await takeShot(office, 'audit-zh');
  await office
    .getByRole('button', { name: audit.only(audit.home('07', '王奶奶')) })
    .first()
    .click();
  await look
    .filter({ hasText: audit.home('19', '王奶奶') })
    .first()
    .waitFor({ state: 'hidden' });
  await look.filter({ hasText: '王主任' }).first().waitFor();
  await office.getByRole('button', { name: audit.clear(audit.only(audit.home('07', '王奶奶'))) }).click();
  await office.getByLabel(audit.kind).selectOption(audit.kinds.access);
  await office
    .getByText(audit.actions['account.set_up'] ?? '')
    .first()
    .waitFor();
}, 90_000);

it('is read on a phone, in English', async () => {
  await office.setViewportSize(PHONE);
  await office.getByRole('button', { name: zh.language }).click();
  await office.getByLabel(AUDIT_TEXT.en.kind).selectOption(AUDIT_TEXT.en.everything);
  await office
    .getByText(AUDIT_TEXT.en.actions['household.read'] ?? '')
    .first()
    .waitFor();
  expect(await scrollsSideways(office)).toBe(false);
  expect(await board.barriers(office)).toEqual([]);
  await takeShot(office, 'audit-phone-en');
  await office.getByRole('button', { name: en.language }).click();
  await office.setViewportSize(DESKTOP);
}, 60_000);

it('lets a steward see the morning of their own homes, and no other page', async () => {
  const page = await join('steward', PHONE);
  await page.locator('.window').waitFor();
  expect(await pagesOf(page)).toEqual([zh.pages.today]);
  expect(await page.getByRole('button', { name: zh.accounts.open }).count()).toBe(0);
  await takeShot(page, 'rights-steward-phone-zh');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await page.goto(`${board.pact.urls.http}/#register`);
  await page.locator('.window').waitFor();
  expect(await pagesOf(page)).toEqual([zh.pages.today]);
}, 60_000);

it('gives whoever mends sensors the sensors, without anybody’s name', async () => {
  const page = await join('maintenance', DESKTOP);
  await page.getByRole('radio', { name: SENSORS_TEXT['zh-CN'].filters.all }).check();
  await page
    .getByText(home.sensorId ?? '')
    .first()
    .waitFor();
  expect(await pagesOf(page)).toEqual([zh.pages.sensors]);
  expect(await page.getByText('王奶奶').count()).toBe(0);
  expect(await page.getByText(SENSORS_TEXT['zh-CN'].tabs.decals, { exact: true }).count()).toBe(0);
  await page.getByText(/3栋/).first().waitFor();
  await takeShot(page, 'rights-maintenance-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.goto(`${board.pact.urls.http}/#sensors/one/${home.sensorId}`);
  await page
    .getByText(home.sensorId ?? '')
    .first()
    .waitFor();
  await takeShot(page, 'rights-maintenance-card-zh');
  expect(await page.getByText('王奶奶').count()).toBe(0);
}, 60_000);

it('gives a district numbers, on a phone in English too', async () => {
  const page = await join('district', DESKTOP);
  await page.getByRole('columnheader', { name: OVERVIEW_TEXT['zh-CN'].columns.enrolled }).waitFor();
  expect(await pagesOf(page)).toEqual([zh.pages.overview, zh.pages.report]);
  expect(await page.getByText('王奶奶').count()).toBe(0);
  await takeShot(page, 'rights-district-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await page.getByRole('link', { name: OVERVIEW_TEXT.en.toMonth }).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await takeShot(page, 'rights-district-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  await page.setViewportSize(DESKTOP);
  await page.getByRole('link', { name: OVERVIEW_TEXT.en.toMonth }).click();
  const { pdf, xlsx } = BOARD_REPORT_TEXT.en;
  await page.getByRole('button', { name: pdf }).or(page.getByText(BOARD_REPORT_TEXT.en.emptyTitle)).waitFor();
  expect(await page.getByRole('button', { name: xlsx }).count()).toBe(0);
  expect(await page.getByText('王奶奶').count()).toBe(0);
  await takeShot(page, 'rights-district-report-en');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('signs somebody out everywhere at once', async () => {
  const second = await board.open(DESKTOP, board.pact.urls.http);
  await second.page.getByLabel(zh.entry.username, { exact: true }).fill('office');
  await second.page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
  await second.page.getByRole('button', { name: zh.entry.signIn }).click();
  await second.page.getByRole('button', { name: zh.signOutEverywhere }).click();
  await second.page.getByRole('button', { name: zh.entry.signIn }).waitFor();
  await office.getByRole('button', { name: zh.entry.signIn }).waitFor();
  expect([...seen, ...second.problems]).toEqual([]);
}, 60_000);
