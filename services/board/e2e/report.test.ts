import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import readXlsxFile from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MonthReport } from '#contracts/http/report.ts';
import { sayDuration } from '#contracts/report/month-lines.ts';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { runPact } from '#services/cli/testing/run-pact.ts';
import { liveThroughMonth } from '#sim/month.ts';
import {
  inPlainNames,
  type PlainDay,
  type PlainNumbers,
  plainDays,
  plainLoad,
  plainNumbers,
} from '#sim/testing/plain-month.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import {
  type BoardUnderTest,
  DESKTOP,
  PHONE,
  scrollsSideways,
  startBoardUnderTest,
  takeShot,
} from './testing/board-under-test.ts';

const zh = { ...BOARD_TEXT['zh-CN'], report: REPORT_TEXT['zh-CN'], page: BOARD_REPORT_TEXT['zh-CN'] };
const en = { ...BOARD_TEXT.en, report: REPORT_TEXT.en, page: BOARD_REPORT_TEXT.en };
const MONTH = '2026-04';
let board: BoardUnderTest;
let page: Page;
let communityId: string;
let all: PlainNumbers;
let grids: PlainNumbers[];
let days: PlainDay[];
const seen: string[] = [];

/** A whole month is lived through first. */
beforeAll(async () => {
  board = await startBoardUnderTest('2026-05-01T05:00:00+08:00', {}, async (url) => {
    const pool = createPool({ connectionString: url, size: 4, name: 'month', onError: () => undefined });
    const db = createDatabase(pool);
    const options = { month: MONTH, timeZone: 'Asia/Shanghai', seed: 20_261_130 };
    ({ communityId } = await liveThroughMonth({ db, pool, key: randomBytes(32), ...options }));
    const of = { communityId, month: MONTH };
    const numbers = await plainNumbers(db, of);
    all = numbers.at(-1)!;
    grids = numbers.slice(0, -1);
    days = await plainDays(db, of);
    await db.destroy();
  });
  const opened = await board.openAsOffice(DESKTOP);
  page = opened.page;
  page.setDefaultTimeout(8_000);
  seen.push(...opened.problems);
  await page.getByRole('navigation', { name: zh.pagesLabel }).waitFor();
}, 240_000);
afterAll(() => board?.stop());

const part = (name: string) => page.getByRole('region', { name, exact: true });
const visit = (hash: string) => page.goto(`${board.pact.urls.http}/${hash}`);

/** What a language calls each number, with the number as plain SQL has it. */
const lines = (numbers: PlainNumbers, words: typeof zh.report): [string, number][] => [
  [words.enrolled, numbers.enrolled],
  [words.kept, numbers.kept],
  [words.onTime, numbers.onTimePercent],
  [words.missed, numbers.keptLate + numbers.visited + numbers.unresolved],
  [words.keptLate, numbers.keptLate],
  [words.visited, numbers.visited],
  [words.unresolved, numbers.unresolved],
  [words.excused, numbers.excused],
  [words.excuses.on_leave, numbers.onLeave],
  [words.excuses.not_in_force, numbers.notInForce],
  [words.alerts, numbers.alerts],
  [words.endedBySignal, numbers.keptLate],
  [words.outcomes.safe, numbers.safe],
  [words.outcomes.helped, numbers.helped],
  [words.outcomes.died, numbers.died],
  [words.benign, numbers.benign],
  [words.benignPer45, numbers.benignPer45],
  [words.inUse, numbers.sensors],
  [words.uptime, numbers.uptimePercent],
];

