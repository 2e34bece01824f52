import { type Kysely, sql } from 'kysely';

/** What stands between a home in the register and a home that is protected: consent on paper, and a test of everything. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [CONSENT, COMMISSIONING]) await sql.raw(statement).execute(db);
}

// A consent that was withdrawn stays, with its day; a new one is a row of its own.
const CONSENT = `
create table consent (
  id uuid primary key, household_id uuid not null references household,
  purpose text not null check (purpose in ('pact', 'entry', 'family')), signed_on date not null, paper text,
  recorded_at timestamptz not null, recorded_by text not null,
  withdrawn_on date, withdrawn_at timestamptz, withdrawn_by text,
  check ((withdrawn_on is null) = (withdrawn_at is null))
);
create unique index consent_standing on consent (household_id, purpose) where withdrawn_on is null;`;

// event_upto: up to which event the test has looked, so that each look reads only what came since.
const COMMISSIONING = `
create table commissioning (
  id uuid primary key, household_id uuid not null references household, sensor_id text not null references sensor,
  started_at timestamptz not null, started_by text not null, event_upto bigint not null,
  opened_at timestamptz, closed_at timestamptz, page_count integer not null default 0, paged_at timestamptz,
  page_reached_at timestamptz, page_confirmed_by text, passed_at timestamptz, ended_at timestamptz
);
create unique index commissioning_running on commissioning (household_id) where ended_at is null;
create index commissioning_passed on commissioning (household_id, sensor_id) where passed_at is not null;`;
