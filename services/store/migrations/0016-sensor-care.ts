import { type Kysely, sql } from 'kysely';

/** How a sensor is mounted, what was done about a fault, and the homes that somebody must look in on the same day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [POLARITY, TICKETS]) await sql.raw(statement).execute(db);
}

// reversed: it says opened of a curtain that was closed; the broker turns what it says round before it is stored.
const POLARITY = `
alter table sensor add column reversed boolean not null default false, add column polarity_tested_at timestamptz;`;

// look_in is about the elder and not about a device: it has no sensor, and a home has one at most.
const TICKETS = `
alter table ticket drop constraint ticket_kind_check,
  add constraint ticket_kind_check check (kind in ('silent', 'battery_low', 'tamper', 'clock_wrong', 'visit_asked', 'look_in')),
  add column done text, add column told_at timestamptz;
create unique index ticket_look_in on ticket (household_id) where kind = 'look_in' and closed_at is null;`;
