import { type RawBuilder, sql } from 'kysely';

/** The id of whoever goes first for a home; null where it has no steward. */
export const firstStewardOf = (householdId: RawBuilder<unknown>): RawBuilder<string | null> => sql`(
  select first_steward.id from assignment goes join person first_steward on first_steward.id = goes.person_id
  where goes.household_id = ${householdId} and goes.role = 'primary' and first_steward.removed_at is null
  order by goes.position, first_steward.id limit 1)`;
