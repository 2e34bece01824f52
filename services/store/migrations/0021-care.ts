import { type Kysely, sql } from 'kysely';

/** What a home is, and the care beside its pact: plans, occasions, each day's tasks, contacts, and links to a steward's list. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [KIND, PLANS, TASKS, LINKS, AUDIT]) await sql.raw(statement).execute(db);
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

// As before, and of which home an entry about its care tells; a home has a `kind` of its own now, which the
// name of an entry's kind must not be taken for.
const AUDIT = `
create or replace function audit_household(kind text, id text) returns uuid language sql stable as $$
  select case kind
    when 'household' then id::uuid
    when 'resident' then (select r.household_id from resident r where r.id = audit_household.id::uuid)
    when 'alert' then (select a.household_id from alert a where a.id = audit_household.id::uuid)
    when 'leave' then (select l.household_id from leave l where l.id = audit_household.id::uuid)
    when 'pact' then (select p.household_id from pact p where p.id = audit_household.id::uuid)
    when 'ticket' then (select t.household_id from ticket t where t.id = audit_household.id::uuid)
    when 'sensor' then (select s.household_id from sensor s where s.id = audit_household.id)
    when 'care_plan' then (select p.household_id from care_plan p where p.id = audit_household.id::uuid)
    when 'care_task' then (select t.household_id from care_task t where t.id = audit_household.id::uuid)
    when 'care_contact' then (select k.household_id from care_contact k where k.id = audit_household.id::uuid)
  end
$$;
create or replace function audit_community(kind text, id text) returns uuid language sql stable as $$
  select coalesce(
    (select h.community_id from household h where h.id = audit_household(audit_community.kind, audit_community.id)),
    case kind
      when 'community' then audit_community.id::uuid
      when 'person' then (select p.community_id from person p where p.id = audit_community.id::uuid)
      when 'absence' then (select p.community_id from absence b join person p on p.id = b.person_id where b.id = audit_community.id::uuid)
      when 'ladder' then (select l.community_id from ladder l where l.id = audit_community.id::uuid)
      when 'robot' then (select r.community_id from robot r where r.id = audit_community.id::uuid)
      when 'grid' then (select g.community_id from grid g where g.id = audit_community.id::uuid)
      when 'message' then (select m.community_id from message m where m.id = audit_community.id::uuid)
      when 'account' then (select a.community_ids[1] from account a
        where a.id = audit_community.id::uuid and cardinality(a.community_ids) = 1)
    end)
$$;`;
