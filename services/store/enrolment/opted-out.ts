import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../database.ts';

/**
 * Whether a home has taken back that its neighbours or its family are told. Where neither was asked on a paper of its
 * own, the register says who is told, and the rest of the ladder does not depend on it.
 */
export const isOptedOut = (of: {
  household: RawBuilder<unknown>;
  /** A role of `assignment`. */
  role: RawBuilder<unknown>;
  on: RawBuilder<unknown>;
}): RawBuilder<boolean> => sql<boolean>`(exists (
    select from consent w where w.household_id = ${of.household} and ${isOf(of.role)} and w.withdrawn_on < ${of.on})
  and not exists (
    select from consent w where w.household_id = ${of.household} and ${isOf(of.role)}
      and (w.withdrawn_on is null or w.withdrawn_on >= ${of.on})))`;

/** Whether a home has taken its consent to the pact back, and has signed none since: then no pact may go on or begin. */
export async function isPactWithdrawn(tx: Tx, householdId: string): Promise<boolean> {
  const { rows } = await sql<{ withdrawn: boolean }>`
    select exists (select from consent where household_id = ${householdId} and purpose = 'pact' and withdrawn_on is not null)
      and not exists (select from consent where household_id = ${householdId} and purpose = 'pact' and withdrawn_on is null)
      as withdrawn`.execute(tx);
  return rows[0]?.withdrawn ?? false;
}

const isOf = (role: RawBuilder<unknown>) =>
  sql`w.purpose = case ${role} when 'neighbour' then 'neighbours' when 'family' then 'family' end`;
