import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PersonFile } from '#contracts/http/person-file.ts';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { RIGHTS_TEXT } from '#pact/text/board-rights.ts';
import { type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const wordsOf = (language: 'zh-CN' | 'en') => ({
  board: BOARD_TEXT[language],
  consent: ENROL_TEXT[language].consent,
  register: REGISTER_TEXT[language],
  rights: RIGHTS_TEXT[language],
});
const zh = wordsOf('zh-CN');
const en = wordsOf('en');
let board: BoardUnderTest;
let page: Page;
let homes: SeededHome[];
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T14:00:00+08:00', { PACT_KEEP_AFTER_END_DAYS: '30' });
}, 120_000);
afterAll(() => board?.stop());

const go = async (hash: string) => {
  await page.goto(`${board.pact.urls.http}/#${hash}`);
  await page.reload();
};
const button = (name: string) => page.getByRole('button', { name, exact: true });
const part = (name: string) => page.getByRole('region', { name, exact: true });
const pactOf = (home: SeededHome) =>
  board.pact.db
    .selectFrom('pact')
    .select('until_on')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();

/** Withdraws the consent to the pact, having read what follows, and undoes it on the spot or from its line. */
async function withdraw({ consent, board: common }: typeof zh, undo: 'toast' | 'line' | 'never') {
  const section = part(consent.step);
  await section.getByRole('button', { name: `${consent.withdraw}: ${consent.purposes.pact}` }).click();
  await section.getByText(consent.undoHint).waitFor();
  const says = await section.locator('.amber').textContent();
  expect(says).toContain(common.date(11, 24, 2));
  expect(says).toContain(common.date(11, 25, 3));
  if (undo === 'toast') expect(await board.barriers(page)).toEqual([]);
  await takeShot(page, `rights-withdraw-${undo}`);
  await section.getByRole('button', { name: consent.withdrawNow }).click();
  const withdrawn = section.getByText(consent.withdrawn(common.date(11, 24, 2)));
  await withdrawn.waitFor();
  if (undo === 'never') return;
  if (undo === 'toast') await button(common.undo).click();
  else await section.getByRole('button', { name: `${consent.resume}: ${consent.purposes.pact}` }).click();
  await withdrawn.waitFor({ state: 'hidden' });
}

async function download(name: string): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent('download');
  await button(name).click();
  const file = await coming;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

it('says what follows before a consent is taken back, and takes that back on the same day', async () => {
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  seen.push(...opened.problems);
  await page.getByText(zh.board.facade.noneTitle).waitFor();
  const { db } = board.pact;
  const seed = await seedCommunity(db);
  homes = [await seed.addHome({ code: '07' }), await seed.addHome({ code: '08' })];
  for (const home of homes) {
    const day = { signed_on: '2026-11-01', paper: '甲柜-12', recorded_at: new Date(), recorded_by: 'cli' };
    await db
      .insertInto('consent')
      .values({ id: randomUUID(), household_id: home.id, purpose: 'pact', ...day })
      .execute();
    const at = new Date('2026-11-01T00:00:00Z');
    await db
      .insertInto('resident')
      .values({ id: randomUUID(), household_id: home.id, name: '王桂兰', created_at: at, updated_at: at })
      .execute();
  }
  const [home] = homes as [SeededHome];
  await go(`register/${home.id}`);
  await withdraw(zh, 'toast');
  expect(await pactOf(home)).toEqual({ until_on: null });
  await withdraw(zh, 'line');
  expect(await pactOf(home)).toEqual({ until_on: null });
  await withdraw(zh, 'never');
  expect(await pactOf(home)).toEqual({ until_on: '2026-11-24' });
  await takeShot(page, 'rights-file-zh');
}, 60_000);

it('gives out the person’s file on paper and for programs', async () => {
  const json = await download(zh.rights.file.json);
  expect(json.name).toBe('file-07.json');
  const file = JSON.parse(json.bytes.toString()) as PersonFile;
  expect(file.residents).toMatchObject([{ name: '王桂兰' }]);
  expect(file.consents).toMatchObject([{ purpose: 'pact', withdrawnOn: '2026-11-24' }]);
  expect(file.madeBy).toBe('王主任');
  const pdf = await download(zh.rights.file.pdf);
  expect(pdf.name).toBe('file-07.pdf');
  expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
}, 60_000);

