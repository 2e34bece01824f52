import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { noteCodecStop } from '#store/bridge/codec.ts';
import { loadBridgeSettings } from '#store/bridge/load-settings.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = CODECS_TEXT['zh-CN'];
const en = CODECS_TEXT.en;
const CODE = `function decodeUplink(input) {
  var bytes = input.bytes;
  return { data: { door: bytes[2] === 1 ? 'open' : 'closed', battery: bytes[3], raw: bytes } };
}`;
let board: BoardUnderTest;
let page: Page;
let problems: string[];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00');
}, 120_000);
afterAll(() => board?.stop());

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const field = (name: string) => page.getByLabel(name, { exact: true });

it('tries a maker’s decoder on a frame, says what its fields are, and keeps it', async () => {
  ({ page, problems } = await board.openAsOffice(DESKTOP));
  page.setDefaultTimeout(8_000);
  await page.getByText(BOARD_TEXT['zh-CN'].facade.noneTitle).waitFor();
  await seedCommunity(board.pact.db);
  await page.goto(`${board.pact.urls.http}/#codecs`);
  await page.reload();
  await page.getByText(zh.none).waitFor();
  await takeShot(page, 'codecs-empty-zh');

  await page.locator('input[type=file]').setInputFiles({
    ...{ name: 'ws301.js', mimeType: 'text/javascript', buffer: Buffer.from('for (;;) {}') },
  });
  await field(zh.sample).fill('03 00 01 5C');
  await field(zh.port).fill('85');
  await page.keyboard.press('Enter');
  await page.getByText(zh.refusals.codec_too_slow ?? '').waitFor();
  await takeShot(page, 'codecs-too-slow-zh');

  await field(zh.code).fill(CODE);
  await press(zh.try);
  await field(zh.is('/door')).selectOption('contact');
  await press(zh.openNow);
  await field(zh.is('/battery')).selectOption('battery');
  await page.getByText(`${zh.contact.open} · ${zh.reading.battery(92)}`).waitFor();
  await page.getByText(zh.event('opened')).waitFor();
  expect(await field(zh.closedIs).inputValue()).toBe('closed');
  await press(zh.save);
  await page.getByText(zh.needs.name).waitFor();
  // What was typed is still there after a slip; the sample is tried anew.
  await page.reload();
  await field(zh.name).fill('窗磁 WS301');
  await press(zh.save);
  await page.getByText(zh.needs.tried).waitFor();
  await press(zh.try);
  await page.getByText(zh.event('opened')).waitFor();
  await takeShot(page, 'codecs-tried-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(zh.save);
  await page.getByText(zh.facts('0.2', 0)).waitFor();

  const { codecs } = await loadBridgeSettings(board.pact.db, Buffer.alloc(32));
  expect(codecs).toMatchObject([
    {
      code: CODE,
      mapping: {
        contact: { path: '/door', open: ['open'], closed: ['closed'] },
        battery: { path: '/battery', unit: 'percent' },
      },
    },
  ]);
  await noteCodecStop(board.pact.db, codecs[0]!.id, 'codec_too_slow', board.pact.clock.now());
}, 60_000);

it('shows on a phone, in English, that one was stopped, and changes and removes it', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: BOARD_TEXT['zh-CN'].language }).click();
  await page.reload();
  await page.getByText(/^stopped once, last: too slow, stopped/).waitFor();
  await press(`${en.edit}: 窗磁 WS301`);
  await page.getByText(en.editing('窗磁 WS301')).waitFor();
  expect(await field(en.code).inputValue()).toBe(CODE);
  expect(await field(en.openIs).inputValue()).toBe('open');
  await field(en.sample).fill('AwAAXA==');
  await press(en.try);
  await page.getByText(`${en.contact.closed} · ${en.reading.battery(92)}`).waitFor();
  await page.getByText(en.fieldsHint).scrollIntoViewIfNeeded();
  await takeShot(page, 'codecs-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await press(en.another);
  await press(`${en.remove}: 窗磁 WS301`);
  await press(en.remove);
  await page.getByText(en.none).waitFor();
  expect(problems).toEqual([]);
}, 60_000);
