import { once } from 'node:events';
import { Temporal } from 'temporal-polyfill';
import { NARRATION } from '#pact/text/narration.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import { makeDemoAccount } from './demo-account.ts';
import { makeDemoFolder, removeDemoFolder } from './demo-folder.ts';
import { type DemoOptions, readDemoOptions } from './demo-options.ts';
import { FLEET_KINDS } from './fleet.ts';
import { type Fault, type Morning, prepareMorning, TIME_ZONE } from './morning.ts';
import { createNarrator } from './narrator.ts';
import type { MorningSummary } from './summary.ts';

/** `npm run demo`: one morning of the pact, everything real but the people and the curtains. */
const options = readDemoOptions(process.argv, process.env);
const words = NARRATION[options.language];
/** With --json stdout belongs to the summary alone. */
const say = (line = '') => options.json || process.stdout.write(`${line}\n`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

try {
  process.exitCode = await run(options);
} catch (error) {
  // Whoever interrupts while things are still being made does not want to hear what is missing.
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
  if (!interrupted.signal.aborted) {
    process.stderr.write(`${reasonOf(error)}\n`);
    if (error instanceof PactError && error.hint) process.stderr.write(`${error.hint}\n`);
  }
}
process.exit();

async function run({
  once: alone,
  json,
  keep,
  speed,
  speedBefore,
  seed,
  port,
  language,
  sources,
  scaleOut,
}: DemoOptions): Promise<number> {
  say(words.title({ homes: 45, stewards: 35, speed, seed }));
  say(words.preparing);
  if (!alone) await ensureBoardBuilt(say);
  const parent = process.env.PACT_DATA_DIR?.trim() || './data';
  const dataDir = await makeDemoFolder(parent, alone ? 'demo-once' : 'demo');
  const date = localDateAt(Temporal.Now.instant(), TIME_ZONE);
  const logLevel = process.env.PACT_LOG_LEVEL ?? 'error';
  const morning = await prepareMorning({
    dataDir,
    seed,
    speed,
    speedBefore,
    language,
    httpPort: port,
    alone,
    sources,
    scaleOut,
    redisUrl: process.env.REDIS_URL?.trim() || undefined,
    date,
    logLevel,
  });
  try {
    await introduce(morning);
    const narrator = createNarrator(words, TIME_ZONE, say);
    const tellFault = ({ kind, at, living }: Fault) =>
      say(`${timeOf(at)}  ${words[kind]({ kinds: FLEET_KINDS, living })}`);
    await Promise.race([morning.play(narrator.see, tellFault), interruption()]);
    if (interrupted.signal.aborted) return 130;
    const summary = await morning.summarise({ final: alone });
    conclude(summary);
    if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if (!alone) await lookAround(morning);
    return summary.violations.length === 0 ? 0 : 1;
  } finally {
    if (!alone) say(words.goodbye);
    await morning.stop();
    if (alone && !keep) await removeDemoFolder(dataDir);
  }
}

async function introduce(morning: Morning): Promise<void> {
  const { http, stories, sensors, makers, processes } = morning;
  const signIn = await makeDemoAccount(morning);
  say();
  say(words.boardAt({ url: http }));
  say(words.signIn(signIn));
  say(words.phonesAt({ url: morning.phones }));
  say(words.howToEnd);
  say();
  const withoutSensor = stories.filter((story) => !story.hasSensor).length;
  const onLeave = stories.filter((story) => story.kind === 'on_leave').length;
  say(words.ready({ sensors, withoutSensor, onLeave }));
  if (makers) say(words.makers(makers));
  if (processes > 1) say(words.processes({ count: processes, kinds: FLEET_KINDS }));
}

function timeOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO(TIME_ZONE).toPlainTime().toString({ smallestUnit: 'second' });
}

function conclude({ ledger, enrolled, violations }: MorningSummary): void {
  say();
  say(words.over);
  const counts = { enrolled, ...ledger, kept_late: ledger.keptLate };
  const columns = ['enrolled', 'kept', 'kept_late', 'visited', 'excused', 'unresolved'] as const;
  say(columns.map((column) => `${words.ledger[column]} ${counts[column]}`).join(' · '));
  say(violations.length === 0 ? words.noViolations : words.violations({ count: violations.length }));
  for (const violation of violations) say(`  ${violation}`);
}

/** After nine the clock takes the wall's pace, so that a person can try the board on what is still open. */
async function lookAround({ clock, stories }: Morning): Promise<void> {
  clock.slowDownTo(1);
  const open = stories.filter((story) => story.ending === 'unresolved');
  say();
  say(words.stillOpen({ codes: open.map((story) => story.home.code) }));
  await interruption();
}

async function interruption(): Promise<undefined> {
  if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort');
}
