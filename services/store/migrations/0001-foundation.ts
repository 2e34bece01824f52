import { type Kysely, sql } from 'kysely';

/** The first schema: the register, the sensors, the days, the alerts, the messages, the office's accounts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    AREAS,
    PEOPLE,
    HOUSEHOLDS,
    SENSORS,
    PACTS,
    DAYS,
    ALERTS,
    MESSAGES,
    ACCOUNTS,
    WATCH,
  ]) {
    await sql.raw(statement).execute(db);
  }
}

const AREAS = `
create table district (id uuid primary key, name text not null unique);
create table street (
  id uuid primary key, district_id uuid not null references district, name text not null,
  unique (district_id, name)
);
create table community (
  id uuid primary key, street_id uuid references street, name text not null unique,
  time_zone text not null, language text not null default 'zh-CN' check (language in ('zh-CN', 'en')),
  emergency_number text not null default '120'
);
create table grid (
  id uuid primary key, community_id uuid not null references community, name text not null,
  unique (community_id, name)
);`;

// A phone number may be a steward's and a neighbour's at once: two rows, and a reply from it speaks for both.
const PEOPLE = `
create table person (
  id uuid primary key, community_id uuid not null references community,
  kind text not null check (kind in ('steward', 'neighbour', 'office', 'family')),
  code text, name text not null, phone text not null, grid_id uuid references grid,
  created_at timestamptz not null, updated_at timestamptz not null, removed_at timestamptz,
  unique (community_id, kind, phone)
);
create unique index person_code on person (community_id, code) where code is not null;
create index person_phone on person (phone);`;

const HOUSEHOLDS = `
create table household (
  id uuid primary key, community_id uuid not null references community, grid_id uuid not null references grid,
  code text not null, salutation text not null, building text not null, unit text, floor smallint, room text not null,
  phone text, note text,
  created_at timestamptz not null, updated_at timestamptz not null, removed_at timestamptz,
  unique (community_id, code)
);
create table resident (
  id uuid primary key, household_id uuid not null references household, name text not null,
  birth_year smallint, phone text, lives_alone boolean not null default true, hearing_weak boolean not null default false,
  note text, created_at timestamptz not null, updated_at timestamptz not null, removed_at timestamptz
);
create index resident_household on resident (household_id);
create table assignment (
  household_id uuid not null references household, person_id uuid not null references person,
  role text not null check (role in ('primary', 'backup', 'neighbour', 'family')), position smallint not null default 0,
  primary key (household_id, role, person_id)
);
create index assignment_person on assignment (person_id);`;

// sensor_state is written at every message: apart from the register, without indexes, with room for HOT updates.
// Its `opening` says whether the message recorded last was one, to the statement that records it.
// event.sensor_id has no foreign key, which would cost a look-up and a row lock for every event: intake joins
// sensor_state, which has one, and a sensor is retired but never deleted. The position is part of an event's
// identity because a motor reports several of them within one second of a device's clock. `boot` tells apart
// the lives of a counter that restarted.
const SENSORS = `
create table sensor (
  id text primary key, household_id uuid references household, secret_hash bytea not null,
  kind text not null default 'contact' check (kind in ('contact', 'position')),
  silence_minutes integer not null default 90, open_percent smallint not null default 50,
  enrolled_at timestamptz not null, retired_at timestamptz
);
create index sensor_household on sensor (household_id) where retired_at is null;
create table sensor_state (
  sensor_id text primary key references sensor, household_id uuid,
  curtain text not null default 'unknown' check (curtain in ('open', 'closed', 'unknown')), curtain_at timestamptz,
  opened_at timestamptz, opening boolean not null default false, position smallint, first_seen_at timestamptz, last_seen_at timestamptz,
  online boolean not null default false, connection text, battery smallint, rssi smallint, firmware text,
  last_seq bigint, boot integer not null default 0, tampered_at timestamptz, clock_wrong_at timestamptz,
  quarantined integer not null default 0
) with (fillfactor = 50);
create table event (
  id bigint generated always as identity primary key, sensor_id text, household_id uuid,
  type text not null check (type in ('opened', 'closed', 'position', 'tamper', 'seen')),
  at timestamptz not null, at_source text not null check (at_source in ('device', 'received', 'device_refused')),
  device_at timestamptz, received_at timestamptz not null, seq bigint, boot integer not null default 0,
  position smallint, battery smallint, retained boolean not null default false,
  opening boolean not null default false, judged boolean not null default true,
  recorded_by uuid
);
create unique index event_seq on event (sensor_id, seq, boot) where seq is not null;
create unique index event_at on event (sensor_id, type, device_at, position) nulls not distinct
  where at_source = 'device' and device_at is not null;
create unique index event_refused on event (sensor_id, type, device_at, position, boot) nulls not distinct
  where at_source = 'device_refused' and seq is null and device_at is not null;
create index event_opening on event (household_id, at) where opening;
create index event_unjudged on event (id) where not judged;
-- Who holds the connections that sensor_state.connection begins with the id of.
create table broker (id text primary key, seen_at timestamptz not null);
create table quarantine (
  id bigint generated always as identity primary key, sensor_id text not null references sensor,
  received_at timestamptz not null, topic text not null, reason text not null, payload bytea not null, size integer not null
);
create index quarantine_sensor on quarantine (sensor_id, id);
create table ticket (
  id uuid primary key, sensor_id text references sensor, household_id uuid references household,
  kind text not null check (kind in ('silent', 'battery_low', 'tamper', 'clock_wrong', 'visit_asked')),
  opened_at timestamptz not null, due_on date not null, owner_id uuid references person,
  closed_at timestamptz, note text
);
create unique index ticket_open on ticket (sensor_id, kind) where closed_at is null;
create index ticket_household on ticket (household_id) where closed_at is null;`;

const PACTS = `
create table ladder (
  id uuid primary key, community_id uuid not null references community, name text not null,
  steps jsonb not null, repeat_minutes integer not null, acknowledgement_minutes integer not null,
  unique (community_id, name)
);
create table pact (
  id uuid primary key, household_id uuid not null unique references household, ladder_id uuid not null references ladder,
  deadline text not null default '08:00', earliest text not null default '04:00',
  deadlines jsonb not null default '{}', weekdays smallint[] not null default '{1,2,3,4,5,6,7}',
  accepts text[] not null default '{opened,seen}', signal_closes boolean not null default true,
  from_on date not null, until_on date, updated_at timestamptz not null
);
create table leave (
  id uuid primary key, household_id uuid not null references household, from_on date not null, until_on date not null,
  reason text, created_at timestamptz not null, created_by text not null, cancelled_at timestamptz,
  check (until_on >= from_on)
);
create index leave_household on leave (household_id, until_on) where cancelled_at is null;
-- Homes whose pact or leave changed since their days were opened. Comparing times would miss a change whose
-- transaction began before the opening and committed after it.
create table stale_day (household_id uuid primary key);
create function mark_day_stale() returns trigger language plpgsql as $$
begin
  insert into stale_day values (new.household_id) on conflict do nothing;
  return null;
end $$;
create trigger pact_changed after insert or update on pact for each row execute function mark_day_stale();
create trigger leave_changed after insert or update on leave for each row execute function mark_day_stale();`;

const DAYS = `
create table day_opening (
  community_id uuid not null references community, on_date date not null,
  begun_at timestamptz not null, completed_at timestamptz,
  primary key (community_id, on_date)
);
create table alert (
  id uuid primary key, household_id uuid not null references household, community_id uuid not null references community,
  on_date date not null, reason text not null, silent_since timestamptz, deadline_at timestamptz not null, opened_at timestamptz not null,
  status text not null check (status in ('open', 'acknowledged', 'closed')),
  ladder jsonb not null, next_step integer not null default 0, next_step_at timestamptz,
  acknowledged_by uuid references person, acknowledged_at timestamptz, acknowledgement_expires_at timestamptz,
  emergency_at timestamptz, signal_at timestamptz, passed jsonb not null default '[]', outcome text, outcome_at timestamptz,
  closed_at timestamptz, closed_by text check (closed_by in ('outcome', 'signal')),
  unique (household_id, on_date),
  -- Invariant 3, held by the database too: an alert that is not closed always has a next step.
  check ((status = 'closed') = (next_step_at is null)), check ((status = 'closed') = (closed_at is not null))
);
create index alert_due on alert (next_step_at) where status <> 'closed';
create index alert_household_open on alert (household_id) where status <> 'closed';
create index alert_community on alert (community_id, opened_at);
create table pact_day (
  household_id uuid not null references household, on_date date not null, community_id uuid not null references community,
  pact_id uuid not null references pact, earliest_at timestamptz not null, deadline_at timestamptz not null,
  verdict text not null check (verdict in ('awaiting', 'kept', 'missed', 'excused')), reason text,
  closed_as text check (closed_as in ('kept', 'kept_late', 'visited', 'excused', 'unresolved')),
  proof_at timestamptz, proof_kind text, judged_at timestamptz, alert_id uuid references alert,
  primary key (household_id, on_date),
  check ((verdict = 'awaiting') = (closed_as is null))
);
create index pact_day_due on pact_day (deadline_at) where verdict = 'awaiting';
create index pact_day_community on pact_day (community_id, on_date);`;

const ALERTS = `
create table alert_entry (
  id bigint generated always as identity primary key, alert_id uuid not null references alert, at timestamptz not null,
  kind text not null, person_id uuid references person, step integer, detail jsonb not null default '{}'
);
create index alert_entry_alert on alert_entry (alert_id, id);
create table visit (
  id uuid primary key, household_id uuid not null references household, alert_id uuid references alert,
  person_id uuid references person, account_id uuid, outcome text not null, note text,
  visited_at timestamptz not null, recorded_at timestamptz not null
);
create index visit_household on visit (household_id, visited_at);`;

// Invariant 4: a page is one row with a unique key, written before it is sent.
const MESSAGES = `
create table message (
  id uuid primary key, community_id uuid references community, direction text not null check (direction in ('out', 'in')),
  kind text not null check (kind in ('page', 'stand_down', 'answer', 'reply')),
  alert_id uuid references alert, step integer, person_id uuid references person, in_reply_to uuid references message,
  channel text not null, phone text not null, text text not null,
  state text not null check (state in ('planned', 'sending', 'accepted', 'delivered', 'failed', 'received')),
  created_at timestamptz not null, next_attempt_at timestamptz, attempts integer not null default 0,
  sending_at timestamptz, accepted_at timestamptz, settled_at timestamptz,
  provider text, provider_id text, failure text
);
create unique index message_page on message (alert_id, kind, step, person_id, channel) where direction = 'out' and alert_id is not null and kind <> 'answer';
create unique index message_answer on message (in_reply_to) where in_reply_to is not null;
create unique index message_provider on message (provider, provider_id) where provider_id is not null;
create index message_due on message (next_attempt_at) where state in ('planned', 'sending');
create index message_alert on message (alert_id);
create index message_latest on message (community_id, created_at);
create index message_phone on message (phone, created_at);
create table outbox (
  message_id uuid primary key, provider_id text not null unique, phone text not null, text text not null,
  accepted_at timestamptz not null
);`;

const ACCOUNTS = `
create table account (
  id uuid primary key, username text not null unique, name text not null, password_hash text not null,
  role text not null check (role in ('admin', 'office')), community_id uuid references community,
  created_at timestamptz not null, disabled_at timestamptz, failures integer not null default 0, locked_until timestamptz
);
create table session (
  token_hash bytea primary key, account_id uuid not null references account, created_at timestamptz not null,
  expires_at timestamptz not null
);
create table api_token (
  id uuid primary key, name text not null, token_hash bytea not null unique, created_at timestamptz not null,
  revoked_at timestamptz
);
-- first: of the first set-up, worth nothing once there is an account; the others are invites.
create table setup_link (
  token_hash bytea primary key, first boolean not null, role text not null check (role in ('admin', 'office')),
  community_id uuid references community, created_at timestamptz not null, expires_at timestamptz not null
);
create table audit_entry (
  id bigint generated always as identity primary key, at timestamptz not null, actor_kind text not null, actor_id text,
  action text not null, subject_kind text not null, subject_id text
);
create index audit_subject on audit_entry (subject_kind, subject_id, id);`;

// server_key: what the key of all secret_hash columns looks like, so that a process with another one notices.
// A gap in one of these marks tells that we were down, so that late evidence gets its bounded chance (invariant 3).
const WATCH = `
create table watermark (
  name text primary key, seen_at timestamptz not null, resumed_at timestamptz, gap_from timestamptz
);
create table server_key (singleton boolean primary key check (singleton), fingerprint bytea not null);`;
