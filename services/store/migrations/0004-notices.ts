import { type Kysely, sql } from 'kysely';

/** The proof that paging works, what the office and families are told every day, and outages with a common cause. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [CANARY, SETTINGS, NOTICES, OUTAGES]) await sql.raw(statement).execute(db);
}

// A canary is a household with a pact, so that the same rules judge it; every count leaves it out. Its check is
// kept apart from its alert, because rules that stand still open no alert.
const CANARY = `
alter table household add column is_canary boolean not null default false;
create unique index household_canary on household (community_id) where is_canary;
alter table alert drop constraint alert_closed_by_check,
  add constraint alert_closed_by_check check (closed_by in ('outcome', 'signal', 'canary'));
create table canary_check (
  community_id uuid not null references community, on_date date not null,
  state text not null check (state in ('proven', 'unknown', 'failed')), at timestamptz not null, failed_at timestamptz,
  primary key (community_id, on_date)
);`;

const SETTINGS = `
alter table community add column evening_at text not null default '20:30',
  add column sensor_check_at text not null default '07:30',
  add column quiet_from text not null default '21:00', add column quiet_until text not null default '06:30',
  add column storm_percent smallint not null default 20 check (storm_percent between 1 and 100);
alter table person add column daily_at text;
alter table sensor add column gateway text;`;

// One row for each thing told to a community on a date: it, and no timer, prevents a second telling.
const NOTICES = `
create table notice_run (
  community_id uuid not null references community, kind text not null, on_date date not null,
  at timestamptz not null, detail jsonb not null default '{}',
  primary key (community_id, kind, on_date)
);`;

const OUTAGES = `
create table outage (
  id uuid primary key, community_id uuid not null references community,
  cause text not null check (cause in ('gateway', 'building', 'broker', 'community')), subject text not null,
  on_date date not null, began_at timestamptz not null, noticed_at timestamptz not null, ended_at timestamptz,
  household_ids uuid[] not null,
  unique (community_id, cause, subject, on_date)
);
create index outage_open on outage (community_id) where ended_at is null;`;
