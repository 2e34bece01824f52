import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], register: REGISTER_TEXT['zh-CN'], settings: SETTINGS_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, register: REGISTER_TEXT.en, settings: SETTINGS_TEXT.en };
const words = zh.settings;
let board: BoardUnderTest;
let page: Page;
let seed: Seed;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const shot = async (name: string) => {
  const folder = process.env.PACT_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};
const part = (name: string) => page.getByRole('region', { name, exact: true });
const closed = () => page.getByRole('dialog').waitFor({ state: 'hidden' });
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const save = async () => {
  await press(zh.register.save);
  await closed();
};

it('changes the times of a community and the phone of its office', async () => {
  const opened = await board.open(DESKTOP, board.pact.setupLink ?? '');
  page = opened.page;
  page.setDefaultTimeout(8_000);
  seen.push(...opened.problems);
  await page.getByLabel(zh.entry.name, { exact: true }).fill('王主任');
  await page.getByLabel(zh.entry.username, { exact: true }).fill('office');
  await page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
  await page.getByRole('button', { name: zh.entry.setUp }).click();
  await page.getByText(zh.facade.noneTitle).waitFor();
  seed = await seedCommunity(board.pact.db);
  for (const code of ['07', '08', '19']) await seed.addHome({ code });
  await page.goto(`${board.pact.urls.http}/#settings`);
  await page.reload();
  await press(`${zh.register.edit}: ${words.times.title}`);
  await page.getByLabel(words.times.eveningAt).fill('19:45');
  await page.getByLabel(words.times.stormPercent).fill('30');
  await shot('settings-edit-zh');
  expect(await board.barriers(page)).toEqual([]);
  await save();
  await part(words.times.title).getByText('19:45').waitFor();
  await press(`${zh.register.edit}: ${words.community.title}`);
  await page.getByLabel(words.community.officePhone).fill('0391-3569000');
  await save();
  await part(words.community.title).getByText('3569000').waitFor();
}, 60_000);

it('adds a step to the order of pages, for the next alert', async () => {
  const ladders = part(words.ladders.title);
  await ladders.getByRole('button', { name: new RegExp(`^${words.ladders.edit}: `) }).click();
  await press(words.ladders.addStep);
  await page.getByLabel(`${words.ladders.step(5)}: ${words.ladders.who}`).selectOption('family');
  await page.getByLabel(`${words.ladders.step(5)}: ${words.ladders.how}`).selectOption('voice');
  await press(`${words.ladders.addPage}: ${words.ladders.step(5)}`);
  await page
    .getByRole('group', { name: words.ladders.step(5) })
    .getByLabel(words.ladders.afterMinutes)
    .fill('9');
  await shot('settings-ladder-zh');
  expect(await board.barriers(page)).toEqual([]);
  // The step before it is at ten minutes.
  await press(words.ladders.save);
  await page.getByText(zh.problem.refusals.ladder_invalid ?? '').waitFor();
  await page
    .getByRole('group', { name: words.ladders.step(5) })
    .getByLabel(words.ladders.afterMinutes)
    .fill('14');
  await press(words.ladders.save);
  await closed();
  await ladders.getByText(words.ladders.after(14)).waitFor();
  const { steps } = await board.pact.db.selectFrom('ladder').select('steps').executeTakeFirstOrThrow();
  expect(steps.slice(-1)).toEqual([
    {
      afterMinutes: 14,
      to: [
        { role: 'family', channel: 'voice' },
        { role: 'backup', channel: 'sms' },
      ],
    },
  ]);
  await press(words.ladders.add);
  await page.getByLabel(words.ladders.name, { exact: true }).fill('两位邻居先到');
  await press(words.ladders.save);
  await closed();
  await ladders.getByText('两位邻居先到').waitFor();
}, 60_000);

it('adds a grid, takes it away again, and takes that back', async () => {
  const grids = part(words.grids.title);
  await press(words.grids.add);
  await page.getByLabel(words.grids.name).fill('滨河网格');
  await save();
  const mine = grids.getByText('滨河网格', { exact: true });
  await mine.waitFor();
  await press(`${words.grids.remove}: 滨河网格`);
  await mine.waitFor({ state: 'hidden' });
  await press(zh.undo);
  await mine.waitFor();
}, 60_000);

