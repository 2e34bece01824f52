import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { LANGUAGES } from '#pact/text/language.ts';
import { manualRoundSteps } from '#pact/text/manual-round.ts';
import { WARNINGS_TEXT } from '#pact/text/warnings.ts';
import { createScaledClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { composePact, type RunningPact } from '#services/main.ts';
import { keepCanaries } from '#store/canary/keep-canaries.ts';
import { announce } from '#store/change-feed.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '#store/pact-day/open-days.ts';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import { barriers, DESKTOP, launchBrowser, PHONE, scrollsSideways } from './browser.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const MISSED_AT = new Date('2026-11-24T08:01:01+08:00');
const zh = BOARD_TEXT['zh-CN'];

let database: TestDatabase;
let pact: RunningPact;
let browser: Browser;
let seed: Seed;
let office: Page;

/** The board alone, on a morning whose canary was missed while a gateway and the provider were down. */
beforeAll(async () => {
  await ensureBoardBuilt(() => undefined);
  database = await createTestDatabase();
  const config = loadConfig({
    DATABASE_URL: database.url,
    PACT_SECRET: 'a secret of thirty-two characters or more',
    PACT_HTTP_PORT: '0',
    PACT_SERVICES: 'api',
  });
  const clock = createScaledClock(at('08:02:00'), 1);
  pact = await composePact(config, { clock, logger: createLogger('silent') });
  browser = await launchBrowser(await makeTestFolder('browser'));
  await seedMorning();
  office = await signUp();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await pact?.stop();
  await database?.drop();
});

async function seedMorning(): Promise<void> {
  const { db } = pact;
  seed = await seedCommunity(db);
  const homes = [];
  for (let i = 0; i < 6; i += 1) homes.push(await seed.addHome({ lastSeenAt: '2026-11-24T05:00:00+08:00' }));
  for (const now of [at('01:00:00'), at('08:00:01')]) {
    await keepCanaries(db, at('01:00:00'));
    await openDays(db, now);
    await refreshStaleDays(db, now, 100);
    await judgeDueDays(db, now, [], 100);
  }
  const communityId = seed.communityId;
  await db
    .insertInto('canary_check')
    .values({
      community_id: communityId,
      on_date: '2026-11-24',
      state: 'failed',
      at: MISSED_AT,
      failed_at: MISSED_AT,
    })
    .execute();
  await db
    .insertInto('outage')
    .values({
      id: randomUUID(),
      community_id: communityId,
      cause: 'gateway',
      subject: '东三楼道箱',
      on_date: '2026-11-24',
      began_at: new Date('2026-11-24T05:00:00+08:00'),
      noticed_at: MISSED_AT,
      household_ids: homes.map(({ id }) => id),
    })
    .execute();
  await db
    .insertInto('provider_health')
    .values({
      name: 'twilio',
      channel: 'sms',
      failing_since: new Date('2026-11-24T07:58:00+08:00'),
      failure: 'unreachable',
    })
    .execute();
}

async function signUp(): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(pact.setupLink ?? '');
  await page.getByLabel(zh.entry.name, { exact: true }).fill('王主任');
  await page.getByLabel(zh.entry.username, { exact: true }).fill('office');
  await page.getByLabel(zh.entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
  await page.getByRole('button', { name: zh.entry.setUp }).click();
  await page.getByRole('button', { name: zh.signOut }).waitFor();
  return page;
}

const VIEWS = LANGUAGES.flatMap((language) => [
  { language, size: 'wall', viewport: DESKTOP },
  { language, size: 'phone', viewport: PHONE },
]);

describe('what is wrong beyond single homes', () => {
  it.each(VIEWS)(
    'stands on top of the board, on a $size in $language',
    async ({ language, viewport, size }) => {
      const words = WARNINGS_TEXT[language];
      const storageState = await office.context().storageState();
      const context = await browser.newContext({ viewport, storageState, locale: language });
      await context.addInitScript(`localStorage.setItem('pact.language', '${language}')`);
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(pact.urls.http);
      await page.getByText(words.canaryFailed('8:01')).waitFor();
      for (const step of manualRoundSteps(language)) await page.getByText(step).waitFor();
      await page.getByText(words.unseen(['01', '02', '03', '04', '05', '06'])).waitFor();
      await page.getByText(words.outage('gateway', '东三楼道箱', 6, '5:00')).waitFor();
      await page.getByText(words.provider('sms', '7:58')).waitFor();
      expect(await scrollsSideways(page)).toBe(false);
      expect(await barriers(page)).toEqual([]);
      expect(problems).toEqual([]);
      if (process.env.PACT_SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.PACT_SCREENSHOTS}/warnings-${size}-${language}.png` });
      }
      await context.close();
    },
    60_000,
  );

  it('ends when it is over, with a note of what was missed', async () => {
    const words = WARNINGS_TEXT['zh-CN'];
    await office.reload();
    await office.getByText(words.canaryFailed('8:01')).waitFor();
    await pact.db
      .updateTable('canary_check')
      .set({ state: 'proven', at: new Date('2026-11-24T08:04:00+08:00') })
      .execute();
    await pact.db.updateTable('outage').set({ ended_at: MISSED_AT }).execute();
    await pact.db.updateTable('provider_health').set({ failing_since: null, failure: null }).execute();
    await announce(pact.db, { communityId: seed.communityId, householdIds: [] });
    await office.getByText(words.canaryLate('8:01', '8:04')).waitFor();
    expect(await office.getByText(words.canaryFailed('8:01')).count()).toBe(0);
    expect(await office.locator('.warning').count()).toBe(1);
  }, 60_000);
});
