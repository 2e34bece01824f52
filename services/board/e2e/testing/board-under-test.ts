import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { Temporal } from 'temporal-polyfill';
import { vi } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { createScaledClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { composePact, type RunningPact } from '#services/main.ts';
import { launchBrowser } from '../browser.ts';

export const DESKTOP = { width: 1920, height: 1080 };
export const PHONE = { width: 390, height: 844 };

export type BoardUnderTest = {
  databaseUrl: string;
  pact: RunningPact;
  browser: Browser;
  /** A page of its own in a browser that prefers Chinese, and what goes wrong in it. */
  open(viewport: typeof DESKTOP, address: string): Promise<{ page: Page; problems: string[] }>;
  /** The board of the first account, made as somebody makes it, and what goes wrong in it. */
  openAsOffice(viewport: typeof DESKTOP): Promise<{ page: Page; problems: string[] }>;
  /** What axe finds on the page that keeps somebody from using it. */
  barriers(page: Page): Promise<string[]>;
  stop(): Promise<void>;
};

/**
 * The real service over a real database from that moment on, 20 times as fast, seen through a real browser.
 * @param prepare writes what was before that moment
 */
export async function startBoardUnderTest(
  at: string,
  settings: Record<string, string> = {},
  prepare: (databaseUrl: string) => Promise<void> = async () => undefined,
): Promise<BoardUnderTest> {
  await ensureBoardBuilt(() => undefined);
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const database = await createTestDatabase();
  await prepare(database.url);
  const config = loadConfig({
    DATABASE_URL: database.url,
    PACT_SECRET: 'a secret of thirty-two characters or more',
    PACT_HTTP_PORT: '0',
    PACT_MQTT_PORT: '0',
    ...settings,
  });
  const clock = createScaledClock(Temporal.Instant.from(at), 20);
  const pact = await composePact(config, { clock, logger: createLogger('silent') });
  const browser = await launchBrowser(await makeTestFolder('browser'));
  const open = async (viewport: typeof DESKTOP, address: string) => {
    const context = await browser.newContext({ viewport, locale: 'zh-CN' });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(address);
    return { page, problems };
  };
  return {
    databaseUrl: database.url,
    pact,
    browser,
    open,
    async openAsOffice(viewport) {
      const { entry } = BOARD_TEXT['zh-CN'];
      // The address that people use may be another than the test's own.
      const link = new URL(pact.setupLink ?? '');
      const opened = await open(viewport, `${pact.urls.http}${link.pathname}${link.hash}`);
      const { page } = opened;
      await page.getByLabel(entry.name, { exact: true }).fill('王主任');
      await page.getByLabel(entry.username, { exact: true }).fill('office');
      await page.getByLabel(entry.password, { exact: true }).fill('早上八点前拉开窗帘平安');
      await page.getByRole('button', { name: entry.setUp }).click();
      return opened;
    },
    async barriers(page) {
      await settled(page);
      // The page's policy forbids foreign scripts, as it should; this way in belongs to the browser's driver alone.
      const { violations } = await page
        .evaluate(`${axe}; axe.run()`)
        .then((result) => result as Awaited<ReturnType<AxeRun['axe']['run']>>);
      // What it is, and where: without the place nobody finds it.
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
    async stop() {
      await browser.close();
      await pact.stop();
      await database.drop();
    },
  };
}

type AxeRun = {
  axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
};

/**
 * Until what opens and slides has come to rest: that is what people read. What goes on for ever is not waited for, and
 * what the browser does not draw stands still.
 */
const settled = (page: Page) =>
  page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime) &&
      effect.target.checkVisibility({ contentVisibilityAuto: true })).map((one) => one.finished))`);

/**
 * Until a page whose network came back has sent what it kept. It may hear of the network before it has it, and would ask
 * again a quarter of a minute later: it is told until it is so.
 */
export const sentOnceOnline = (page: Page, sent: Locator) =>
  vi.waitFor(async () => {
    await page.evaluate("dispatchEvent(new Event('online'))");
    await sent.waitFor({ timeout: 1_000 });
  }, 20_000);

/** Kept where somebody wants to look at the pages: in the folder of PACT_SCREENSHOTS. */
export async function takeShot(page: Page, name: string): Promise<void> {
  const folder = process.env.PACT_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

export const scrollsSideways = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
