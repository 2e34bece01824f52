import { Temporal } from 'temporal-polyfill';
import type { Entry } from './agenda.ts';
import type { Bench } from './bench.ts';
import { createCallers } from './callers.ts';
import { createChance } from './chance.ts';
import { checkEnd, checkStep } from './checks.ts';
import { createFaults, type Decision, tellDecisions } from './faults.ts';
import { createServices, type Services } from './our-services.ts';
import { type Plan, planDays } from './plan.ts';
import type { Provider } from './provider.ts';
import { scheduleDays } from './schedule.ts';
import { seedIds } from './seeded-ids.ts';
import { settleTown } from './settle-town.ts';
import { createWorld, type World } from './world.ts';

/** What came of one seed. */
export type DaysResult = {
  seed: number;
  mornings: number;
  homes: number;
  steps: number;
  statements: number;
  violations: string[];
  decisions: readonly Decision[];
  history: string[];
};

export type RunOptions = {
  /** Ids of faults that are left out. */
  without?: ReadonlySet<string>;
  /** Looks into the database after every step, however many homes there are: to see which one it was. */
  isThorough?: boolean;
};

const MINUTE = 60_000;
/** Of up to so many homes each step that wrote is looked at, of twice as many every second: a look reads all of them. */
const HOMES_A_LOOK = 20;
const HOUR = 60 * MINUTE;
/** Entries of different parts this near to each other may run at the same moment. */
const MOMENT_MS = 400;
/** Faults end this long before the last day does, so that everything can come to its rest. */
const QUIET_MS = 5 * HOUR;
/** How long a part or a provider may be away in all, and a job be late. */
const STEP_GRACE_MS = 6 * HOUR;
const END_GRACE_MS = 70 * MINUTE;

/** What the days need while they pass, and the checks look at. */
export type Run = { world: World; services: Services; provider: Provider };

/** Runs one seed's days on a bench, and looks at every step whether the promises hold. */
export async function runDays(bench: Bench, seed: number, options: RunOptions = {}): Promise<DaysResult> {
  const chance = createChance(seed);
  seedIds(chance.nextUuid);
  const plan = planDays(chance);
  const faults = createFaults(chance, options.without ?? new Set());
  faults.endAt(plan.endsAt - QUIET_MS);
  await settleTown(bench.own, plan, chance);
  const world = createWorld(bench, plan, chance, faults);
  const provider = createCallers(world, () => services);
  const services = createServices(world, provider.gateways);
  scheduleDays(world, services, provider);
  // What is broken stays so.
  const lookEvery = options.isThorough ? 1 : Math.ceil(plan.homes.length / HOMES_A_LOOK);
  const violations = await live({ world, services, provider }, lookEvery);
  return {
    ...{ seed, mornings: plan.dates.length, homes: plan.homes.length, steps: world.steps, violations },
    statements: [...services.parts.values()].reduce((sum, part) => sum + part.statements(), 0),
    decisions: faults.decisions,
    history: tellDecisions(faults.decisions, plan.timeZone),
  };
}

/** Goes through the days entry by entry, and stops at the first step that breaks a promise. */
async function live(run: Run, lookEvery: number): Promise<string[]> {
  const { world } = run;
  const { agenda, plan, faults } = world;
  const { parts } = run.services;
  let written = world.bench.written();
  let sinceLook = 0;
  for (let entry = agenda.next(); entry && entry.at <= plan.endsAt; entry = agenda.next()) {
    const label = `${entry.part} ${entry.label} ${entry.at}`;
    const beside = agenda.takeBeside(entry, entry.at + MOMENT_MS);
    const names = [entry, ...beside].map(({ part }) => part).join(', ');
    const isAtOnce = beside.length > 0 && faults.strikes('at_once', label, 0.6, entry.at, `${names} at once`);
    if (!isAtOnce) for (const other of beside) agenda.add(other);
    const group = isAtOnce ? [entry, ...beside] : [entry];
    world.now = Math.max(world.now, ...group.map(({ at }) => at));
    const up = group.filter(({ part, whenDown }) => {
      const { downUntil } = parts.get(part)!;
      if (downUntil <= world.now) return true;
      whenDown?.(downUntil);
      return false;
    });
    if (up.length === 0) continue;
    const thrown: string[] = [];
    const tasks = up.map(({ part, work, isForced }) => ({
      part,
      async work() {
        if (isForced) return work();
        const threw = await parts.get(part)!.run(work, world.now);
        if (threw) thrown.push(threw);
      },
    }));
    await world.turnstile.together(tasks, label);
    for (const { afterwards } of up) afterwards?.();
    if (up.every(({ isForced }) => isForced)) continue;
    world.steps += 1;
    if (world.bench.written() !== written) sinceLook += 1;
    written = world.bench.written();
    const isLooking = sinceLook >= lookEvery;
    if (isLooking) sinceLook = 0;
    const violations = [...thrown, ...world.complaints, ...(await checkStep(run, STEP_GRACE_MS, !isLooking))];
    if (violations.length > 0)
      return violations.map((violation) => `${tellEntry(entry, plan)}: ${violation}`);
  }
  world.now = plan.endsAt;
  return checkEnd(run, END_GRACE_MS);
}

const tellEntry = ({ part, label, at }: Entry, { timeZone }: Plan): string =>
  `${Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()} after ${part} (${label})`;
