import { readFile } from 'node:fs/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { VIEWS_TEXT } from '#pact/text/board-views.ts';
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

const zh = { ...BOARD_TEXT['zh-CN'], sensors: SENSORS_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, sensors: SENSORS_TEXT.en };
const words = zh.sensors;

let board: BoardUnderTest;
let page: Page;
let seed: Seed;
let home: SeededHome;
let device: MqttClient;
let topic: string;
const seen: string[] = [];

/** A Tuesday afternoon. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00', {
    PACT_PUBLIC_URL: 'http://pact.example.cn',
  });
}, 120_000);
afterAll(async () => {
  await device?.endAsync(true);
  await board?.stop();
});

const shot = (name: string, of: Page = page) => takeShot(of, name);
const part = (name: string) => page.getByRole('region', { name, exact: true });
const press = (name: string | RegExp) =>
  page.getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) }).click();
const closed = () => page.getByRole('dialog').waitFor({ state: 'hidden' });
const goTo = (hash: string) => page.goto(`${board.pact.urls.http}/${hash}`);
const say = (message: object) => device.publishAsync(topic, JSON.stringify(message), { qos: 1 });
const shownCredentials = () => page.getByRole('dialog').locator('dd code').allTextContents();

/** Looked at anew, as people do who will not wait for the page to ask again. */
const appears = (locator: ReturnType<Page['locator']>) =>
  vi.waitFor(async () => {
    await page.reload();
    await locator.waitFor({ timeout: 1_500 });
  }, 20_000);

/** A device that has what was shown. */
async function connectDevice([username = '', password = '', its = '']: string[]) {
  device = await connectAsync(board.pact.urls.mqtt, { username, password, reconnectPeriod: 200 });
  // A device that was retired or given another secret is refused, and goes on trying.
  device.on('error', () => undefined);
  topic = its;
  return username;
}

it('says what to do while there are no sensors, pairs one, and shows this once what its device must know', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByText(zh.facade.noneTitle).waitFor();
  seed = await seedCommunity(board.pact.db);
  home = await seed.addHome({ code: '7', sensor: false, pact: { weekdays: [1, 3, 4, 5, 6, 7] } });
  await board.pact.db
    .updateTable('person')
    .set({ name: '李红梅' })
    .where('id', '=', home.primaryId)
    .execute();
  await goTo('#sensors');
  await page.reload();
  await page.getByText(words.emptyTitle).waitFor();
  await shot('sensors-empty-zh');
  expect(await board.barriers(page)).toEqual([]);

  await page.getByRole('button', { name: words.pair.open }).first().click();
  await page.getByLabel(words.pair.home).selectOption({ label: '7号 王奶奶 3栋2单元501' });
  await shot('sensors-pair-zh');
  await press(words.pair.submit);
  await page.getByText(words.secret.once).waitFor();
  await page.getByRole('img', { name: words.secret.scan }).waitFor();
  await shot('sensors-secret-zh');
  expect(await board.barriers(page)).toEqual([]);
  const id = await connectDevice(await shownCredentials());
  await page.getByRole('link', { name: words.secret.ready }).click();
  await page.getByRole('heading', { name: new RegExp(id) }).waitFor();
  await part(words.card.direction).getByText(words.test.untested).waitFor();
}, 60_000);

it('tests which way the sensor is mounted, with somebody beside the curtain, and turns it round', async () => {
  await press(words.test.start);
  await page.getByText(words.test.openAsk).waitFor();
  await expectDisabled(words.test.openYes);
  await say({ type: 'closed' });
  await page.getByText(/^✓/).waitFor();
  await shot('sensors-test-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(words.test.openYes);
  await page.getByText(words.test.closedAsk).waitFor();
  await say({ type: 'opened' });
  await page.getByText(/^✓/).waitFor();
  await press(words.test.closedYes);
  await page.getByText(words.test.reversed).waitFor();
  await shot('sensors-turned-zh');

  // It was made to connect again, and what it says of an opening is an opening now.
  await vi.waitFor(async () => {
    await say({ type: 'closed' });
    await page.reload();
    await part(words.card.says).getByText(words.curtains.open).waitFor({ timeout: 1_500 });
  }, 20_000);
}, 60_000);

const expectDisabled = async (name: string) =>
  expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true);