it('adds a group, whose address is never shown again nor kept, and lets it speak', async () => {
  const robots = part(words.robots.title);
  const address = 'https://127.0.0.1:9/robot?key=secret-of-the-group';
  await press(words.robots.add);
  await page.getByLabel(words.robots.name).fill('一网格值班群');
  await page.getByLabel(words.robots.format).selectOption('dingtalk');
  await page.getByLabel(words.robots.url, { exact: true }).fill(address);
  await page.keyboard.press('Escape');
  await press(words.robots.add);
  expect(await page.getByLabel(words.robots.name).inputValue()).toBe('一网格值班群');
  expect(await page.getByLabel(words.robots.url, { exact: true }).inputValue()).toBe('');
  await page.getByLabel(words.robots.url, { exact: true }).fill(address);
  await page.getByLabel(words.robots.secret, { exact: true }).fill('SEC-of-the-group');
  await save();
  await robots.getByText('一网格值班群').waitFor();
  await press(`${words.robots.test}: 一网格值班群`);
  await page.getByText(words.robots.tested).waitFor();
  expect(await page.content()).not.toContain('of-the-group');
}, 60_000);

it('says which sensors speak through which gateway', async () => {
  const gateways = part(words.gateways.title);
  await press(words.gateways.add);
  await page.getByLabel(words.gateways.name).fill('3栋弱电间');
  await page.getByLabel(/07号/).check();
  await page.getByLabel(/08号/).check();
  await save();
  await gateways.getByText(words.gateways.count(2)).waitFor();
  await shot('settings-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
}, 60_000);

it('puts somebody’s channels in order, with their group, and says when they are on duty', async () => {
  const { persons, people } = zh.register;
  const { id } = await board.pact.db
    .selectFrom('person')
    .select('id')
    .where('kind', '=', 'steward')
    .orderBy('name')
    .executeTakeFirstOrThrow();
  await board.pact.db.updateTable('person').set({ name: '赵红梅' }).where('id', '=', id).execute();
  await page.goto(`${board.pact.urls.http}/#register/people`);
  await page.reload();
  await part(persons.kinds.neighbour).waitFor();
  await press(`${zh.register.edit}: 赵红梅`);
  await press(`+ ${persons.channelKinds.robot}`);
  await press(`${people.up}: ${persons.channelKinds.robot}`);
  await press(`${people.up}: ${persons.channelKinds.robot}`);
  await press(zh.register.save);
  await page.getByText(zh.problem.refusals.robot_needed ?? '').waitFor();
  await page.getByLabel(persons.robot).selectOption({ label: '一网格值班群' });
  await shot('settings-channels-zh');
  expect(await board.barriers(page)).toEqual([]);
  await save();
  await page.getByText('一网格值班群 → 短信 → 电话').waitFor();

  await press(`${persons.duty}: 赵红梅`);
  await press(`${persons.dutyAdd}: ${persons.dutyDay('一')}`);
  await page.getByLabel(persons.dutyFrom, { exact: true }).fill('05:30');
  await press(persons.dutyCopy);
  await press(`${persons.dutyRemove}: ${persons.dutyDay('日')} 05:30`);
  await shot('settings-duty-zh');
  expect(await board.barriers(page)).toEqual([]);
  await save();
  const hours = await board.pact.db
    .selectFrom('duty_hours')
    .select(['weekday', 'from_time', 'until_time'])
    .where('person_id', '=', id)
    .orderBy('weekday')
    .execute();
  expect(hours).toEqual(
    [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from_time: '05:30', until_time: '12:00' })),
  );
}, 60_000);

it('is usable on a phone, in English', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await press(`${en.register.persons.duty}: 赵红梅`);
  await page.getByRole('dialog').getByText(en.register.persons.dutyOff).waitFor();
  await shot('settings-duty-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.goto(`${board.pact.urls.http}/#settings`);
  await part(en.settings.gateways.title).getByText(en.settings.gateways.count(2)).waitFor();
  await shot('settings-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await press(`${en.settings.robots.remove}: 一网格值班群`);
  await part(en.settings.robots.title)
    .getByRole('button', { name: en.settings.robots.remove, exact: true })
    .click();
  await page.getByText(en.problem.refusals.robot_in_use ?? '').waitFor();
  expect(seen).toEqual([]);
}, 60_000);
