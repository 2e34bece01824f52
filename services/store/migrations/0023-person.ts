import { type Kysely, sql } from 'kysely';

/** What a person may ask of us: to take a consent back, to be forgotten, and that nothing is kept for ever. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [CONSENT, ERASURE, RETENTION]) await sql.raw(statement).execute(db);
}

// ended: what a withdrawal changed beside the consent, so that it can be undone while the day lasts.
const CONSENT = `
alter table consent drop constraint consent_purpose_check,
  add constraint consent_purpose_check check (purpose in ('pact', 'entry', 'neighbours', 'family')),
  add column ended jsonb;
create index consent_withdrawn on consent (household_id, purpose) where withdrawn_on is not null;`;

// erased_at: since when the row stands for somebody whom nobody can name any more.
const ERASURE = `
alter table household add column erased_at timestamptz;
alter table person add column erased_at timestamptz;
create index household_to_erase on household (removed_at) where removed_at is not null and erased_at is null;
create index person_to_erase on person (removed_at) where removed_at is not null and erased_at is null;`;

// One row a night; removed: how many of each kind.
const RETENTION = `
create table retention_run (
  on_date date primary key, begun_at timestamptz not null, completed_at timestamptz, removed jsonb not null default '{}'
);
create index session_expires on session (expires_at);
create index message_spoken on message (created_at) where text <> '' or phone <> '';`;
