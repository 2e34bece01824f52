import { connectAsync, type MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], enrol: ENROL_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, enrol: ENROL_TEXT.en };

let board: BoardUnderTest;
let page: Page;
let device: MqttClient | undefined;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00');
  await seedCommunity(board.pact.db).then((seed) => seed.addHome({ code: '7' }));
}, 120_000);
afterAll(async () => {
  await device?.endAsync();
  await board?.stop();
});

const shot = (name: string) => takeShot(page, name);
const step = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

it('lists the homes that are not protected, with what each lacks', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByRole('link', { name: new RegExp(`^${zh.pages.enrol}`) }).click();
  await page.getByText(zh.unfinished(1)).waitFor();
  await page.getByText(zh.missing.consent).waitFor();
  await page.getByText(zh.missing.test).waitFor();
  await shot('enrol-list-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('registers a home, keeps what was typed on a slip, and refuses a number that is taken in words', async () => {
  await page.getByRole('link', { name: zh.enrol.add }).click();
  const { home } = zh.enrol;
  await page.getByLabel(home.code).fill('07');
  await page.getByLabel(home.salutation).fill('张爷爷');
  await page.getByLabel(home.building, { exact: true }).fill('3');
  await page.getByLabel(home.room, { exact: true }).fill('402');
  await page.getByLabel(home.grid).fill('第一网格');
  await page.getByLabel(home.resident).fill('张建国');
  await page.reload();
  expect(await page.getByLabel(home.resident).inputValue()).toBe('张建国');
  await page.getByLabel(home.code).fill('08');
  await shot('enrol-new-zh');
  await page.getByRole('button', { name: home.save, exact: true }).click();
  await page.getByRole('heading', { name: zh.enrol.consent.step }).waitFor();
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('goes by consent, pact and people to a sensor whose secret is shown once', async () => {
  const { consent, pact, people, sensor } = zh.enrol;
  await shot('enrol-consent-zh');
  await page.getByRole('button', { name: `${consent.record}: ${consent.purposes.pact}` }).click();
  await page.getByRole('button', { name: pact.begin }).waitFor();
  await page.getByLabel(pact.deadline).fill('08:30');
  await shot('enrol-pact-zh');
  await page.getByRole('button', { name: pact.begin }).click();
  await page.getByLabel(people.primary).waitFor();
  await page.getByLabel(people.primary).selectOption({ index: 1 });
  await shot('enrol-people-zh');
  await page.getByRole('button', { name: people.save }).click();
  await page.getByRole('button', { name: sensor.pair }).click();
  await page.getByText(SENSORS_TEXT['zh-CN'].secret.once).waitFor();
  await shot('enrol-sensor-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('tests the curtain live and the steward’s phone, and says that the home is protected', async () => {
  const { sensor, test } = zh.enrol;
  const secret = step(sensor.step);
  const [id, password, topic] = await secret.locator('dd code').allTextContents();
  device = await connectAsync(board.pact.urls.mqtt, { username: id, password });
  const says = (type: 'opened' | 'closed', seq: number) =>
    device?.publishAsync(topic ?? '', JSON.stringify({ type, seq }), { qos: 1 });
  await says('closed', 1);

  await page.getByRole('button', { name: test.start }).click();
  await page.getByText(test.open).waitFor();
  await says('opened', 2);
  await page.getByText(/看到拉开/).waitFor();
  await says('closed', 3);
  await page.getByText(/看到合上/).waitFor();
  await shot('enrol-test-zh');
  const confirm = page.getByRole('button', { name: test.confirm });
  await confirm
    .or(page.getByText(zh.enrol.protectedTitle('08')))
    .first()
    .waitFor();
  if (await confirm.isVisible()) await confirm.click();
  await page.getByText(zh.enrol.protectedTitle('08')).waitFor();
  await shot('enrol-done-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('says what follows before a consent is withdrawn, on a phone, in English', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  const { consent } = en.enrol;
  await page.getByRole('button', { name: new RegExp(`${consent.step}$`) }).click();
  await page.getByRole('button', { name: `${consent.withdraw}: ${consent.purposes.pact}` }).click();
  await page.getByText(consent.undoHint).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('enrol-withdraw-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: consent.withdrawNow }).click();
  await page.getByText(consent.purposes.pact).waitFor();
  await page.goto(`${board.pact.urls.http}/#enrol`);
  await page.getByText(en.missing.consent).first().waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('enrol-list-phone-en');
  expect(seen).toEqual([]);
}, 60_000);
