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

/** Which of the homes have taken their consent to the pact back, and signed none since: no pact may go on or begin there. */
export async function findPactWithdrawn(tx: Tx, householdIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select household_id as id from consent where household_id = any (${householdIds}::uuid[]) and purpose = 'pact'
    group by household_id having bool_and(withdrawn_on is not null)`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

export const isPactWithdrawn = async (tx: Tx, householdId: string): Promise<boolean> =>
  (await findPactWithdrawn(tx, [householdId])).has(householdId);

const isOf = (role: RawBuilder<unknown>) =>
  sql`w.purpose = case ${role} when 'neighbour' then 'neighbours' when 'family' then 'family' end`;
