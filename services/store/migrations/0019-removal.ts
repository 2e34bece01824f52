import { type Kysely, sql } from 'kysely';

/** What a removal took along is known by its transaction and in its order, so that it can be taken back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [TRANSACTION, HISTORY]) await sql.raw(statement).execute(db);
}

// Unknown of what is older; a default that is set afterwards leaves those rows alone.
const TRANSACTION = `
alter table register_change add column transaction xid8;
alter table register_change alter column transaction set default pg_current_xact_id();`;

// As before, but for `position`: it is left out where a list is only put in another order, and kept of what is deleted.
const HISTORY = `
create or replace function note_register_change() returns trigger language plpgsql as $$
declare
  actor text := nullif(current_setting('pact.actor', true), '');
  old_row jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
  new_row jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
  skipped text[] := array['created_at', 'updated_at', 'secret_hash', 'decal'];
  before jsonb;
  after jsonb;
begin
  if actor is null then return null; end if;
  if tg_op <> 'DELETE' then skipped := skipped || 'position'::text; end if;
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
