import { Temporal } from 'temporal-polyfill';
import { type Agenda, createAgenda } from './agenda.ts';
import type { Bench } from './bench.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import { createTurnstile, type Turnstile } from './interleave.ts';
import type { Plan } from './plan.ts';
import { createSensors, type Sensors } from './sensors.ts';

/** A run's days, as all that drives them share it. */
export type World = {
  bench: Bench;
  plan: Plan;
  chance: Chance;
  faults: Faults;
  agenda: Agenda;
  sensors: Sensors;
  turnstile: Turnstile;
  now: number;
  steps: number;
  /** Times in which no rules were up, with when they first swept again. */
  outages: { from: number; until: number }[];
  /** When rules or the broker was last seen not to have been there all the time. */
  brokenAt: number;
  /** Milliseconds that the broker's clock was behind at most. */
  brokerLagMs: number;
  /** Replies that were taken in and say that a home is well. */
  saidSafe: { code: string; at: number }[];
  /** What the services logged as errors that no fault explains. */
  complaints: string[];
  /** A moment on the place's own clock. */
  tellTime(at: number): string;
};

export function createWorld(bench: Bench, plan: Plan, chance: Chance, faults: Faults): World {
  return {
    ...{ bench, plan, chance, faults, now: plan.beginsAt, steps: 0 },
    agenda: createAgenda(),
    sensors: createSensors(plan, chance, faults),
    turnstile: createTurnstile(chance, bench),
    ...{ outages: [], brokenAt: 0, brokerLagMs: 0, saidSafe: [], complaints: [] },
    tellTime: (at) =>
      Temporal.Instant.fromEpochMilliseconds(at)
        .toZonedDateTimeISO(plan.timeZone)
        .toPlainTime()
        .toString({ smallestUnit: 'second' }),
  };
}
