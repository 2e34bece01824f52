import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { Temporal } from 'temporal-polyfill';
import { createScaledClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createLogger } from '#platform/logger.ts';
import { DESKTOP, launchBrowser } from '#services/board/e2e/browser.ts';
import { composePact } from '#services/main.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { percentilesOf } from '../summary.ts';
import { machine, versions } from './bed.ts';
import { type BoardHomes, enrolHomes, signIn, startOver } from './board-bed.ts';
import type { BoardAnswer, BoardOrder, Sent } from './board-load.ts';
import { type Change, frames, NOBODY_UP, NOW, TAKE, WATCH } from './board-probe.ts';
import type { BoardBenchResult, FrameCase, Frames, Heap, Spread } from './board-report.ts';
import { followBare } from './board-stream.ts';

/** The window has begun, so that an opening keeps the day; no check and no deadline comes while the bench runs. */
const MORNING = Temporal.Instant.from('2026-11-24T04:30:00+08:00');
const SECRET = 'a secret of thirty-two characters, for the bench';
/** Longer than any change takes to come; then what is missing is said instead of waited for. */
const MOST_WAIT_MS = 20_000;
const HOMES = 5_000;
const PER_SECOND = 500;
const ROUNDS = 3;
const LOOK_MS = 5_000;
const LOOKS_AT_MEMORY = 4;
const VIEWS = { facade: '.window', list: '.line', grid: '.tile' };

type Stage = {
  db: Db;
  homes: BoardHomes;
  context: BrowserContext;
  page: Page;
  order: (message: BoardOrder) => Promise<BoardAnswer>;
};

/**
 * A board of 5,000 homes while sensors send 500 openings a second over MQTT: the time from a publish to the change on
 * the screen, the frames while nobody and while somebody scrolls, and the memory of the board and of the wall. Everything
 * is real: service, PostgreSQL, Chromium. Once all are up the morning starts over, so that every event changes a window.
 * @param minutes of events while which the memory of both pages is watched
 */
