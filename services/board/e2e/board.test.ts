import type { Browser, Page } from 'playwright-core';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { createScaledClock } from '#platform/clock.ts';
import { type Config, loadConfig } from '#platform/config.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { composePact, type RunningPact } from '#services/main.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { barriers, DESKTOP, launchBrowser, PHONE, scrollsSideways } from './browser.ts';
import { takeShot } from './testing/board-under-test.ts';

const zh = BOARD_TEXT['zh-CN'];
const en = BOARD_TEXT.en;

let database: TestDatabase;
let config: Config;
let pact: RunningPact;
let browser: Browser;

/** The real service over a real database, a minute before the deadline, seen through a real browser. */
beforeAll(async () => {
  await ensureBoardBuilt(() => undefined);
  database = await createTestDatabase();
  config = loadConfig({
    DATABASE_URL: database.url,
    PACT_SECRET: 'a secret of thirty-two characters or more',
    PACT_HTTP_PORT: '0',
    PACT_MQTT_PORT: '0',
  });
  const clock = createScaledClock(Temporal.Instant.from('2026-11-24T07:58:30+08:00'), 20);
  pact = await composePact(config, { clock, logger: createLogger('silent') });
  browser = await launchBrowser(await makeTestFolder('browser'));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await pact?.stop();
  await database?.drop();
});

async function open(viewport: typeof DESKTOP, address: string): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport, locale: 'zh-CN' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(address);
  return { page, problems };
}

