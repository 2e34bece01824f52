import { type Kysely, sql } from 'kysely';

/** Each elder's file, notes by people, and the history of every change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [FILE, NOTES, HISTORY, ...TRACKED.map(track)]) await sql.raw(statement).execute(db);
}

const FILE = `
alter table resident add column mobility text check (mobility in ('well', 'stick', 'wheelchair', 'bed')),
  add column doctor text;`;

// A note is never rewritten: one that was wrong is struck, and by whom.
const NOTES = `
create table home_note (
  id uuid primary key, household_id uuid not null references household, note text not null,
  written_at timestamptz not null, written_by text not null, struck_at timestamptz, struck_by text
);
create index home_note_household on home_note (household_id, written_at);`;

// Written when the change commits, by a trigger that fires last: by then the change's own entry in the audit log has
// said who is at it and when (pact.actor, pact.at). What nobody did, such as a day that is opened, has no history.
const HISTORY = `
create table register_change (
  id bigint generated always as identity primary key, at timestamptz not null, actor text not null,
  household_id uuid, subject text not null, subject_id text not null,
  kind text not null check (kind in ('insert', 'update', 'delete')), before jsonb not null, after jsonb not null
);
create index register_change_household on register_change (household_id, id);
create index register_change_subject on register_change (subject, subject_id, id);
create function note_register_change() returns trigger language plpgsql as $$
declare
  actor text := nullif(current_setting('pact.actor', true), '');
  old_row jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
  new_row jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
  skipped text[] := array['created_at', 'updated_at', 'secret_hash', 'decal', 'position'];
  before jsonb;
  after jsonb;
begin
  if actor is null then return null; end if;
  select coalesce(jsonb_object_agg(key, old_row -> key) filter (where old_row ? key), '{}'),
    coalesce(jsonb_object_agg(key, new_row -> key) filter (where new_row ? key), '{}')
  into before, after
  from (select jsonb_object_keys(old_row || new_row) as key) k
  where key <> all (skipped) and old_row -> key is distinct from new_row -> key;
  if before = '{}' and after = '{}' then return null; end if;
  insert into register_change (at, actor, household_id, subject, subject_id, kind, before, after)
  values (current_setting('pact.at')::timestamptz, actor,
    case when tg_table_name = 'household' then coalesce(new_row ->> 'id', old_row ->> 'id')
      else coalesce(new_row ->> 'household_id', old_row ->> 'household_id') end::uuid,
    tg_table_name, coalesce(new_row ->> 'id', old_row ->> 'id', new_row ->> 'person_id', old_row ->> 'person_id'),
    lower(tg_op), before, after);
  return null;
end $$;`;

const TRACKED = [
  'community',
  'grid',
  'household',
  'resident',
  'person',
  'assignment',
  'pact',
  'ladder',
  'leave',
  'sensor',
  'consent',
];

const track = (table: string) => `
create constraint trigger ${table}_history after insert or update or delete on ${table}
  deferrable initially deferred for each row execute function note_register_change();`;
