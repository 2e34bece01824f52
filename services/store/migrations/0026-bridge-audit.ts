import { type Kysely, sql } from 'kysely';

/** Of which home and community an entry about the bridge tells; else as before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(AUDIT).execute(db);
}

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
    when 'device' then (select s.household_id from device d join sensor s on s.id = d.sensor_id and s.retired_at is null
      where d.id = audit_household.id::uuid)
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
      when 'source' then (select o.community_id from source o where o.id = audit_community.id::uuid)
      when 'codec' then (select k.community_id from codec k where k.id = audit_community.id::uuid)
      when 'device' then (select o.community_id from device d join source o on o.id = d.source_id
        where d.id = audit_community.id::uuid)
      when 'account' then (select a.community_ids[1] from account a
        where a.id = audit_community.id::uuid and cardinality(a.community_ids) = 1)
    end)
$$;`;
