import { type Kysely, sql } from 'kysely';

/** Where devices that do not speak our contract come from, what they are, and the operator's own decoders. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [SOURCES, CODECS, DEVICES, REPORTS]) await sql.raw(statement).execute(db);
}

// secret: sealed by the server's key. What stands under `state` is what the bridge last said of it.
const SOURCES = `
create table source (
  id uuid primary key, community_id uuid not null references community, name text not null,
  kind text not null check (kind in ('mqtt', 'push', 'broker')), format text not null,
  url text, username text, secret bytea, topics text[] not null default '{}', ca text, mapping jsonb,
  announces boolean not null default false, enabled boolean not null default true,
  created_at timestamptz not null, removed_at timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'connected', 'away', 'refused')),
  state_at timestamptz, problem text, last_message_at timestamptz, refused bigint not null default 0, last_refusal text,
  looks_like text
);
create unique index source_name on source (community_id, name) where removed_at is null;`;

// A codec is never changed: another text is another codec.
const CODECS = `
create table codec (
  id uuid primary key, community_id uuid not null references community, name text not null,
  code text not null, sha256 text not null, mapping jsonb not null,
  created_at timestamptz not null, removed_at timestamptz,
  stopped_at timestamptz, stopped_for text, stopped_count bigint not null default 0
);
create unique index codec_name on codec (community_id, name) where removed_at is null;`;

// told_direction: whether its own discovery message means open by the same value as we do.
const DEVICES = `
create table device (
  id uuid primary key, source_id uuid not null references source, address text not null, name text,
  format text, guess text, codec_id uuid references codec, sensor_id text references sensor,
  debounce_ms integer, open_percent smallint not null default 50, closed_percent smallint not null default 30,
  motor_counts boolean not null default false,
  first_seen_at timestamptz not null, last_seen_at timestamptz not null, messages bigint not null default 0,
  refused bigint not null default 0, last_refusal text, last_refused_at timestamptz,
  told_direction text check (told_direction in ('agrees', 'opposite')),
  missed bigint not null default 0, restarts bigint not null default 0, ignored_at timestamptz,
  unique (source_id, address), check (closed_percent < open_percent)
);
create index device_sensor on device (sensor_id) where sensor_id is not null;`;

// The last messages of a device, for whoever sets it up; bounded for each device.
const REPORTS = `
create table device_report (
  id bigint generated always as identity primary key, device_id uuid not null references device,
  received_at timestamptz not null, network_at timestamptz, device_at timestamptz,
  topic text not null, retained boolean not null, payload bytea not null, f_port integer,
  contact text check (contact in ('open', 'closed')), position smallint, battery smallint,
  refusal text, became text
);
create index device_report_device on device_report (device_id, id);`;
