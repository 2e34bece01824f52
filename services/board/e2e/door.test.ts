import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { readDecals } from '#store/door/decal.ts';
import { createStewardLink } from '#store/door/steward-link.ts';
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
const DIST = fileURLToPath(new URL('../dist', import.meta.url));

let board: BoardUnderTest;
let seed: Seed;
const seen: string[] = [];

beforeAll(async () => {
  board = await startBoardUnderTest('2026-11-24T08:02:00+08:00');
  seed = await seedCommunity(board.pact.db);
  await board.pact.db
    .updateTable('community')
    .set({ office_phone: '+8603913900000' })
    .where('id', '=', seed.communityId)
    .execute();
}, 120_000);
afterAll(() => board?.stop());

async function missed(code: string): Promise<SeededHome> {
  const { db, clock } = board.pact;
  const home = await seed.addHome({ code });
  await db.updateTable('household').set({ phone: '+8613900001234' }).where('id', '=', home.id).execute();
  await db.updateTable('person').set({ name: '赵红梅' }).where('id', '=', home.primaryId).execute();
  const alert = {
    ...{ householdId: home.id, communityId: seed.communityId, onDate: '2026-11-24', deadlineAt: clock.now() },
    ...{ reason: 'no_signal' as const, silentSince: undefined, ladder: DEFAULT_LADDER },
  };
  await db.transaction().execute((tx) => openAlerts(tx, [alert], clock.now()));
  return home;
}
const alertOf = (home: SeededHome) =>
  board.pact.db.selectFrom('alert').selectAll().where('household_id', '=', home.id).executeTakeFirstOrThrow();
