import { type Kysely, sql } from 'kysely';

/** What a home is, and the care beside its pact: plans, occasions, each day's tasks, contacts, and links to a steward's list. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [KIND, PLANS, TASKS, LINKS]) await sql.raw(statement).execute(db);
}

const KIND = `
alter table household add column kind text not null default 'elder_alone'
  check (kind in ('elder_alone', 'elder_with_child', 'child_in_hardship'));`;

// An occasion stands here only where a community has its own, or wants one of the five otherwise.
const PLANS = `
create table care_plan (
  id uuid primary key, household_id uuid not null references household,
  kind text not null check (kind in ('daily_visit', 'daily_greeting', 'weekly_visit')),
  weekdays smallint[] not null, from_on date not null,
  created_at timestamptz not null, created_by text not null, ended_at timestamptz
);
create unique index care_plan_standing on care_plan (household_id, kind) where ended_at is null;
create table care_occasion (
  community_id uuid not null references community, code text not null, name text, within_days smallint not null,
  removed_at timestamptz, primary key (community_id, code)
);`;

// care_day: a date whose tasks were opened, in one commit with them; drift_upto: the homes looked at for a drift so far.
// missed_since: the first day of a run of misses, or the day since which a standing task is late.
// evidence: the days that made a drift raise a must-visit, as they stood then.
const TASKS = `
create table care_day (
  community_id uuid not null references community, on_date date not null, opened_at timestamptz not null,
  drift_upto uuid, drift_at timestamptz, primary key (community_id, on_date)
);
create table care_contact (
  id uuid primary key, household_id uuid not null references household, person_id uuid references person,
  way text not null check (way in ('visit', 'call', 'service')), note text,
  at timestamptz not null, recorded_at timestamptz not null, recorded_by text not null,
  undone_at timestamptz, undone_by text
);
create index care_contact_home on care_contact (household_id, at);
create table care_task (
  id uuid primary key, household_id uuid not null references household, community_id uuid not null references community,
  kind text not null check (kind in ('daily_visit', 'daily_greeting', 'weekly_visit', 'must_visit', 'service')),
  plan_id uuid references care_plan, occasion text, service text, note text, owner_id uuid references person,
  from_on date not null, due_on date not null, missed_since date,
  state text not null check (state in ('open', 'done', 'missed', 'excused')), reason text,
  opened_at timestamptz not null, opened_by text not null, settled_at timestamptz, settled_on date,
  done_by text, contact_id uuid references care_contact, evidence jsonb
);
create unique index care_task_plan on care_task (plan_id, due_on) where plan_id is not null;
create index care_task_open on care_task (community_id) where state = 'open';
create index care_task_due on care_task (community_id, due_on);
create index care_task_settled on care_task (community_id, settled_on);
create index care_task_home on care_task (household_id, due_on);
create index care_task_contact on care_task (contact_id) where contact_id is not null;`;

// For one steward's list, whatever day it is; the token stands only in the message or the chat that carries it.
const LINKS = `
create table care_link (
  token_hash bytea primary key, person_id uuid not null references person,
  created_at timestamptz not null, expires_at timestamptz not null, opened_at timestamptz
);`;