describe('the same numbers, which are those of plain SQL over the events,', () => {
  it('stand on the screen', async () => {
    await visit(`#report/${MONTH}`);
    await part(zh.report.parts.days).waitFor();
    const shown = new Map<string, string>();
    for (const row of await page.locator('.number-part dl > div').all()) {
      const name = await row.locator('dt > span').textContent();
      shown.set(name ?? '', (await row.locator('dd').textContent())?.replace('%', '') ?? '');
    }
    for (const [name, value] of lines(all, zh.report)) {
      expect([name, shown.get(name)]).toEqual([name, String(value)]);
    }
    const times = await part(zh.report.times.title).textContent();
    for (const said of [
      sayDuration(all.medianPaged, zh.report),
      `${zh.report.times.within(3)} ${all.acknowledgedIn3}%`,
      sayDuration(all.medianDoor, zh.report),
      `${zh.report.times.within(15)} ${all.doorIn15}%`,
      `${zh.report.times.within(30)} ${all.doorIn30}%`,
    ]) {
      expect(times).toContain(said);
    }
    const rows = part(zh.report.grids.title).locator('tbody tr');
    expect(await rows.count()).toBe(grids.length + 1);
    for (const [index, { grid, ...numbers }] of [...grids, all].entries()) {
      const cells = await rows.nth(index).locator('th, td').allTextContents();
      expect(cells).toEqual([
        grid ?? zh.page.grids.community,
        String(numbers.enrolled),
        `${numbers.onTimePercent}%`,
        String(numbers.keptLate + numbers.visited + numbers.unresolved),
        String(numbers.excused),
        String(numbers.alerts),
        sayDuration(numbers.medianDoor, zh.report),
        String(numbers.benignPer45),
        `${numbers.uptimePercent}%`,
      ]);
    }
    const heat = part(zh.page.heat.title).locator('table');
    for (const closing of ['kept', 'kept_late', 'visited', 'excused', 'unresolved']) {
      const meant = days.filter(({ closedAs }) => closedAs === closing).length;
      expect([closing, await heat.locator(`td[data-closing="${closing}"]`).count()]).toEqual([
        closing,
        meant,
      ]);
    }
    await takeShot(page, 'report-zh');
    expect(await board.barriers(page)).toEqual([]);
  }, 60_000);

  it('are in the workbook', async () => {
    const sheets = await readXlsxFile(await save(zh.page.xlsx));
    const rows = (name: string) => sheets.find(({ sheet }) => sheet === name)?.data ?? [];
    const sums = new Map(
      rows(zh.report.sum).map(([name, value]) => [String(name).replace(' (%)', ''), value]),
    );
    for (const [name, value] of lines(all, zh.report)) expect([name, sums.get(name)]).toEqual([name, value]);
    expect(rows(zh.report.grids.title).slice(1)).toEqual(
      grids.map((grid) => [
        ...[grid.grid, grid.enrolled, grid.kept, grid.keptLate, grid.visited, grid.unresolved, grid.excused],
        ...[grid.onTimePercent, grid.alerts, grid.medianDoor && Math.round(grid.medianDoor)],
        ...[grid.benignPer45, grid.uptimePercent],
      ]),
    );
    const cells = rows(zh.report.homes.title)
      .slice(1)
      .flatMap((row) => row.slice(3));
    expect(cells).toEqual(
      days.map(({ closedAs, openedMinute }) => {
        const said = zh.report.closings[closedAs as keyof typeof zh.report.closings];
        const minutes = (openedMinute ?? 0) % 60;
        const time = `${Math.floor((openedMinute ?? 0) / 60)}:${String(minutes).padStart(2, '0')}`;
        return openedMinute === null ? said : `${said} ${time}`;
      }),
    );
    const stewards = rows(zh.report.stewards.title).slice(1);
    const busy = stewards.filter(
      ([, , pages, went, visits]) => Number(pages) + Number(went) + Number(visits),
    );
    const plain = await plainLoad(board.pact.db, { communityId, month: MONTH });
    expect(busy.map(([name, , ...load]) => [name, ...load]).sort()).toEqual(
      plain.map(({ name, pages, acknowledged, visits }) => [name, pages, acknowledged, visits]).sort(),
    );
    expect(String(rows(zh.report.about))).toContain('王主任');
  }, 60_000);

  it('are on the paper, which names nobody but who made it', async () => {
    const pdf = await save(zh.page.pdf);
    const folder = process.env.PACT_SCREENSHOTS;
    if (folder) await writeFile(`${folder}/report-zh.pdf`, pdf);
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
    const words = text.replaceAll(/\s+/g, ' ');
    for (const [name, value] of lines(all, zh.report)) {
      expect(words).toMatch(new RegExp(`${escaped(name)}( \\([^)]*\\))? ${escaped(String(value))}[ %]`));
    }
    for (const grid of grids) {
      const missed = grid.keptLate + grid.visited + grid.unresolved;
      const row = [grid.grid, grid.enrolled, `${grid.onTimePercent}%`, missed, grid.excused, grid.alerts];
      expect(words).toContain(row.join(' '));
    }
    for (let day = 1; day <= 30; day += 1) {
      const date = `${MONTH}-${String(day).padStart(2, '0')}`;
      const on = (closing: string) =>
        days.filter((one) => one.date === date && one.closedAs === closing).length;
      const counts = ['kept', 'kept_late', 'visited', 'unresolved', 'excused'].map(on);
      expect(words).toContain([date, 45, ...counts].join(' '));
    }
    expect(words).toContain('王主任');
    expect(words).not.toMatch(/奶奶|爷爷/);
  }, 60_000);

  it('are told on the command line', async () => {
    const ran = await runPact(['report', '--month', MONTH, '--json'], { DATABASE_URL: board.databaseUrl });
    const told = JSON.parse(ran.stdout) as MonthReport;
    expect(told.grids.map((grid) => inPlainNames(grid.grid, grid))).toEqual(grids);
    expect(inPlainNames(null, told)).toEqual(all);
    const lines = await runPact(['report', '--month', MONTH], { DATABASE_URL: board.databaseUrl });
    for (const number of [all.enrolled, all.kept, all.onTimePercent, all.alerts, all.doorIn15]) {
      expect(lines.stdout).toContain(String(number));
    }
  }, 60_000);
});

