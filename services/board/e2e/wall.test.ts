import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { WALL_TEXT } from '#pact/text/board-wall.ts';
import { createSession } from '#store/account/sessions.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], wall: WALL_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, wall: WALL_TEXT.en };
let board: BoardUnderTest;
let page: Page;
let seed: Seed;
const homes: SeededHome[] = [];
const seen: string[] = [];

/** Before the deadline of a Tuesday, twenty times as fast: it passes while the tests look on. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T07:58:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const shot = (name: string) => takeShot(page, name);
const go = (hash: string) => page.goto(`${board.pact.urls.http}/#${hash}`);
const alertOf = (home: SeededHome) =>
  board.pact.db.selectFrom('alert').selectAll().where('household_id', '=', home.id).executeTakeFirstOrThrow();

it('shows a morning before its deadline', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByText(zh.facade.noneTitle).waitFor();
  seed = await seedCommunity(board.pact.db);
  for (const code of ['07', '19', '21', '35']) homes.push(await seed.addHome({ code }));
  const { db, clock } = board.pact;
  await db
    .updateTable('person')
    .set({ name: '李红梅' })
    .where('id', '=', homes[0]?.primaryId ?? '')
    .execute();
  await db
    .updateTable('household')
    .set({ key_note: '对门李姐', entry_consent: true })
    .where('id', '=', homes[0]?.id ?? '')
    .execute();
  await db
    .insertInto('resident')
    .values({
      id: randomUUID(),
      household_id: homes[0]?.id ?? '',
      name: '王秀英',
      birth_year: 1941,
      mobility: 'stick',
      doctor: '张医生 62345678',
      created_at: new Date(),
      updated_at: new Date(),
    })
    .execute();
  await seed.open(homes[3]!, clock.now().toString());
  await go('today');
  await page.reload();
  await page.locator('.window').nth(3).waitFor();
}, 60_000);

it('hangs on a wall: dark and large, with a sound once somebody has pressed, and a new red in it at once', async () => {
  await go('wall');
  await page.getByText(zh.wall.soundOff).waitFor();
  await page.getByRole('button', { name: new RegExp(zh.wall.start) }).click();
  await page.getByText(zh.wall.soundOff).waitFor({ state: 'hidden' });
  await page.getByText(/07号 王奶奶/).waitFor();
  await page.getByText(zh.wall.waiting).first().waitFor();
  await shot('views-wall-zh');
  expect(await board.barriers(page)).toEqual([]);
  const { id } = await alertOf(homes[0]!);
  const { db, clock } = board.pact;
  await changeAlert(db, id, { kind: 'acknowledge', by: homes[0]?.primaryId ?? '' }, clock.now());
  await page.getByText(new RegExp(zh.wall.going('李红梅'))).waitFor();
}, 60_000);

it('is left to the wall, which then shows nothing else and asks for no password, until it is taken down', async () => {
  const wall = await page.context().browser()!.newContext({ viewport: DESKTOP, locale: 'zh-CN' });
  // A sign-in of its own: what hangs on the wall is nobody's office any more.
  const token = await createSession(
    board.pact.db,
    (await board.pact.db.selectFrom('account').select('id').executeTakeFirstOrThrow()).id,
    board.pact.clock.now(),
    board.pact.clock.now().add({ hours: 12 }),
  );
  await wall.addCookies([{ name: 'pact', value: token, url: board.pact.urls.http }]);
  const screen = await wall.newPage();
  await screen.goto(`${board.pact.urls.http}/#wall`);
  await screen.getByRole('button', { name: new RegExp(zh.wall.hang) }).click();
  await screen.getByRole('button', { name: zh.wall.takeDown }).waitFor();
  await screen.goto(`${board.pact.urls.http}/#register`);
  await screen.reload();
  await screen.getByRole('button', { name: zh.wall.takeDown }).waitFor();
  await screen.getByText(/07号 王奶奶/).waitFor();
  expect(await screen.getByRole('navigation').count()).toBe(0);
  await takeShot(screen, 'views-wall-hung-zh');
  expect(await board.barriers(screen)).toEqual([]);
  await screen.getByRole('button', { name: zh.wall.takeDown }).click();
  await screen.getByLabel(zh.entry.password, { exact: true }).waitFor();
  await wall.close();
}, 60_000);

it('says on the wall in large letters when it is not live, and is live again by itself', async () => {
  await page.context().setOffline(true);
  await page.getByRole('alert').filter({ hasText: '不是实时' }).waitFor();
  await shot('views-wall-dropped-zh');
  await page.context().setOffline(false);
  await page.getByRole('alert').filter({ hasText: '不是实时' }).waitFor({ state: 'hidden' });
}, 60_000);

it('gives an alert a page of its own with everything that happened, also when it is over', async () => {
  const { id } = await alertOf(homes[0]!);
  await go('today');
  await page.locator(`a[href="#alert/${id}"]`).click();
  await page.getByRole('heading', { name: zh.alertPage.timeline }).waitFor();
  await page.getByText(zh.entries.acknowledged('李红梅')).first().waitFor();
  const facts = page.getByRole('region', { name: zh.alertPage.facts });
  for (const fact of ['王秀英', '用拐杖', '对门李姐', '张医生 62345678'])
    await facts.getByText(fact).waitFor();
  await shot('views-alert-zh');
  expect(await board.barriers(page)).toEqual([]);
  const { db, clock } = board.pact;
  await changeAlert(
    db,
    id,
    { kind: 'record_outcome', outcome: 'safe', by: homes[0]?.primaryId },
    clock.now(),
  );
  await page.getByRole('button', { name: zh.outcome.correct }).waitFor();
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await page.getByRole('heading', { name: en.alertPage.timeline }).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('views-alert-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  expect(seen).toEqual([]);
}, 60_000);