/** Takes a home out of the register, as somebody did so many days ago. */
async function takeOut(home: SeededHome, days: number) {
  const { db, urls } = board.pact;
  const open = await db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .where('status', '<>', 'closed')
    .execute();
  for (const { id } of open) {
    await page.request.post(`${urls.http}/api/v1/alerts/${id}/outcome`, {
      data: { outcome: 'safe' },
      headers: { origin: urls.http },
    });
  }
  const gone = await page.request.delete(`${urls.http}/api/v1/households/${home.id}`, {
    headers: { origin: urls.http },
  });
  expect(gone.status()).toBe(204);
  const at = new Date(Date.parse('2026-11-24T14:00:00+08:00') - days * 86_400_000);
  await db.updateTable('household').set({ removed_at: at }).where('id', '=', home.id).execute();
}

async function erase({ register, rights }: typeof zh, code: string, shot: string) {
  const name = `${register.code(code)} 王奶奶`;
  await button(`${rights.erase.button}: ${name}`).click();
  await page.getByText(rights.erase.lead(name)).waitFor();
  await takeShot(page, shot);
  expect(await board.barriers(page)).toEqual([]);
  await button(rights.erase.confirm).click();
  await page.getByText(rights.erase.done).waitFor();
}

it('erases a home for good once its time is over, and not before', async () => {
  const [home] = homes as [SeededHome];
  await takeOut(home, 3);
  await go('register/removed');
  await page.getByText(zh.rights.erase.from('2026-12-21')).waitFor();
  expect(await button(`${zh.rights.erase.button}: 07号 王奶奶`).count()).toBe(0);
  await letDaysPass(home);
  await go('register/removed');
  await page.getByText(zh.rights.erase.due).waitFor();
  await erase(zh, '07', 'rights-erase-zh');
  await page.getByText(zh.register.removals.none).waitFor();
  const row = await board.pact.db
    .selectFrom('household')
    .select(['salutation', 'room', 'erased_at'])
    .where('id', '=', home.id)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ salutation: '', room: '', erased_at: expect.any(Date) });
}, 60_000);

/** The days go by. */
const letDaysPass = (home: SeededHome) =>
  board.pact.db
    .updateTable('household')
    .set({ removed_at: new Date('2026-10-20T14:00:00+08:00') })
    .where('id', '=', home.id)
    .execute();

it('shows for how long what is kept, and what the nights have removed', async () => {
  await board.pact.db
    .updateTable('retention_run')
    .set({ removed: JSON.stringify({ homes: 1, events: 1204, messages: 36 }) })
    .execute();
  await go('settings');
  const { retention } = zh.rights;
  const section = part(retention.title);
  await section.getByText(retention.days(30)).first().waitFor();
  await section.getByText(retention.counted(retention.kinds.events, 1204)).waitFor();
  await takeShot(page, 'rights-settings-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('does all of that on a phone, in English', async () => {
  const [, home] = homes as [SeededHome, SeededHome];
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.board.language }).click();
  await go('settings');
  await part(en.rights.retention.title).getByText(en.rights.retention.runs).waitFor();
  expect(await scrollsSideways(page)).toBe(false);
  await takeShot(page, 'rights-settings-phone-en');
  await go(`register/${home.id}`);
  await withdraw(en, 'toast');
  await withdraw(en, 'line');
  expect(await scrollsSideways(page)).toBe(false);
  await takeShot(page, 'rights-file-phone-en');
  const pdf = await download(en.rights.file.pdf);
  expect(pdf.name).toBe('file-08.pdf');
  await takeOut(home, 40);
  await go('register/removed');
  await erase(en, '08', 'rights-erase-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  await page.getByText(en.register.removals.none).waitFor();
  expect(seen).toEqual([]);
}, 60_000);
