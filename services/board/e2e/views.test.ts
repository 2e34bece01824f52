import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { VIEWS_TEXT } from '#pact/text/board-views.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { seedCommunity } from '#store/testing/seed.ts';
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
const views = VIEWS_TEXT['zh-CN'];

let board: BoardUnderTest;
let office: Page;
const seen: string[] = [];
const HOMES = 90;

/** Half past six: some have opened, most have not. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T06:30:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

/** Three buildings of thirty homes, two grids, a steward for every ten homes. */
async function settle(): Promise<void> {
  const { db, clock } = board.pact;
  const seed = await seedCommunity(db);
  const otherGrid = randomUUID();
  await db
    .insertInto('grid')
    .values({ id: otherGrid, community_id: seed.communityId, name: '二格' })
    .execute();
  let stewardId = '';
  for (let number = 0; number < HOMES; number += 1) {
    const home = await seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-24T06:10:00+08:00' });
    const place = {
      building: String(1 + Math.floor(number / 30) * 2),
      unit: String(1 + (Math.floor(number / 15) % 2)),
    };
    const room = `${1 + (Math.floor(number / 3) % 5)}0${1 + (number % 3)}`;
    await db
      .updateTable('household')
      .set({ ...place, room, floor: null, ...(number >= 60 ? { grid_id: otherGrid } : {}) })
      .where('id', '=', home.id)
      .execute();
    if (number % 10 === 0) {
      stewardId = home.primaryId;
      const name = ['李红梅', '王秀英', '赵建国'][(number / 10) % 3] ?? '';
      await db
        .updateTable('person')
        .set({ name: number < 30 ? name : `${name}${number}` })
        .where('id', '=', stewardId)
        .execute();
    }
    await db
      .updateTable('assignment')
      .set({ person_id: stewardId })
      .where('household_id', '=', home.id)
      .where('role', '=', 'primary')
      .execute();
    if (number % 3 === 0)
      await seed.open(home, `2026-11-24T0${4 + (number % 2)}:${10 + (number % 45)}:00+08:00`);
  }
  await openDays(db, clock.now());
}

