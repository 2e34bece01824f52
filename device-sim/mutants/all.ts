import { DAY_MUTANTS } from './days.ts';
import { DOOR_MUTANTS } from './doors.ts';
import { EVENT_MUTANTS } from './events.ts';
import type { Mutant } from './mutant.ts';
import { PAGE_MUTANTS } from './pages.ts';
import { PEOPLE_MUTANTS } from './people.ts';

const ALL = {
  ...EVENT_MUTANTS,
  ...DAY_MUTANTS,
  ...PAGE_MUTANTS,
  ...PEOPLE_MUTANTS,
  ...DOOR_MUTANTS,
};
export type MutantName = keyof typeof ALL;

/** Every deliberate fault by its name. */
export const MUTANTS: Record<MutantName, Mutant> = ALL;
