import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import { LEASE_MS } from '#services/messaging/deliver.ts';
import type { Bench, Part } from './bench.ts';
import type { Chance } from './chance.ts';
import type { FaultKind, Faults } from './faults.ts';
import { createIncarnation, type Fate, type Incarnation } from './incarnation.ts';
import type { Turnstile } from './interleave.ts';

/** A part of ours over its lives: what strikes it is decided before each run of its work. */
export type LivingPart = {
  readonly name: Part;
  readonly clock: Clock;
  /** Of this life; a new one after each death. */
  life(): Incarnation;
  /** Milliseconds by which the clock of its machine is wrong, for as long as nobody sets it right. */
  skewMs: number;
  /** Until when it is down, epoch milliseconds. */
  downUntil: number;
  /** Whether its clock is right in this run. */
  isRight(): boolean;
  /** Whether it has been up and its clock right since its last run. */
  isContinuous: boolean;
  statements(): number;
  /** Ends this life, as an operator or a power cut does. */
  end(): Promise<void>;
  /**
   * Runs a piece of its work; failures of the kinds that its loops outlive are theirs.
   * @returns what else it threw, for people
   */
  run(work: () => Promise<void>, now: number): Promise<string | undefined>;
};

export type PartPorts = {
  bench: Bench;
  chance: Chance;
  faults: Faults;
  turnstile: Turnstile;
  now(): number;
  beginsAt: number;
  /** Another process does the same work. */
  hasTwin: boolean;
  /** It died and is made anew. */
  onDeath(part: LivingPart): void;
};

type Blow = { at: 'statement' | 'commit'; nth: number; fate: Fate };

/** What a deadlock is ended with; whoever it hits does its work again. */
const DEADLOCK = '40P01';

/** Milliseconds that one run's clock may be wrong by. */
const MOST_BACK = 120 * 60_000;
const MOST_AHEAD = 20 * 60_000;
const MOST_APART = LEASE_MS / 2;

export function createLivingPart(name: Part, ports: PartPorts): LivingPart {
  const { bench, chance, faults, turnstile, now } = ports;
  let blow: Blow | undefined;
  let counted = 0;
  let statements = 0;
  let runs = 0;
  let offset = 0;

  const fateOf = async (text: string): Promise<Fate> => {
    await turnstile.pass(name);
    statements += 1;
    if (!blow || (blow.at === 'commit' && text !== 'commit')) return 'done';
    counted += 1;
    if (counted !== blow.nth) return 'done';
    const { fate } = blow;
    blow = undefined;
    return fate;
  };
  const live = () => createIncarnation(bench.lineOf(name), fateOf);
  let life = live();

  const decideBlow = (at: number): Blow | undefined => {
    const label = `${name} run ${runs}`;
    const nth = chance.between(`${label} nth`, 1, name.startsWith('rules') ? 30 : 12);
    const nthCommit = chance.between(`${label} nth commit`, 1, 3);
    const strikes = (kind: FaultKind, probability: number, line: string) =>
      faults.strikes(kind, label, probability, at, `${name}, run ${runs}: ${line}`);
    if (strikes('crash', 0.025, `dies before its statement ${nth}`))
      return { at: 'statement', nth, fate: 'dies_before' };
    if (strikes('commit_unheard', 0.02, `dies after its commit ${nthCommit}`))
      return { at: 'commit', nth: nthCommit, fate: 'dies_after' };
    if (strikes('statement_lost', 0.02, `its statement ${nth} fails`))
      return { at: 'statement', nth, fate: 'fails' };
    return undefined;
  };

  const decideOffset = (at: number): number => {
    const label = `${name} run ${runs}`;
    if (!/^(rules|carer)/.test(name)) return 0;
    // Two senders whose clocks differ by more than a lease may both hold a message: clocks are kept closer than that.
    const most = ports.hasTwin && name.startsWith('carer') ? MOST_APART : Number.POSITIVE_INFINITY;
    // Not to before the first day: of those that were before it this run knows nothing.
    const back = Math.min(most, chance.between(`${label} back`, 1_000, MOST_BACK), at - ports.beginsAt);
    if (
      faults.strikes(
        'clock_back',
        label,
        0.02,
        at,
        `${name}, run ${runs}: its clock is ${minutes(back)} behind`,
      )
    )
      return -back;
    const ahead = Math.min(most, chance.between(`${label} ahead`, 1_000, MOST_AHEAD));
    const line = `${name}, run ${runs}: its clock is ${minutes(ahead)} ahead`;
    // Rules that are ahead judge too early: no promise holds before a deadline that has not come.
    if (name.startsWith('carer') && faults.strikes('clock_ahead', label, 0.01, at, line)) return ahead;
    return 0;
  };

  const part: LivingPart = {
    name,
    ...{ skewMs: 0, downUntil: 0, isContinuous: false },
    clock: {
      now: () => Temporal.Instant.fromEpochMilliseconds(now() + offset + part.skewMs),
      toWallMilliseconds: (milliseconds) => milliseconds,
    },
    life: () => life,
    isRight: () => offset + part.skewMs === 0,
    statements: () => statements,
    async end() {
      await life.die();
      life = live();
      part.isContinuous = false;
    },
    async run(work, at) {
      runs += 1;
      counted = 0;
      blow = decideBlow(at);
      offset = decideOffset(at);
      let threw: string | undefined;
      try {
        await Promise.race([work(), life.death]);
      } catch (error) {
        if (!isOutlived(error)) threw = `${name} threw: ${reasonOf(error)}`;
      }
      blow = undefined;
      part.isContinuous = offset === 0 && life.isAlive();
      offset = 0;
      if (!life.isAlive()) {
        life = live();
        ports.onDeath(part);
      }
      return threw;
    },
  };
  return part;
}

/** Whether a part's loop outlives this: it was injected, or a deadlock that its next round makes good. */
export const isOutlived = (error: unknown): boolean =>
  (error instanceof pg.DatabaseError && error.code === DEADLOCK) ||
  (error instanceof Error &&
    /Connection terminated unexpectedly|deadlock detected|aborted/i.test(error.message));

const minutes = (milliseconds: number): string => `${Math.round(milliseconds / 6_000) / 10} minutes`;
