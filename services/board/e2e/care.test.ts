import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { createPlan } from '#store/care/plans.ts';
import { watchDrifts } from '#store/care/watch-drifts.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], care: CARE_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, care: CARE_TEXT.en };
let board: BoardUnderTest;
let page: Page;
let seed: Seed;
let home: SeededHome;
let other: SeededHome;
const seen: string[] = [];

/** A Tuesday, after the deadline. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T10:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const shot = (name: string, of: Page = page) => takeShot(of, name);
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const go = async (hash: string) => {
  await page.goto(`${board.pact.urls.http}/${hash}`);
  await page.reload();
};
const row = (code: string, what: string) =>
  page.locator('.record-rows tbody tr', { hasText: zh.home.code(code) }).filter({ hasText: what });

it('says what to do while nothing is planned, and plans daily visits for a home', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  page.setDefaultTimeout(10_000);
  seen.push(...opened.problems);
  await page.getByText(zh.facade.noneTitle).waitFor();
  seed = await seedCommunity(board.pact.db);
  home = await seed.addHome({ code: '07', pact: { fromOn: '2026-11-25' } });
  other = await seed.addHome({ code: '12', pact: { fromOn: '2026-11-25' } });
  const { db } = board.pact;
  await db.updateTable('person').set({ name: '赵红梅' }).where('id', '=', home.primaryId).execute();
  await db.updateTable('person').set({ name: '李建国' }).where('id', '=', other.primaryId).execute();
  await go('#care');
  await page.getByText(zh.care.emptyTitle).waitFor();
  await shot('care-empty-zh');
  await page.getByRole('link', { name: zh.care.tabs.plans }).first().click();
  await page
    .getByRole('combobox', { name: zh.care.plans.choose })
    .selectOption({ label: '07号 王奶奶 3栋2单元501' });
  await press(`${zh.care.plans.set}: ${zh.care.kinds.daily_visit}`);
  await shot('care-plan-form-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await page.getByRole('link', { name: /07号 王奶奶 日走访 每天/ }).waitFor();
  await press(`${zh.care.plans.end}: ${zh.care.kinds.daily_visit}`);
  await page.getByText(zh.care.plans.emptyTitle).waitFor();
  await press(zh.care.undo);
  await page.getByRole('link', { name: /07号 王奶奶 日走访 每天/ }).waitFor();
  await shot('care-plans-zh');
}, 60_000);

it('shows the day by steward, ticks off with a word, and takes the tick back', async () => {
  await page.getByRole('link', { name: zh.care.tabs.day, exact: true }).click();
  await page.getByRole('region', { name: '赵红梅' }).waitFor();
  await row('07', zh.care.kinds.daily_visit).getByRole('button', { name: zh.care.tick }).click();
  await page.getByRole('dialog').getByLabel(zh.care.note).fill('在家,精神好');
  await shot('care-done-form-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: zh.care.save }).click();
  await row('07', '在家,精神好').waitFor();
  await page.locator('.toast').getByRole('button', { name: zh.care.undo }).click();
  await row('07', zh.care.states.open).waitFor();
}, 60_000);

it('adds a must-visit and a service to the list, and takes one off and back', async () => {
  await press(zh.care.addMustVisit);
  await page.getByLabel(zh.care.home).selectOption({ label: '12号 王奶奶 3栋2单元501' });
  await page.getByLabel(zh.care.occasion).selectOption({ label: zh.care.occasions.illness ?? '' });
  await page.getByLabel(zh.care.askNote).fill('昨晚发烧');
  await shot('care-ask-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: zh.care.addMustVisit }).click();
  await row('12', '必访 · 生病').waitFor();
  await press(zh.care.addService);
  await page.getByLabel(zh.care.home).selectOption({ label: '12号 王奶奶 3栋2单元501' });
  await page.getByLabel(zh.care.service).selectOption({ label: zh.care.otherService });
  await page.getByLabel(zh.care.otherServiceName).fill('换灯泡');
  await page.getByRole('dialog').getByRole('button', { name: zh.care.addService }).click();
  await row('12', '服务 · 换灯泡').waitFor();
  await row('12', '换灯泡').getByRole('button', { name: zh.care.takeBack }).click();
  await row('12', '换灯泡').getByText(zh.care.states.excused).waitFor();
  await page.locator('.toast').getByRole('button', { name: zh.care.undo }).click();
  await row('12', '换灯泡').getByText(zh.care.states.open).waitFor();
  await shot('care-day-zh');
  expect(await scrollsSideways(page)).toBe(false);
}, 60_000);

it('hands a steward the link to their own list, which shows what the board shows', async () => {
  await press(zh.care.linkTitle('李建国'));
  await press(zh.care.linkMake);
  const link = await page.getByLabel(zh.care.linkReady).inputValue();
  await shot('care-link-zh');
  await page.keyboard.press('Escape');
  const { page: phone, problems } = await board.open(PHONE, link);
  const door = DOOR_TEXT['zh-CN'];
  await phone.getByRole('heading', { name: /12号/ }).waitFor();
  expect(await phone.getByRole('heading', { name: /07号/ }).count()).toBe(0);
  await phone.getByRole('textbox', { name: door.care.note }).fill('换好了');
  await phone.getByRole('button', { name: door.care.done.service }).click();
  await phone.getByText(/换好了/).waitFor();
  await page.reload();
  await row('12', '换好了').waitFor();
  expect(problems).toEqual([]);
}, 60_000);

it('shows what was missed the day before, and has the plans in the home’s file', async () => {
  const { db, clock } = board.pact;
  await createPlan(db, home.id, { kind: 'weekly_visit', weekdays: [2, 5] }, { kind: 'token' }, clock.now());
  // As the night left it: nobody came on Monday.
  await db
    .updateTable('care_task')
    .set({ missed_since: '2026-11-23' })
    .where('household_id', '=', home.id)
    .where('kind', '=', 'daily_visit')
    .execute();
  await db
    .insertInto('care_task')
    .values({
      ...{
        id: crypto.randomUUID(),
        household_id: home.id,
        community_id: seed.communityId,
        kind: 'daily_visit',
      },
      ...{
        from_on: '2026-11-23',
        due_on: '2026-11-23',
        state: 'missed',
        opened_at: new Date(),
        opened_by: 'rules',
      },
    })
    .execute();
  await go('#care');
  await row('07', zh.care.since('2026-11-23')).waitFor();
  await page.getByText(zh.care.late(1)).waitFor();
  await shot('care-late-zh');
  await press(new RegExp(zh.care.earlier));
  await row('07', zh.care.states.missed).waitFor();
  await shot('care-missed-zh');
  await go(`#register/${home.id}`);
  const part = page.getByRole('region', { name: zh.care.plans.title });
  await part.getByText('每周二、五').waitFor();
  await part.scrollIntoViewIfNeeded();
  await shot('care-file-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('asks for a visit by itself where the mornings come later, and draws why in the home’s file', async () => {
  const { db, clock } = board.pact;
  const { id: pactId } = await db
    .selectFrom('pact')
    .select('id')
    .where('household_id', '=', other.id)
    .executeTakeFirstOrThrow();
  const day = 86_400_000;
  const midnight = Date.parse('2026-11-24T00:00:00+08:00');
  await db
    .insertInto('pact_day')
    .values(
      Array.from({ length: 28 }, (_, x) => {
        const start = midnight - (28 - x) * day;
        const at = (minutes: number) => new Date(start + minutes * 60_000);
        return {
          ...{ household_id: other.id, on_date: new Date(start + 8 * 3_600_000).toISOString().slice(0, 10) },
          ...{ community_id: seed.communityId, pact_id: pactId, earliest_at: at(240), deadline_at: at(480) },
          ...{ verdict: 'kept' as const, closed_as: 'kept' as const, proof_kind: 'opened' },
          proof_at: at(380 + 3 * x + ((x * 7) % 11)),
        };
      }),
    )
    .execute();
  await db.updateTable('care_day').set({ drift_at: null, drift_upto: null }).execute();
  await watchDrifts(db, clock.now());
  await go('#care');
  await row('12', zh.care.drifts.drift_later ?? '').waitFor();
  await row('12', zh.care.drifts.drift_later ?? '')
    .getByRole('link')
    .click();
  const part = page.getByRole('region', { name: zh.care.plans.title });
  await part.getByRole('img', { name: /四周里拉帘从 6:2\d 前后变到 7:4\d 前后/ }).waitFor();
  await part.getByText(zh.care.drift.table).click();
  expect(await part.locator('.drift-table tbody tr').count()).toBe(28);
  expect(await board.barriers(page)).toEqual([]);
  await part.getByText(zh.care.drift.table).click();
  await shot('care-drift-zh');
  await page.setViewportSize(PHONE);
  expect(await scrollsSideways(page)).toBe(false);
  await shot('care-drift-phone-zh');
  await page.setViewportSize(DESKTOP);
}, 60_000);

it('lets the office add an occasion of its own, and switch off one of the five', async () => {
  await go('#settings');
  const words = zh.care.kindsOfOccasion;
  const part = page.getByRole('region', { name: words.title });
  await part.getByRole('button', { name: words.add }).click();
  await page.getByRole('dialog').getByLabel(words.name).fill('高温');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await part.getByText('高温').waitFor();
  await part.getByRole('button', { name: `${words.edit}: 红白事` }).click();
  await page.getByRole('dialog').getByLabel(words.inUse).uncheck();
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await part.getByText(words.off).waitFor();
  await part.scrollIntoViewIfNeeded();
  await shot('care-occasions-zh');
}, 60_000);

it('fits a phone, in English too', async () => {
  await page.setViewportSize(PHONE);
  await go('#care');
  await page.getByRole('region', { name: '赵红梅' }).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('care-day-phone-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText(en.care.lead).waitFor();
  await shot('care-day-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  await page.getByRole('link', { name: en.care.tabs.plans }).first().click();
  await page.getByText(en.care.plans.lead).waitFor();
  await shot('care-plans-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  expect(seen).toEqual([]);
}, 60_000);