async function linkOf(home: SeededHome): Promise<string> {
  const { db, clock } = board.pact;
  const { id: alertId } = await alertOf(home);
  const of = { alertId, personId: home.primaryId };
  const { token } = await db.transaction().execute((tx) => createStewardLink(tx, of, clock.now()));
  return `${board.pact.urls.http}/s#${token}`;
}
async function openPage(address: string, viewport = PHONE): Promise<Page> {
  const { page, problems } = await board.open(viewport, address);
  seen.push(...problems);
  return page;
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

it('leads from the link to the door and the outcome by large buttons, without a login', async () => {
  const home = await missed('21');
  const page = await openPage(await linkOf(home));
  await page.getByRole('heading', { name: /21号 王奶奶/ }).waitFor();
  await takeShot(page, 'door-open-zh');
  expect(await board.barriers(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
  expect(await page.getByRole('link', { name: /13900001234/ }).getAttribute('href')).toBe(
    'tel:+8613900001234',
  );
  await press(page, zh.actions.acknowledge);
  await page.getByText(/您已出发/).waitFor();
  await press(page, zh.actions.arrive);
  await page.getByText(/您在门口/).waitFor();
  await takeShot(page, 'door-arrived-zh');
  await press(page, zh.actions.report);
  await page.getByLabel(zh.outcomes.helped).check();
  await page.getByLabel(zh.note).fill('帮她把窗帘拉开了');
  await takeShot(page, 'door-outcome-zh');
  expect(await board.barriers(page)).toEqual([]);
  await press(page, zh.send);
  await page.getByText(zh.closed).waitFor();
  await takeShot(page, 'door-closed-zh');
  expect(await alertOf(home)).toMatchObject({ status: 'closed', outcome: 'helped' });
}, 60_000);

it('asks once more before an emergency and then shows how to get in, in English', async () => {
  const home = await missed('22');
  await board.pact.db
    .updateTable('household')
    .set({ key_note: 'Li next door', entry_consent: true })
    .where('id', '=', home.id)
    .execute();
  const page = await openPage(await linkOf(home));
  await press(page, zh.other);
  await press(page, en.actions.arrive);
  await page.getByText(/You are at the door/).waitFor();
  await press(page, en.actions.emergency);
  await page.getByText(en.sureEmergency).waitFor();
  await takeShot(page, 'door-sure-en');
  await press(page, en.yesEmergency);
  await page.getByText(/Li next door.*may be forced/).waitFor();
  await takeShot(page, 'door-emergency-en');
  expect(await board.barriers(page)).toEqual([]);
  expect((await alertOf(home)).emergency_at).not.toBeNull();
}, 60_000);

it('keeps what was pressed without a network and sends it once, also when the page was closed meanwhile', async () => {
  const home = await missed('23');
  const link = await linkOf(home);
  const page = await openPage(link);
  const context = page.context();
  await page.getByRole('heading', { name: /23号/ }).waitFor();
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await page.getByRole('heading', { name: /23号/ }).waitFor();
  await context.setOffline(true);
  await press(page, zh.actions.acknowledge);
  await page.getByText(zh.unsent(1)).waitFor();
  await takeShot(page, 'door-offline-zh');
  expect((await alertOf(home)).status).toBe('open');
  await page.close();
  const again = await context.newPage();
  await again.goto(link);
  await again.getByText(zh.unsent(1)).waitFor();
  await again.getByRole('heading', { name: /23号/ }).waitFor();
  await context.setOffline(false);
  await sentOnceOnline(again, again.getByText(/您已出发/));
  const entries = await board.pact.db
    .selectFrom('alert_entry')
    .select('id')
    .where('alert_id', '=', (await alertOf(home)).id)
    .where('kind', '=', 'acknowledged')
    .execute();
  expect(entries).toHaveLength(1);
}, 60_000);

it('says when a link is over, and shows nothing of any home', async () => {
  const page = await openPage(`${board.pact.urls.http}/s#AAAAAAAAAAAAAA`);
  await page.getByText(zh.expiredTitle).waitFor();
  await takeShot(page, 'door-over-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('takes the decal on the door for the arrival of whoever was sent there, and is kind to everybody else', async () => {
  const home = await missed('24');
  const [decal] = await readDecals(board.pact.db, seed.communityId, [home.id]);
  const address = `${board.pact.urls.http}/d#${decal?.decal}`;
  const stranger = await openPage(address);
  await stranger.getByText(zh.kind).waitFor();
  await takeShot(stranger, 'decal-kind-zh');
  expect(await board.barriers(stranger)).toEqual([]);
  expect(await stranger.content()).not.toMatch(/王奶奶|24号/);
  await press(stranger, zh.steward);
  await stranger.getByLabel(zh.phone).fill('13911112222');
  await press(stranger, zh.sendLink);
  await stranger.getByText(zh.linkSent).waitFor();
  await takeShot(stranger, 'decal-sent-zh');
  expect((await alertOf(home)).status).toBe('open');

  const steward = await openPage(await linkOf(home));
  await steward.getByRole('heading', { name: /24号/ }).waitFor();
  await steward.goto(address);
  await steward.getByText(/您在门口/).waitFor();
  await takeShot(steward, 'decal-arrived-zh');
  expect((await alertOf(home)).arrived_at).not.toBeNull();
  const wide = await openPage(address, DESKTOP);
  await wide.getByText(zh.kind).waitFor();
  await takeShot(wide, 'decal-kind-desk');
  expect(seen).toEqual([]);
}, 60_000);

/** What a browser fetches to show a page first: the page, its scripts with what they import at once, its styles. */
async function firstLoad(name: string): Promise<number> {
  const page = await readFile(join(DIST, name), 'utf8');
  const files = new Set(
    [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!),
  );
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    const script = await readFile(join(DIST, file), 'utf8');
    for (const [, more] of script.matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g))
      files.add(`assets/${more}`);
  }
  const bodies = await Promise.all([...files].map((file) => readFile(join(DIST, file))));
  return [Buffer.from(page), ...bodies].reduce((sum, body) => sum + gzipSync(body).length, 0);
}

it.each([
  ['door.html', 50],
  ['index.html', 300],
])('%s and what it needs at once stay below %i KB', async (name, most) => {
  const bytes = await firstLoad(name);
  expect(bytes).toBeGreaterThan(4_000);
  expect(bytes).toBeLessThanOrEqual(most * 1024);
});