it('shows the same homes as a street, as lines and as tiles, and remembers which', async () => {
  const { page, problems } = await board.openAsOffice(DESKTOP);
  office = page;
  page.setDefaultTimeout(8_000);
  await page.getByText(zh.facade.noneTitle).waitFor();
  await settle();
  await page.reload();
  await page
    .locator('.window')
    .nth(HOMES - 1)
    .waitFor({ state: 'attached' });
  await takeShot(page, 'views-facade-zh');
  expect(await board.barriers(page)).toEqual([]);

  await page.getByLabel(views.views.list).check({ force: true });
  await page.locator('.line').first().waitFor();
  await takeShot(page, 'views-list-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
  // Only what is in sight is there.
  expect(await page.locator('.line').count()).toBeLessThan(HOMES);

  await page.getByLabel(views.views.grid).check({ force: true });
  await page.locator('.tile').first().waitFor();
  await takeShot(page, 'views-grid-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.reload();
  await page.locator('.tile').first().waitFor();
  seen.push(...problems);
}, 90_000);

it('is walked through with the arrow keys, also to where nothing was drawn yet', async () => {
  await office.getByLabel(views.views.list).check({ force: true });
  await office.locator('.line[tabindex="0"]').focus();
  await office.keyboard.press('ArrowDown');
  await office.locator('.line:focus', { hasText: zh.home.code('02') }).waitFor();
  await office.keyboard.press('End');
  await office.locator('.line:focus', { hasText: zh.home.code('90') }).waitFor();
  await office.keyboard.press('Home');
  await office.locator('.line:focus', { hasText: zh.home.code('01') }).waitFor();
  await office.keyboard.press('Enter');
  await office.getByRole('dialog').getByText(zh.home.steward).waitFor();
  await office.keyboard.press('Escape');
  await office.locator('.line:focus').waitFor();
  await office.getByLabel(views.views.grid).check({ force: true });
  await office.locator('.tile[tabindex="0"]').focus();
  await office.keyboard.press('ArrowRight');
  await office.keyboard.press('ArrowDown');
  const code = Number(await office.locator('.tile:focus b').textContent());
  expect(code).toBeGreaterThan(6);
  await office.keyboard.press('ArrowUp');
  await office.locator('.tile:focus', { hasText: '02' }).waitFor();
});

it('narrows by grid, steward, state and words together, says so, and shows all again by one press', async () => {
  await office.getByLabel(views.views.list).check({ force: true });
  await office.getByLabel(views.grid, { exact: true }).selectOption({ label: views.option('二格', 30) });
  await office.getByText(views.only('二格', 30)).waitFor();
  await office.getByRole('group', { name: zh.counts.label }).getByText(zh.counts.kept).click();
  await office.getByText(views.only(['已拉帘', '二格'].join(zh.listJoin), 10)).waitFor();
  await office.getByLabel(views.steward, { exact: true }).selectOption({ index: 1 });
  await office.getByLabel(views.find).fill('61');
  await office.getByText(views.quoted('61'), { exact: false }).waitFor();
  expect(await office.locator('.line').count()).toBe(1);
  await takeShot(office, 'views-narrowed-zh');
  expect(await board.barriers(office)).toEqual([]);
  // Names of people stand in no address.
  const { origin } = new URL(office.url());
  expect(decodeURIComponent(office.url().slice(origin.length))).not.toMatch(/二格|李|王|赵|61/);
  await office.reload();
  await office.getByText(views.quoted('61'), { exact: false }).waitFor();
  await office.getByLabel(views.find).fill('没有这一户');
  await office.getByText(views.none).waitFor();
  await office.getByRole('button', { name: views.clear }).click();
  await office.locator('.line', { hasText: zh.home.code('02') }).waitFor();
  expect(await office.getByLabel(views.find).inputValue()).toBe('');
});

it('leaves out in the street the buildings where nobody was asked for, and dims the rest', async () => {
  await office.getByLabel(views.views.facade).check({ force: true });
  await office.getByLabel(views.find).fill('61');
  await office.locator('.window:not([data-dimmed])').waitFor();
  expect(await office.locator('.house').count()).toBe(1);
  expect(await office.locator('.window:not([data-dimmed])').count()).toBe(1);
  expect(await office.locator('.window[tabindex="0"]').count()).toBe(1);
  await office.getByRole('button', { name: views.clear }).click();
  await office.locator('.house').nth(2).waitFor();
});

it('changes a line the moment that its curtain opens', async () => {
  await office.getByLabel(views.views.list).check({ force: true });
  const line = office.locator('.line', { hasText: zh.home.code('02') });
  expect(await line.getAttribute('data-tone')).not.toBe('kept');
  await line.click();
  await office.getByRole('button', { name: zh.home.seen }).click();
  await office.getByRole('button', { name: zh.home.seenYes }).click();
  await office.locator('.line[data-tone="kept"]', { hasText: zh.home.code('02') }).waitFor();
  // What was done can be undone for a while; put away, it lies over nothing that is pressed next.
  await office.locator('.toast .quiet').click();
  const order = office.getByRole('button', { name: views.columns.state });
  await order.click();
  expect(await order.getAttribute('aria-pressed')).toBe('true');
  expect(seen).toEqual([]);
});

it('sends its scripts compressed', async () => {
  const answers: string[] = [];
  office.on('response', (response) => {
    if (response.url().endsWith('.js')) answers.push(response.headers()['content-encoding'] ?? 'none');
  });
  const context = await board.browser.newContext();
  const page = await context.newPage();
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) answers.push(response.headers()['content-encoding'] ?? 'none');
  });
  await page.goto(board.pact.urls.http);
  await page.getByRole('button').first().waitFor();
  expect(new Set(answers)).toEqual(new Set(['br']));
  await context.close();
});

it('fits a phone, in English, in every view', async () => {
  await office.getByRole('button', { name: zh.language }).click();
  await takeShot(office, 'views-list-en');
  await office.setViewportSize(PHONE);
  for (const view of ['list', 'grid', 'facade'] as const) {
    await office.getByLabel(VIEWS_TEXT.en.views[view]).check({ force: true });
    await office.locator({ list: '.line', grid: '.tile', facade: '.window' }[view]).first().waitFor();
    await office.locator('.view-bar').scrollIntoViewIfNeeded();
    await takeShot(office, `views-${view}-phone-en`);
    expect([view, await scrollsSideways(office), await board.barriers(office)]).toEqual([view, false, []]);
  }
  await office.getByRole('button', { name: en.language }).click();
  expect(seen).toEqual([]);
}, 60_000);
