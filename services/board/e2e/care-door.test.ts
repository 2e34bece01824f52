import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { createCareLink } from '#store/care/care-link.ts';
import { createPlan } from '#store/care/plans.ts';
import { askForCare } from '#store/care/tasks.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  sentOnceOnline,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = DOOR_TEXT['zh-CN'];
const en = DOOR_TEXT.en;
const BY = { kind: 'token', id: 'a-program' };
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
let board: BoardUnderTest;
let seed: Seed;
let steward: string;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T09:02:00+08:00');
  seed = await seedCommunity(board.pact.db);
}, 120_000);
afterAll(() => board?.stop());

/** A home of the one steward of this test. */
async function homeAt(code: string, building: string, room: string): Promise<SeededHome> {
  const { db } = board.pact;
  const home = await seed.addHome({ code });
  await db
    .updateTable('household')
    .set({ building, unit: '2', room, floor: null, phone: '+8613900001234' })
    .where('id', '=', home.id)
    .execute();
  steward ??= home.primaryId;
  await db
    .updateTable('assignment')
    .set({ person_id: steward })
    .where('household_id', '=', home.id)
    .where('role', '=', 'primary')
    .execute();
  await db.updateTable('person').set({ name: '赵红梅' }).where('id', '=', steward).execute();
  return home;
}
const plan = (home: SeededHome, kind: 'daily_visit' | 'daily_greeting') =>
  createPlan(board.pact.db, home.id, { kind, weekdays: EVERY_DAY }, BY, board.pact.clock.now());
const mustVisit = (home: SeededHome, note: string) =>
  askForCare(
    board.pact.db,
    { id: crypto.randomUUID(), householdId: home.id, kind: 'must_visit', occasion: 'illness', note },
    BY,
    board.pact.clock.now(),
  );
async function openList(viewport = PHONE): Promise<{ page: Page; link: string }> {
  const { db, clock, urls } = board.pact;
  const of = { communityId: seed.communityId, personId: steward };
  const made = await db.transaction().execute((tx) => createCareLink(tx, of, clock.now()));
  const link = `${urls.http}/c#${made?.token}`;
  const { page, problems } = await board.open(viewport, link);
  seen.push(...problems);
  return { page, link };
}
const card = (page: Page, code: string) => page.getByRole('region', { name: zh.code(code) });

it('leads from door to door, ticks off by one press with a line of words, and takes a slip back', async () => {
  const far = await homeAt('31', '10', '101');
  const high = await homeAt('32', '2', '902');
  const low = await homeAt('33', '2', '201');
  for (const home of [far, high, low]) await plan(home, 'daily_visit');
  await plan(low, 'daily_greeting');
  await mustVisit(high, '昨晚发烧');
  const { page } = await openList();
  await card(page, '33').waitFor();
  const order = await page
    .getByRole('region')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(order).toEqual(['33号', '32号', '31号']);
  await takeShot(page, 'care-door-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);

  await card(page, '33').getByRole('textbox', { name: zh.care.note }).fill('在家,血压正常');
  await card(page, '33').getByRole('button', { name: zh.care.done.daily_visit }).click();
  await card(page, '33')
    .getByText(/已记下 · 在家,血压正常/)
    .first()
    .waitFor();
  await page.getByText(zh.care.doneHomes(1)).waitFor();
  await takeShot(page, 'care-door-done-zh');
  const contact = await board.pact.db
    .selectFrom('care_contact')
    .select(['note', 'way', 'person_id'])
    .where('household_id', '=', low.id)
    .execute();
  expect(contact).toEqual([{ note: '在家,血压正常', way: 'visit', person_id: steward }]);

  await card(page, '33').getByRole('button', { name: zh.care.undo }).first().click();
  await card(page, '33').getByRole('button', { name: zh.care.done.daily_greeting }).waitFor();
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: zh.other }).click();
  await page.getByText(en.care.left(3)).waitFor();
  await takeShot(page, 'care-door-en');
}, 60_000);

it('keeps what was pressed without a network and sends it once, also when the page was closed meanwhile', async () => {
  const home = await homeAt('41', '3', '301');
  await plan(home, 'daily_visit');
  const { page, link } = await openList();
  const context = page.context();
  await card(page, '41').waitFor();
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await card(page, '41').waitFor();
  await context.setOffline(true);
  await card(page, '41').getByRole('button', { name: zh.care.done.daily_visit }).click();
  await card(page, '41').getByText(zh.care.waiting).waitFor();
  await takeShot(page, 'care-door-offline-zh');
  await page.close();
  const again = await context.newPage();
  await again.goto(link);
  await card(again, '41').getByText(zh.care.waiting).waitFor();
  await context.setOffline(false);
  await sentOnceOnline(again, card(again, '41').getByText(/已记下/));
  const contacts = await board.pact.db
    .selectFrom('care_contact')
    .select('id')
    .where('household_id', '=', home.id)
    .execute();
  expect(contacts).toHaveLength(1);
}, 60_000);

it('keeps what is being written while the list is asked for anew', async () => {
  const home = await homeAt('51', '4', '301');
  await plan(home, 'daily_visit');
  const { page } = await openList(DESKTOP);
  const note = card(page, '51').getByRole('textbox', { name: zh.care.note });
  await note.fill('写到一半');
  await page.evaluate("window.dispatchEvent(new Event('online'))");
  await page.waitForResponse((answer) => answer.url().endsWith('/door/care'));
  expect(await note.inputValue()).toBe('写到一半');
  await takeShot(page, 'care-door-desk');
}, 60_000);

it('says when a link is over, and shows nothing of any home', async () => {
  const { page } = await board.open(PHONE, `${board.pact.urls.http}/c#AAAAAAAAAAAAAA`);
  await page.getByText(zh.expiredTitle).waitFor();
  expect(await page.getByRole('region').count()).toBe(0);
  expect(await board.barriers(page)).toEqual([]);
  expect(seen).toEqual([]);
}, 60_000);
