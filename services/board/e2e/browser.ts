import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';

export const DESKTOP = { width: 1920, height: 1080 };
export const PHONE = { width: 390, height: 844 };

/**
 * The package turns on a graphics card made of software, which draws slower by a hundred times than the processor itself
 * does where there is no card; and one process for all, which takes the browser down with a page.
 */
const UNWANTED_ARGS =
  /^--(single-process|in-process-gpu|ignore-gpu-blocklist|use-gl=.*|use-angle=.*|enable-unsafe-swiftshader)$/;

/** A real browser, in a temporary folder of its own. */
export async function launchBrowser(folder: string): Promise<Browser> {
  // The browser is unpacked to the temporary folder and taken from there by whoever comes next: another user's, or a
  // half unpacked one, would be ours too.
  process.env.TMPDIR = folder;
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sparticuz.args.filter((arg) => !UNWANTED_ARGS.test(arg)), '--disable-gpu'],
    headless: true,
  });
}

type AxeRun = { axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> } };

let axe: string | undefined;

/** What axe finds on the page that keeps somebody from using it. */
export async function barriers(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The page's policy forbids foreign scripts, as it should; this way in belongs to the browser's driver alone.
  const { violations } = await page
    .evaluate(`${axe}; axe.run()`)
    .then((result) => result as Awaited<ReturnType<AxeRun['axe']['run']>>);
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
}

export const scrollsSideways = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