it('writes each export down with who made it', async () => {
  const { db } = board.pact;
  const made = await db.selectFrom('account').select('id').where('name', '=', '王主任').executeTakeFirst();
  const entries = await db
    .selectFrom('audit_entry')
    .select(['actor_id', 'subject_id'])
    .where('action', '=', 'report.export')
    .execute();
  expect(entries).toEqual(Array(2).fill({ actor_id: made?.id, subject_id: communityId }));
});

it('leads from the map to a home’s month and from there to its file and back', async () => {
  await visit(`#report/${MONTH}`);
  await page.getByRole('link', { name: /^20号/ }).click();
  const chart = part(zh.page.home.chart);
  await chart.getByRole('img').waitFor();
  const openings = days.filter(({ code, openedMinute }) => code === '20' && openedMinute !== null);
  expect(await chart.locator('circle').count()).toBe(openings.length);
  expect(await chart.locator('circle.late').count()).toBe(4);
  await chart.getByText(zh.page.home.table).click();
  expect(await chart.locator('tbody tr').count()).toBe(30);
  await takeShot(page, 'report-home-zh');
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('link', { name: zh.page.home.file, exact: true }).click();
  await page.getByRole('link', { name: REGISTER_TEXT['zh-CN'].toMonth }).click();
  await page.getByText(zh.page.home.noneTitle).or(part(zh.page.home.calendar)).first().waitFor();
  const looked = await board.pact.db
    .selectFrom('audit_entry')
    .select('id')
    .where('action', '=', 'household.month')
    .execute();
  expect(looked.length).toBeGreaterThanOrEqual(2);
}, 60_000);

it('leads from a date to that day, home by home', async () => {
  await visit(`#report/${MONTH}`);
  await page.getByRole('link', { name: zh.page.dayOf(12), exact: true }).click();
  await page.getByLabel(zh.page.day.missedOnly).waitFor();
  await page.locator('.record-rows tbody tr').nth(44).waitFor();
  expect(await page.locator('.record-rows tbody tr').count()).toBe(45);
  await page.getByLabel(zh.page.day.missedOnly).check();
  expect(await page.locator('.record-rows tbody tr').count()).toBe(
    days.filter(({ date, closedAs }) => date === `${MONTH}-12` && /late|visited|unres/.test(closedAs)).length,
  );
  await takeShot(page, 'report-day-zh');
  expect(await board.barriers(page)).toEqual([]);
}, 60_000);

it('adds up communities by street and district, as the settings say', async () => {
  const words = SETTINGS_TEXT['zh-CN'].community;
  await visit('#settings');
  await page.getByRole('button', { name: `${REGISTER_TEXT['zh-CN'].edit}: ${words.title}` }).click();
  await page.getByLabel(words.district, { exact: true }).fill('解放区');
  await page.getByLabel(words.street, { exact: true }).fill('焦东街道');
  await page.getByRole('button', { name: REGISTER_TEXT['zh-CN'].save, exact: true }).click();
  await part(words.title).getByText('焦东街道').waitFor();
  await seedCommunity(board.pact.db);
  await page.evaluate(`localStorage.setItem('pact.community', '${communityId}')`);
  await visit(`#report/${MONTH}`);
  await page.reload();
  const areas = part(zh.page.areas.title);
  await areas.getByText('解放区').waitFor();
  const rows = await areas.locator('tbody tr').allTextContents();
  expect(rows).toHaveLength(5);
  expect(rows[0]).toContain(String(all.enrolled));
}, 60_000);

it('is usable on a phone, in English', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: zh.language }).click();
  await part(en.report.parts.days).waitFor();
  await takeShot(page, 'report-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await page.getByLabel(en.page.heat.trouble).check();
  const troubled = new Set(
    days.filter(({ closedAs }) => /late|visited|unres/.test(closedAs)).map((d) => d.code),
  );
  expect(await part(en.page.heat.title).locator('tbody tr').count()).toBe(troubled.size);
  const paper = await save(en.page.pdf);
  const folder = process.env.PACT_SCREENSHOTS;
  if (folder) await writeFile(`${folder}/report-en.pdf`, paper);
  await page.getByRole('link', { name: /^No\. 20/ }).click();
  await part(en.page.home.chart).getByRole('img').waitFor();
  await takeShot(page, 'report-home-phone-en');
  expect(await scrollsSideways(page)).toBe(false);
  expect(await board.barriers(page)).toEqual([]);
  await page.getByRole('link', { name: `‹ ${en.page.earlier}` }).click();
  await page.getByText(en.page.home.noneTitle).waitFor();
  expect(seen).toEqual([]);
}, 60_000);

async function save(name: string): Promise<Buffer> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).click();
  return readFile(await (await downloading).path());
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