it('shows what could not be read and why, and changes the settings', async () => {
  await device.publishAsync(topic, 'Zimmer 3: auf', { qos: 1 });
  const unread = part(words.card.unread);
  await appears(unread.getByText(zh.unreadReasons.not_json));
  await unread.getByText('Zimmer 3: auf').waitFor();
  await page.getByRole('button', { name: new RegExp(`${words.card.settings}$`) }).click();
  await page.getByLabel(words.settings.silence).fill('120');
  await page.getByLabel(words.settings.gateway).fill('gw-3');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await closed();
  await part(words.card.settings).getByText('gw-3').waitFor();
  await shot('sensors-card-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
}, 60_000);

it('puts another device in its place in one step, under the same settings', async () => {
  await press(words.replace.open);
  await page.getByLabel(words.pair.id).fill('curtain-07b');
  await shot('sensors-replace-zh');
  await press(words.replace.submit);
  await page.getByText(words.secret.once).waitFor();
  await device.endAsync(true);
  await connectDevice(await shownCredentials());
  await press(words.secret.ready);
  await page.getByRole('heading', { name: /curtain-07b/ }).waitFor();
  await part(words.card.settings).getByText('gw-3').waitFor();
  await part(words.card.direction).getByText(words.test.untested).waitFor();
  await say({ type: 'opened', battery: 15 });
  await appears(part(words.card.says).getByText('15%'));
}, 60_000);

it('lists all sensors, those in trouble first, and finds a home’s by its number', async () => {
  const notToday = { weekdays: [1, 3] as (1 | 3)[] };
  const spoke = (at: string) => ({ lastSeenAt: `2026-11-${at}+08:00`, curtain: 'open' as const });
  await seed.addHome({ code: '12', ...spoke('24T13:58:00') });
  await seed.addHome({ code: '18', ...spoke('22T09:00:00'), pact: notToday });
  await seed.addHome({ code: '21', pact: notToday });
  await goTo('#sensors');
  await page.reload();
  await page.getByLabel(words.filters.all).check();
  const rows = page.locator('.record-rows tbody tr');
  await vi.waitFor(async () => expect(await rows.count()).toBe(4), 20_000);
  const order = await rows.locator('th').allTextContents();
  expect(order.map((text) => Number.parseInt(text, 10))).toEqual([18, 21, 7, 12]);
  await appears(rows.first().getByText(words.ticketKinds.silent, { exact: true }));
  await shot('sensors-list-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
  await page.getByLabel(words.find).fill('12');
  await vi.waitFor(async () => expect(await rows.count()).toBe(1));
  await goTo(`#sensors/home/${home.id}`);
  await vi.waitFor(async () => expect(await rows.count()).toBe(1));
}, 60_000);

it('gives a ticket somebody who goes and a day, and closes it with what was done', async () => {
  await goTo('#sensors/tickets');
  const work = page.getByRole('button', {
    name: `${words.tickets.work}: 7号 · ${words.ticketKinds.battery_low}`,
  });
  await appears(work);
  await shot('sensors-tickets-zh');
  expect(await board.barriers(page)).toEqual([]);
  await work.click();
  expect(await page.getByLabel(words.tickets.owner).locator('option:checked').textContent()).toBe('李红梅');
  await page.getByLabel(words.tickets.due).fill('2026-11-20');
  await page.getByLabel(words.tickets.note).fill('带两节五号电池');
  await shot('sensors-ticket-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(words.tickets.save);
  await closed();
  await page.getByText(words.tickets.overdue).waitFor();
  await work.click();
  await page.getByLabel(words.tickets.done).fill('换了电池');
  await say({ type: 'heartbeat', battery: 98 });
  await press(words.tickets.close);
  await closed();
  await work.waitFor({ state: 'hidden' });
  await page.getByLabel(words.tickets.all).check();
  await page.getByText('换了电池').waitFor();
}, 60_000);

it('asks on the morning’s page and on the elder’s card that somebody looks in, until somebody has', async () => {
  // The service has run for longer than sensors get to be heard again after its start.
  const { db, clock } = board.pact;
  await db
    .updateTable('watermark')
    .set({ resumed_at: new Date(clock.now().epochMilliseconds - 3_600_000) })
    .execute();
  await goTo('#today');
  const warning = page.getByRole('article').filter({ hasText: WARNINGS_TEXT['zh-CN'].lookIn(2) });
  await appears(warning.getByText('18、21'));
  await page.getByLabel(VIEWS_TEXT['zh-CN'].views.list).check({ force: true });
  await page.locator('.line', { hasText: zh.home.code('18') }).click();
  await page.getByText(/设备断了信号\(/).waitFor();
  await shot('sensors-look-in-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(zh.home.seen);
  await press(zh.home.seenYes);
  await closed();
  await page
    .getByRole('article')
    .filter({ hasText: WARNINGS_TEXT['zh-CN'].lookIn(1) })
    .waitFor();

  await goTo('#sensors/tickets');
  await press(`${words.tickets.work}: 21号 · ${words.ticketKinds.look_in}`);
  await shot('sensors-look-in-ticket-zh');
  await press(words.tickets.seen);
  await closed();
  await page.getByText(words.ticketKinds.look_in).waitFor({ state: 'hidden' });
}, 60_000);

it('moves a sensor, gives it a new secret, and retires it only after saying what follows', async () => {
  await goTo('#sensors/one/curtain-07b');
  await press(words.renew.open);
  await press(words.renew.submit);
  await page.getByText(words.secret.once).waitFor();
  await press(words.secret.ready);
  await press(words.retire.open);
  await page.getByText(words.retire.last).waitFor();
  await shot('sensors-retire-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(zh.cancel);
  await press(words.move.open);
  await page.getByLabel(words.pair.home).selectOption({ label: '12号 王奶奶 3栋2单元501' });
  await press(words.move.submit);
  await closed();
  await page.getByRole('heading', { name: /12号/ }).waitFor();
  await press(words.retire.open);
  await page.getByText(words.retire.more).waitFor();
  await press(words.retire.submit);
  await page.getByText(/停用了,不再收/).waitFor();
  await goTo(`#sensors/home/${home.id}`);
  await page.getByText(words.noneHere).waitFor();
}, 60_000);

it('prints decals for all homes, or for those chosen', async () => {
  await goTo('#sensors/decals');
  await page.getByText(words.decals.chosen(4, 1)).waitFor();
  await page.getByLabel('12号 王奶奶').uncheck();
  await page.getByText(words.decals.chosen(3, 1)).waitFor();
  await shot('sensors-decals-zh');
  expect(await board.barriers(page)).toEqual([]);
  const [download] = await Promise.all([page.waitForEvent('download'), press(words.decals.print)]);
  const pdf = await readFile(await download.path());
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(download.suggestedFilename()).toBe('decals.pdf');
  await page.getByText(words.decals.printed).waitFor();
}, 60_000);

it('does it all on a phone too, in English, with the keyboard', async () => {
  const context = await board.browser.newContext({
    viewport: PHONE,
    storageState: await page.context().storageState(),
    locale: 'en',
  });
  const phone = await context.newPage();
  phone.on('pageerror', (error) => seen.push(error.message));
  await phone.goto(`${board.pact.urls.http}/#sensors`);
  await phone.getByRole('heading', { name: new RegExp(`^(${en.sensors.title}|${words.title})$`) }).waitFor();
  if ((await phone.getAttribute('html', 'lang')) !== 'en') {
    await phone.getByRole('button', { name: zh.language }).click();
  }
  await phone.getByText(en.sensors.ticketKinds.silent).first().waitFor();
  await shot('sensors-phone-list-en', phone);
  expect(await scrollsSideways(phone)).toBe(false);
  expect(await board.barriers(phone)).toEqual([]);
  const first = phone.locator('.record-rows a').first();
  await first.focus();
  await phone.keyboard.press('Enter');
  await phone.getByRole('button', { name: en.sensors.test.start }).waitFor();
  await shot('sensors-phone-card-en', phone);
  expect(await scrollsSideways(phone)).toBe(false);
  expect(await board.barriers(phone)).toEqual([]);
  await phone.getByRole('button', { name: en.sensors.test.start }).press('Enter');
  await phone.getByText(en.sensors.test.openAsk).waitFor();
  await phone.getByRole('button', { name: en.sensors.test.stop }).press('Enter');
  for (const tab of ['tickets', 'decals'] as const) {
    await phone.goto(`${board.pact.urls.http}/#sensors/${tab}`);
    await phone.getByRole('heading', { name: en.sensors.tabs[tab] }).waitFor();
    await shot(`sensors-phone-${tab}-en`, phone);
    expect(await scrollsSideways(phone)).toBe(false);
    expect(await board.barriers(phone)).toEqual([]);
  }
  await context.close();
  expect(seen).toEqual([]);
}, 60_000);
