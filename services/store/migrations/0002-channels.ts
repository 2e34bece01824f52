import { type Kysely, sql } from 'kysely';

/** Channels, known delivery, lists, the last metre: what escalation needs beyond one SMS to one phone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [PEOPLE, HOMES, MESSAGES, LAST_METRE, PROVIDERS]) {
    await sql.raw(statement).execute(db);
  }
}

// A robot speaks into a group of people; its address carries a secret and is shown to nobody once it is saved.
const PEOPLE = `
create table robot (
  id uuid primary key, community_id uuid not null references community, name text not null,
  format text not null check (format in ('wecom', 'dingtalk', 'feishu', 'json')), url text not null, secret text,
  created_at timestamptz not null, removed_at timestamptz
);
create unique index robot_name on robot (community_id, name) where removed_at is null;
alter table person add column channels text[] not null default '{sms,voice}' check (cardinality(channels) > 0),
  add column robot_id uuid references robot;`;

// key_note: who has a key, in a few words. entry_consent: the resident has agreed in writing that the door may be forced.
const HOMES = `
alter table household add column key_note text, add column entry_consent boolean not null default false;
alter table pact add column calls_elder boolean not null default true;
alter table event drop constraint event_type_check,
  add constraint event_type_check check (type in ('opened', 'closed', 'position', 'tamper', 'seen', 'called'));`;

// An envelope is what a provider is handed: one message, or several pages to one person as one list. Its key is
// the id of its first message, which carries the list's words; the others share its fate. subject keeps what is
// told once a day, or once a cause, from being told twice.
const MESSAGES = `
alter table message drop constraint message_kind_check, drop constraint message_state_check,
  add constraint message_kind_check check (kind in ('page', 'stand_down', 'answer', 'reply', 'notice')),
  add constraint message_state_check check
    (state in ('planned', 'sending', 'accepted', 'unknown', 'failed', 'delivered', 'read', 'received')),
  add column content jsonb, add column language text, add column urgency smallint not null default 1,
  add column robot_id uuid references robot, add column subject text,
  add column envelope_id uuid, add column envelope jsonb,
  add column delivered_at timestamptz, add column read_at timestamptz, add column polls smallint not null default 0;
drop index message_provider;
create unique index message_provider on message (provider, provider_id)
  where provider_id is not null and (envelope_id is null or envelope_id = id);
create index message_envelope on message (envelope_id) where envelope_id is not null;
create unique index message_subject on message (kind, subject, person_id, channel) nulls not distinct where subject is not null;
drop index message_due;
create index message_due on message (urgency, next_attempt_at) where state in ('planned', 'sending');
create index message_unreceipted on message (next_attempt_at) where state = 'accepted' and next_attempt_at is not null;
alter table outbox add column channel text not null default 'sms';`;

// ladder_from: the step at which the ladder began anew, after an outcome that was taken back.
const LAST_METRE = `
alter table alert add column arrived_at timestamptz, add column ladder_from integer not null default 0;
alter table visit add column corrects uuid references visit;`;

const PROVIDERS = `
create table provider_health (
  name text primary key, channel text not null, failing_since timestamptz, failure text, last_ok_at timestamptz
);`;