export async function run(minutes: number): Promise<BoardBenchResult> {
  await ensureBoardBuilt(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-board-'));
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const sharedDir = join(folder, 'shared');
    const postgres = await startEmbeddedPostgres({ dataDir: folder, sharedDir, log: () => undefined });
    undo.push(() => postgres.stop());
    const { connectionString } = postgres;
    await migrateToLatest(connectionString);
    const pool = createPool({ connectionString, size: 2, name: 'bench', onError: () => undefined });
    const db = createDatabase(pool);
    undo.push(() => db.destroy());
    const homes = await enrolHomes(db, HOMES, SECRET, MORNING);
    const cookie = await signIn(db, MORNING);
    const config = loadConfig({
      DATABASE_URL: connectionString,
      PACT_DATA_DIR: folder,
      PACT_SECRET: SECRET,
      PACT_HTTP_PORT: '0',
      PACT_MQTT_PORT: '0',
    });
    const clock = createScaledClock(MORNING, 1);
    const pact = await composePact(config, { clock, logger: createLogger('error') });
    undo.push(() => pact.stop());
    const generator = fork(fileURLToPath(new URL('./board-load.ts', import.meta.url)));
    undo.push(() => generator.kill());
    const order = async (message: BoardOrder): Promise<BoardAnswer> => {
      const answered = once(generator, 'message');
      generator.send(message);
      return (await answered)[0] as BoardAnswer;
    };
    const port = Number(new URL(pact.urls.mqtt ?? '').port);
    await order({ kind: 'connect', port, secrets: homes.secrets, sensorIds: homes.sensorIds });
    const browser = await launchBrowser(folder);
    undo.push(() => browser.close());
    const context = await browser.newContext({ viewport: DESKTOP, locale: 'zh-CN' });
    await context.addCookies([{ ...cookie, url: pact.urls.http }]);
    const page = await context.newPage();
    const stage = { db, homes, context, page, order };

    // What is compiled, planned and cached by the first round is not measured.
    await publish(stage);
    const toStream = await measureStream(stage, `${pact.urls.http}/api/v1/stream`, cookie);
    const startedAt = performance.now();
    await page.goto(pact.urls.http);
    const lastWindow = page.locator(VIEWS.facade).nth(HOMES - 1);
    await lastWindow.waitFor({ state: 'attached', timeout: 120_000 });
    const firstPaintMs = performance.now() - startedAt;
    const latency = await measureScreen(stage);
    const byView: BoardBenchResult['frames'] = {};
    for (const [view, item] of Object.entries(VIEWS)) byView[view] = await measureFrames(stage, view, item);
    await page.locator('.views input[value="facade"]').check({ force: true });
    const heaps = await watchMemory(stage, minutes);
    const { node = '', postgresql = '' } = await versions(pool);
    return {
      machine: machine(),
      versions: { node, chromium: browser.version(), postgresql },
      homes: HOMES,
      perSecond: PER_SECOND,
      toStream,
      firstPaintMs,
      ...latency,
      frames: byView,
      soakMinutes: minutes,
      heaps,
    };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

const publish = ({ order }: Stage, messages = HOMES) =>
  order({ kind: 'publish', messages, perSecond: PER_SECOND });

/** Starts the morning over and waits until the page shows it. */
async function nobodyUp({ db, homes, page }: Stage): Promise<void> {
  await startOver(db, homes.communityId);
  await until(async () => Number(await page.evaluate(NOBODY_UP)), 1);
  // The board fetches and draws all homes anew: what follows begins after that.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

async function measureStream(
  stage: Stage,
  url: string,
  cookie: { name: string; value: string },
): Promise<Spread> {
  await startOver(stage.db, stage.homes.communityId);
  const stream = await followBare(url, cookie);
  const offset = await compareClocks(stage.order, async () => performance.timeOrigin + performance.now());
  const { sent } = await publish(stage);
  await until(() => stream.heard.length, HOMES);
  stream.close();
  const at = new Map(stream.heard.toReversed().map((one) => [one.id, one.at]));
  return spreadOf(delaysOf(sent, at, stage.homes, offset.ms));
}

async function measureScreen(stage: Stage) {
  const { page, order, homes } = stage;
  await page.evaluate(WATCH);
  const offset = await compareClocks(order, async () => (await page.evaluate(NOW)) as number);
  const toDom: number[] = [];
  const toScreen: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await nobodyUp(stage);
    await page.evaluate(TAKE);
    const { sent } = await publish(stage);
    const changes: Change[] = [];
    await until(async () => {
      const fresh = (await page.evaluate(TAKE)) as Change[];
      changes.push(...fresh.filter(({ tone }) => tone === 'kept'));
      return new Set(changes.map(({ id }) => id)).size;
    }, HOMES);
    const first = changes.toReversed();
    toDom.push(...delaysOf(sent, new Map(first.map(({ id, at }) => [id, at])), homes, offset.ms));
    toScreen.push(
      ...delaysOf(sent, new Map(first.map(({ id, shownAt }) => [id, shownAt])), homes, offset.ms),
    );
  }
  const events = ROUNDS * HOMES;
  return {
    events,
    missing: events - toScreen.length,
    clockErrorMs: offset.errorMs,
    toDom: spreadOf(toDom),
    toScreen: spreadOf(toScreen),
  };
}

async function measureFrames(stage: Stage, view: string, item: string): Promise<Record<FrameCase, Frames>> {
  const { page } = stage;
  await page.locator(`.views input[value="${view}"]`).check({ force: true });
  await page.locator(item).first().waitFor();
  const look = async (step: 0 | 60) => framesOf((await page.evaluate(frames(LOOK_MS, step))) as number[]);
  const loaded = async (step: 0 | 60) => {
    await nobodyUp(stage);
    const load = publish(stage, (PER_SECOND * (LOOK_MS + 1_000)) / 1_000);
    const seen = await look(step);
    await load;
    return seen;
  };
  await nobodyUp(stage);
  return {
    idle: await look(0),
    'idle, events': await loaded(0),
    scrolling: await look(60),
    'scrolling, events': await loaded(60),
  };
}

/** What the board and the wall hold, side by side, while mornings go by. */
async function watchMemory(stage: Stage, minutes: number): Promise<Record<string, Heap[]>> {
  const { context, page: board } = stage;
  // The notes of the bench itself would grow.
  await board.evaluate('window.benchChanges.push = () => 0');
  const wall = await context.newPage();
  await wall.goto(`${board.url()}#wall`);
  await wall
    .locator('.wall-windows li')
    .nth(HOMES - 1)
    .waitFor({ state: 'attached' });
  const pages = { board: await context.newCDPSession(board), wall: await context.newCDPSession(wall) };
  const heaps: Record<keyof typeof pages, Heap[]> = { board: [], wall: [] };
  let events = 0;
  await nobodyUp(stage);
  await publish(stage);
  for (let look = 0; look <= LOOKS_AT_MEMORY; look += 1) {
    heaps.board.push({ events, ...(await heapOf(pages.board)) });
    heaps.wall.push({ events, ...(await heapOf(pages.wall)) });
    const due = (minutes * 60 * PER_SECOND * (look + 1)) / LOOKS_AT_MEMORY;
    while (look < LOOKS_AT_MEMORY && events < due) {
      await nobodyUp(stage);
      events += (await publish(stage, Math.min(HOMES, due - events))).sent.length;
    }
  }
  return heaps;
}

/** What the page holds once all that nobody holds is gone. */
async function heapOf(cdp: CDPSession): Promise<Omit<Heap, 'events'>> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  for (let round = 0; round < 3; round += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  return { usedMb: usedSize / 1_048_576, nodes, listeners: jsEventListeners };
}

/** Waits until so many have come, or none comes any more. */
async function until(count: () => number | Promise<number>, wanted: number): Promise<void> {
  let seen = 0;
  for (let waitedUntil = performance.now() + MOST_WAIT_MS; performance.now() < waitedUntil; ) {
    const now = await count();
    if (now >= wanted) return;
    if (now > seen) waitedUntil = performance.now() + MOST_WAIT_MS;
    seen = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** How far another clock is ahead of the sender's: the quickest of many round trips to each tells it best. */
async function compareClocks(order: Stage['order'], other: () => Promise<number>) {
  const here = () => performance.timeOrigin + performance.now();
  const ahead = async (ask: () => Promise<number>) => {
    let best = { ms: 0, errorMs: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 40; round += 1) {
      const from = here();
      const there = await ask();
      const to = here();
      const errorMs = (to - from) / 2;
      if (errorMs < best.errorMs) best = { ms: there - (from + to) / 2, errorMs };
    }
    return best;
  };
  const toOther = await ahead(other);
  const toSender = await ahead(async () => (await order({ kind: 'now' })).now);
  return { ms: toOther.ms - toSender.ms, errorMs: toOther.errorMs + toSender.errorMs };
}

/** @param seenAt by household, when its change was seen, by a clock that is so far ahead */
function delaysOf(
  sent: readonly Sent[],
  seenAt: ReadonlyMap<string, number>,
  homes: BoardHomes,
  aheadMs: number,
): number[] {
  return sent.flatMap(({ sensor, at }) => {
    const seen = seenAt.get(homes.householdIds[sensor] ?? '');
    return seen ? [seen - at - aheadMs] : [];
  });
}

const spreadOf = (values: readonly number[]): Spread => ({
  ...percentilesOf(values),
  most: Math.max(...values),
});

const framesOf = (times: readonly number[]): Frames => ({
  ...spreadOf(times),
  over50Pct: (times.filter((time) => time > 50).length / times.length) * 100,
});