describe('the board, on one morning', () => {
  let seed: Seed;
  let kept: SeededHome;
  let missed: SeededHome;
  let office: Page;
  const seen: string[] = [];

  it('lets the office make its first account by the link, and tells what to do while there are no homes', async () => {
    const { page, problems } = await open(DESKTOP, pact.setupLink ?? '');
    office = page;
    await page.getByLabel(zh.entry.name, { exact: true }).fill('王主任');
    await page.getByLabel(zh.entry.username, { exact: true }).fill('office');
    await page.getByLabel(zh.entry.password, { exact: true }).fill('短短');
    await page.getByRole('button', { name: zh.entry.setUp }).click();
    await page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘');
    await page.getByLabel(zh.entry.password, { exact: true }).press('End');
    await page.keyboard.type('平安');
    await page.getByRole('button', { name: zh.entry.setUp }).click();
    await page.getByText(zh.facade.noneTitle).waitFor();
    await page.getByRole('button', { name: zh.signOut }).waitFor();
    expect(await barriers(page)).toEqual([]);
    seen.push(...problems);
  });

  it('shows an opening in its window, and the missed home with its alert after the deadline', async () => {
    seed = await seedCommunity(pact.db);
    kept = await seed.addHome();
    await pact.db.updateTable('household').set({ room: '502' }).where('id', '=', kept.id).execute();
    missed = await seed.addHome({ curtain: 'closed', lastSeenAt: '2026-11-24T07:40:00+08:00' });
    await seed.open(kept, '2026-11-24T06:52:00+08:00');
    await office.reload();
    await office.getByText('6:52').first().waitFor();
    await office.getByRole('button', { name: zh.alerts.acknowledge }).waitFor({ timeout: 20_000 });
    expect(await barriers(office)).toEqual([]);
    expect(await scrollsSideways(office)).toBe(false);
  }, 60_000);

  it('is usable on a phone, in English, without scrolling sideways', async () => {
    const state = await office.context().storageState();
    const context = await browser.newContext({ viewport: PHONE, storageState: state, locale: 'en' });
    const page = await context.newPage();
    await page.goto(pact.urls.http);
    await page
      .getByRole('button', { name: en.alerts.acknowledge })
      .or(page.getByRole('button', { name: zh.languageLabel }))
      .first()
      .waitFor();
    if ((await page.getAttribute('html', 'lang')) !== 'en')
      await page.getByRole('button', { name: zh.languageLabel }).click();
    await page.getByRole('button', { name: en.alerts.acknowledge }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await scrollsSideways(page)).toBe(false);
    expect(await barriers(page)).toEqual([]);
    await context.close();
  }, 60_000);

  it('hands on a steward’s own link, which opens this home on a phone without signing in', async () => {
    const { name } = await pact.db
      .selectFrom('person')
      .select('name')
      .where('id', '=', missed.primaryId)
      .executeTakeFirstOrThrow();
    await office.getByRole('button', { name: zh.alerts.link.open }).click();
    await office.getByRole('button', { name: zh.alerts.link.make(name) }).click();
    const link = await office.getByLabel(zh.alerts.link.name(name)).inputValue();
    expect(link).toContain(`${pact.urls.http}/s#`);
    expect(await barriers(office)).toEqual([]);
    await takeShot(office, 'alert-link-zh');
    const { page, problems } = await open(PHONE, link);
    await page.getByText(DOOR_TEXT['zh-CN'].actions.acknowledge).waitFor();
    await page.context().close();
    await office.keyboard.press('Escape');
    seen.push(...problems);
  }, 60_000);

  it('takes an acknowledgement and an outcome, and the ledger shows the visit', async () => {
    const nameOf = async (id: string) =>
      (await pact.db.selectFrom('person').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;
    await office.getByRole('button', { name: zh.alerts.acknowledge }).click();
    const steward = zh.alerts.who.acknowledge.confirm(await nameOf(missed.primaryId));
    await office.getByRole('button', { name: steward }).waitFor();
    expect(await barriers(office)).toEqual([]);
    // What was sent to them meanwhile has their name in it too.
    await office.getByText(await nameOf(seed.officeId), { exact: true }).click();
    await office
      .getByRole('button', { name: zh.alerts.who.acknowledge.confirm(await nameOf(seed.officeId)) })
      .click();
    await office.getByText(zh.alerts.going(await nameOf(seed.officeId))).waitFor();
    await office.getByRole('button', { name: zh.alerts.outcome }).click();
    await office.getByText(zh.outcomes.safe, { exact: true }).click();
    await office.getByRole('button', { name: zh.outcome.confirm(zh.outcomes.safe) }).click();
    await office.getByText(zh.alerts.quietTitle).waitFor();
    const days = await pact.db
      .selectFrom('pact_day')
      .select('closed_as')
      .where('on_date', '=', '2026-11-24')
      .where('household_id', 'in', [kept.id, missed.id])
      .orderBy('closed_as')
      .execute();
    expect(days).toEqual([{ closed_as: 'kept' }, { closed_as: 'visited' }]);
    expect(seen).toEqual([]);
  }, 60_000);

  it('invites a colleague by a link, who signs in by it, and whose account is switched off', async () => {
    await office.getByRole('button', { name: zh.accounts.open }).click();
    await office.getByRole('button', { name: zh.accounts.make }).click();
    const link = await office.getByLabel(zh.accounts.link).inputValue();
    expect(link).toContain(`${pact.urls.http}/setup#token=`);
    expect(await barriers(office)).toEqual([]);

    const { page, problems } = await open(PHONE, link);
    await page.getByText(zh.entry.joinTitle).waitFor();
    await page.getByRole('button', { name: zh.language }).click();
    await page.getByText(en.entry.joinTitle).waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await page.getByRole('button', { name: en.language }).click();
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel(zh.entry.name, { exact: true }).fill('李姐');
    await page.getByLabel(zh.entry.username, { exact: true }).fill('OFFICE');
    await page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
    await page.getByRole('button', { name: zh.entry.setUp }).click();
    await page.getByText(zh.problem.refusals.username_taken ?? '').waitFor();
    await page.getByLabel(zh.entry.username, { exact: true }).fill('lijie');
    await page.getByRole('button', { name: zh.entry.setUp }).click();
    await page.getByText(zh.alerts.quietTitle).waitFor();
    expect(await page.getByRole('button', { name: zh.accounts.open }).count()).toBe(0);

    await office.keyboard.press('Escape');
    await office.getByRole('button', { name: zh.accounts.open }).click();
    await office.getByRole('button', { name: `${zh.accounts.switchOff} 李姐` }).click();
    await office.getByRole('button', { name: `${zh.accounts.switchOn} 李姐` }).waitFor();
    await page.getByRole('button', { name: zh.entry.signIn }).waitFor();
    expect([...seen, ...problems]).toEqual([]);
  }, 60_000);

  it('says since when it shows the past while the service is away, and is live again by itself', async () => {
    const isStale = office.getByText(zh.notLive('').trim().split(' ')[0] ?? '');
    await office.keyboard.press('Escape');
    expect(await isStale.count()).toBe(0);
    const { clock } = pact;
    const port = Number(new URL(pact.urls.http).port);
    await pact.stop();
    await isStale.waitFor();
    expect(await isStale.textContent()).toMatch(/自 \d\d:\d\d:\d\d 起/);
    expect(await barriers(office)).toEqual([]);
    pact = await composePact(
      { ...config, http: { ...config.http, port } },
      { clock, logger: createLogger('silent') },
    );
    await isStale.waitFor({ state: 'detached', timeout: 30_000 });
  }, 90_000);
});
