import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { WARNINGS_TEXT } from '#pact/text/warnings.ts';
import { noteSightings, noteSourceState } from '#store/bridge/note.ts';
import type { Sighting } from '#store/bridge/setting.ts';
import { sightingOf } from '#store/bridge/testing/sightings.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const common = BOARD_TEXT['zh-CN'];
const words = SOURCES_TEXT['zh-CN'];
const NOW = '2026-11-24T06:10:00Z';

let board: BoardUnderTest;
let page: Page;
const seen: string[] = [];

/** A Tuesday afternoon; what the devices say is written as the bridge writes it. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00', {
    PACT_PUBLIC_URL: 'http://pact.example.cn',
    PACT_SERVICES: 'api,broker,rules,escalation,messaging',
  });
}, 120_000);
afterAll(() => board?.stop());

const shot = (name: string, of: Page = page) => takeShot(of, name);
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const part = (name: string) => page.getByRole('region', { name, exact: true });
const idOf = async (name: string) =>
  (
    await board.pact.db
      .selectFrom('source')
      .select('id')
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .executeTakeFirstOrThrow()
  ).id;
const note = (...sightings: Sighting[]) => noteSightings(board.pact.db, sightings, board.pact.clock.now());

it('says what to do while there is no source, and adds one by what people know', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByText(common.facade.noneTitle).waitFor();
  const seed = await seedCommunity(board.pact.db);
  await seed.addHome({ code: '7', sensor: false });
  await page.goto(`${board.pact.urls.http}/#sensors`);
  await page.reload();
  await page.getByRole('link', { name: SENSORS_TEXT['zh-CN'].toSources }).first().click();
  await page.getByText(words.emptyTitle).waitFor();
  await shot('sources-empty-zh');
  expect(await board.barriers(page)).toEqual([]);

  await page.getByRole('button', { name: words.add }).first().click();
  await page.getByRole('heading', { name: words.choose }).waitFor();
  await shot('sources-choose-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('button', { name: words.formats.chirpstack ?? '' }).click();
  await page.getByLabel(words.fields.name, { exact: true }).fill('小区 LoRa');
  await page.getByLabel(words.fields.url, { exact: true }).fill('mqtt://broker.example.com');
  await page.getByLabel(words.fields.secret, { exact: true }).fill('hunter2');
  expect(await page.getByLabel(words.fields.topics, { exact: true }).inputValue()).toBe(
    'application/+/device/+/event/+',
  );
  await shot('sources-add-zh');
  await press(REGISTER_TEXT['zh-CN'].save);
  await page.getByText(words.inTheOpen).waitFor();
  await page.getByText(words.unknownNone).waitFor();
}, 60_000);

it('shows devices as they come in, and pairs one in two clicks', async () => {
  const sourceId = await idOf('小区 LoRa');
  const frame = { topic: 'application/1/device/24E124535B316056/event/up', fPort: 85 };
  await noteSourceState(
    board.pact.db,
    sourceId,
    {
      ...{ state: 'connected', problem: null, lastMessageAt: Date.parse(NOW), refused: 2 },
      lastRefusal: 'not_json',
    },
    board.pact.clock.now(),
  );
  await note(
    sightingOf(sourceId, '24E124535B316056', NOW, {
      ...frame,
      ...{ guess: 'milesight_ws301', payload: Buffer.from('01755C030001040000', 'hex') },
      reading: { contact: 'open', position: null, battery: 92 },
    }),
    sightingOf(sourceId, '00137A1000001234', NOW, {
      ...{ guess: 'netvox_r311a', payload: Buffer.from('0102011E01000000000000', 'hex') },
      ...{ missed: 2, restarted: true, networkAt: Date.parse(NOW) },
    }),
    sightingOf(sourceId, 'A84041000181C061', NOW, {
      ...{ refusal: 'too_short', reading: null, became: null, payload: Buffer.from('0b', 'hex') },
    }),
  );
  const row = page.getByRole('listitem', { name: '24E124535B316056' });
  await row.getByText(words.looksLike('Milesight WS301')).waitFor();
  await page.getByText(words.states.connected ?? '').waitFor();
  await page.getByText(words.report.notTaken(words.refusals.too_short ?? '')).waitFor();
  await shot('sources-unknown-zh');
  expect(await board.barriers(page)).toEqual([]);

  await row.getByRole('button', { name: `${words.pair}: 24E124535B316056` }).click();
  await page.getByLabel(words.pairHome).selectOption({ label: '7号 王奶奶 3栋2单元501' });
  await shot('sources-pair-zh');
  await press(words.pairSubmit);
  await part(words.pairedTitle)
    .getByText(/7号 3栋2单元501/)
    .waitFor();
  const undo = page.getByRole('button', { name: common.undo });
  await undo.click();
  await part(words.pairedTitle).getByText(words.pairedNone).waitFor();
}, 60_000);

it('asks what a device is that looks like nothing, and ignores one until that is taken back', async () => {
  await page.getByRole('button', { name: `${words.ignore}: A84041000181C061` }).click();
  await part(words.ignoredTitle).getByText('A84041000181C061').waitFor();
  await page.getByRole('button', { name: common.undo }).first().click();
  await page.getByRole('button', { name: `${words.pair}: A84041000181C061` }).click();
  await page.getByLabel(words.pairFormat).selectOption({ label: 'Dragino LDS02' });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}, 60_000);

it('tells on its card what a device said, why something was not taken, and that it must be tested first', async () => {
  await page.getByRole('button', { name: `${words.pair}: 00137A1000001234` }).click();
  await page.getByLabel(words.pairHome).selectOption({ label: '7号 王奶奶 3栋2单元501' });
  await press(words.pairSubmit);
  await part(words.pairedTitle).getByText(words.card.toTest).waitFor();
  await page.getByRole('link', { name: `${words.toDevice}: 00137A1000001234` }).click();
  await page.getByText(words.card.polarity.untested ?? '').waitFor();
  await part(words.card.reports).getByText('0102011e01000000000000').waitFor();
  await part(words.card.says).getByText(words.card.missedLead).waitFor();
  await part(words.settings.title).getByRole('button').click();
  await page.getByLabel(words.settings.debounce, { exact: true }).fill('1500');
  await press(REGISTER_TEXT['zh-CN'].save);
  await part(words.settings.title).getByText('1500').waitFor();
  await shot('sources-device-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('link', { name: words.card.toTest }).click();
  const sensorWords = SENSORS_TEXT['zh-CN'];
  await part(sensorWords.card.direction).getByText(sensorWords.test.untested).waitFor();
  await part(sensorWords.card.device).getByRole('link', { name: sensorWords.card.toDevice }).waitFor();
}, 60_000);

it('tells a carrier once where and with what to push, and brings back what was removed', async () => {
  await page.goto(`${board.pact.urls.http}/#sources`);
  await press(words.add);
  await page.getByRole('button', { name: words.formats.ctwing ?? '' }).click();
  await page.getByLabel(words.fields.name, { exact: true }).fill('电信');
  await press(REGISTER_TEXT['zh-CN'].save);
  const address = page.getByRole('dialog').getByLabel(words.push.address);
  await address.waitFor();
  expect(await address.inputValue()).toMatch(
    /^http:\/\/pact\.example\.cn\/api\/v1\/push\/[0-9a-f-]{36}\/[0-9a-f]{32}$/,
  );
  await shot('sources-push-zh');
  await press(words.push.done);
  await page.getByRole('button', { name: `${words.remove}: 电信` }).click();
  await page
    .getByRole('listitem', { name: '电信' })
    .getByRole('button', { name: words.remove, exact: true })
    .click();
  await page.getByText(words.removed, { exact: true }).waitFor();
  await page.getByRole('button', { name: common.undo }).click();
  await page.getByRole('listitem', { name: '电信' }).waitFor();
}, 60_000);

it('gives a device at our own broker what it must know, this once', async () => {
  await press(words.add);
  await page.getByRole('button', { name: words.formats.maker_at_broker ?? '' }).click();
  await page.getByLabel(words.fields.name, { exact: true }).fill('直连');
  await press(REGISTER_TEXT['zh-CN'].save);
  await press(words.makers.open);
  await page.getByLabel(words.pairHome).selectOption({ label: '7号 王奶奶 3栋2单元501' });
  await press(words.makers.submit);
  await page.getByText(/FullTopic/).waitFor();
  await shot('sources-makers-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(words.makers.ready);
}, 60_000);

it('says on the morning that a source is lost by which homes are seen, until it is back', async () => {
  const sourceId = await idOf('小区 LoRa');
  const noteState = (state: 'away' | 'connected', problem: string | null) =>
    noteSourceState(
      board.pact.db,
      sourceId,
      { state, problem, lastMessageAt: null, refused: 0, lastRefusal: null },
      board.pact.clock.now(),
    );
  await page.goto(`${board.pact.urls.http}/#today`);
  await noteState('away', 'unreachable');
  const warning = page.getByText(/设备来源“小区 LoRa”自 .+ 起连不上,1 户的窗帘看不到/);
  await warning.waitFor();
  await shot('sources-lost-zh');
  await page.getByRole('link', { name: WARNINGS_TEXT['zh-CN'].toSources }).click();
  await page.getByText(words.problems.unreachable ?? '').waitFor();
  await noteState('connected', null);
  await page.getByText(words.states.connected ?? '').waitFor();
  await page.goto(`${board.pact.urls.http}/#today`);
  await warning.waitFor({ state: 'hidden' });
  await page.goto(`${board.pact.urls.http}/#sources`);
}, 60_000);

it('fits a phone in English, and went wrong nowhere', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: common.language }).click();
  await page.getByRole('heading', { name: SOURCES_TEXT.en.unknownTitle }).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('sources-phone-en');
  expect(await board.barriers(page)).toEqual([]);
  // Straight there: what was just done is told over it for some seconds still.
  const link = page.getByRole('link', { name: `${SOURCES_TEXT.en.toDevice}: 00137A1000001234` });
  await page.goto(`${board.pact.urls.http}/${await link.getAttribute('href')}`);
  await page.getByText(SOURCES_TEXT.en.card.polarity.untested ?? '').waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await shot('sources-device-phone-en');
  expect(seen).toEqual([]);
}, 60_000);
