import type { SeededRandom } from './seeded-random.ts';

/** What becomes of one home's morning. Minutes are of the day, or after the deadline where they say so. */
export type MorningPlan =
  | { kind: 'opens'; minute: number }
  | { kind: 'opens_late'; afterMinutes: number }
  | {
      kind: 'visited';
      goesAfter: number;
      doorAfter: number;
      outcome: 'safe' | 'helped' | 'died';
      /** Her sensor has had no power since before she drew the curtain. */
      isDark?: boolean;
    }
  /** Nobody answers until the office sends somebody, or until the month is over. */
  | { kind: 'unanswered'; officeAfter?: number }
  | { kind: 'away' }
  /** The pact has ended. */
  | { kind: 'gone' };

export type MonthPlan = {
  /** By the home's place, then by the day. */
  homes: readonly (readonly MorningPlan[])[];
  leaves: readonly { home: number; fromDay: number; untilDay: number }[];
  death: { home: number; day: number };
};

export const DEADLINE_MINUTE = 8 * 60;

/** Of the mornings that were neither excused: what the pact's first community reaches. */
const ON_TIME = 0.979;
const LEAVES = [
  { home: 4, fromDay: 6, untilDay: 12 },
  { home: 11, fromDay: 15, untilDay: 17 },
  { home: 27, fromDay: 24, untilDay: 30 },
  { home: 39, fromDay: 2, untilDay: 5 },
];
const STORM = { day: 12, firstHome: 16, homes: 12 };
const DEATH = { home: 32, day: 20 };
/** Opens a little later every day, until it is too late. */
const DRIFT = { home: 19, from: 405, minutesADay: 2.85 };

/** A month of 45 homes: leaves, a storm, a drift, a death, and here and there a morning that went otherwise. */
export function planMonth(random: SeededRandom, homes: number, days: number): MonthPlan {
  const usual = Array.from({ length: homes }, () => random.between(330, 440));
  const plan: MorningPlan[][] = usual.map((minute) =>
    Array.from({ length: days }, () => ({
      kind: 'opens',
      minute: Math.min(470, minute + random.between(-12, 12)),
    })),
  );
  const put = (home: number, day: number, morning: MorningPlan) => {
    const mornings = plan[home];
    if (mornings) mornings[day - 1] = morning;
  };
  for (let day = 1; day <= days; day += 1) {
    const minute = Math.round(DRIFT.from + day * DRIFT.minutesADay);
    const afterMinutes = minute - DEADLINE_MINUTE;
    put(DRIFT.home, day, afterMinutes > 0 ? { kind: 'opens_late', afterMinutes } : { kind: 'opens', minute });
  }
  for (let home = STORM.firstHome; home < STORM.firstHome + STORM.homes; home += 1) {
    const goesAfter = random.between(1, 4);
    const doorAfter = goesAfter + random.between(3, 14);
    put(home, STORM.day, { kind: 'visited', goesAfter, doorAfter, outcome: 'safe', isDark: true });
  }
  put(DEATH.home, DEATH.day, { kind: 'visited', goesAfter: 2, doorAfter: 9, outcome: 'died' });
  for (let day = DEATH.day + 1; day <= days; day += 1) put(DEATH.home, day, { kind: 'gone' });
  for (const { home, fromDay, untilDay } of LEAVES) {
    for (let day = fromDay; day <= untilDay; day += 1) put(home, day, { kind: 'away' });
  }
  sprinkle(random, plan, put);
  return { homes: plan, leaves: LEAVES, death: DEATH };
}

/** As many other mornings go wrong as the share on time leaves, each of another home and not in the storm. */
function sprinkle(
  random: SeededRandom,
  plan: readonly (readonly MorningPlan[])[],
  put: (home: number, day: number, morning: MorningPlan) => void,
): void {
  const all = plan.flat();
  const due = all.filter(({ kind }) => kind !== 'away' && kind !== 'gone').length;
  const missed = all.filter(({ kind }) => kind !== 'away' && kind !== 'gone' && kind !== 'opens').length;
  const others = due - Math.round(due * ON_TIME) - missed;
  const kinds: (() => MorningPlan)[] = [
    () => ({ kind: 'opens_late', afterMinutes: random.between(2, 16) }),
    () => ({ kind: 'visited', goesAfter: 2, doorAfter: random.between(6, 20), outcome: 'safe' }),
    () => ({ kind: 'opens_late', afterMinutes: random.between(2, 16) }),
    () => ({ kind: 'visited', goesAfter: 5, doorAfter: random.between(12, 25), outcome: 'helped' }),
  ];
  const lastDay = plan[0]?.length ?? 0;
  const homes = random
    .shuffled(plan.map((_, home) => home))
    .filter((home) => plan[home]?.every(({ kind }) => kind === 'opens'));
  for (const [index, home] of homes.slice(0, Math.max(0, others)).entries()) {
    const day = random.between(1, lastDay - 2);
    const make = kinds[index % kinds.length];
    if (index === 0) put(home, lastDay, { kind: 'unanswered' });
    else if (index === 1) put(home, 9, { kind: 'unanswered', officeAfter: 330 });
    else if (make) put(home, day === STORM.day ? day + 1 : day, make());
  }
}
