/** What is known of a person that makes a silent morning more alarming. */
export type RiskFacts = {
  /** Years; absent where the birth year is not known. */
  age: number | undefined;
  livesAlone: boolean;
  /** A health note is on file. */
  hasNote: boolean;
  hearingWeak: boolean;
  /** Days since somebody or something last said that all was well; absent where nothing ever did. */
  daysSinceSeen: number | undefined;
};

/**
 * How early a home stands in a list: the larger the earlier. It orders visits and suppresses none. Days unseen
 * weigh most, since what happened may have happened days ago; then age, living alone and what is on file.
 */
export function riskOf({ age, livesAlone, hasNote, hearingWeak, daysSinceSeen }: RiskFacts): number {
  const unseen = Math.min(daysSinceSeen ?? MOST_DAYS, MOST_DAYS) * 20;
  const old = Math.max(0, (age ?? ASSUMED_AGE) - 65);
  return unseen + old + (livesAlone ? 10 : 0) + (hasNote ? 8 : 0) + (hearingWeak ? 2 : 0);
}

const MOST_DAYS = 7;
/** Where nothing is known, as old as most of them are. */
const ASSUMED_AGE = 80;
