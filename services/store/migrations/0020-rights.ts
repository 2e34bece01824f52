import { type Kysely, sql } from 'kysely';

/** Roles beside the office, whose communities and homes each sees, wrong passwords by where they came from, idle sessions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [SCOPE, TOKENS, SIGN_IN, AUDIT]) await sql.raw(statement).execute(db);
}

const ROLES = `('admin', 'office', 'steward', 'maintenance', 'district')`;

// Null stands for every community. A steward's account is that of a person of the register, and sees this person's homes.
const scopeOf = (table: string) => `
alter table ${table} add column community_ids uuid[] check (cardinality(community_ids) > 0),
  add column person_id uuid references person;
update ${table} set community_ids = array[community_id] where community_id is not null;
alter table ${table} drop column community_id, drop constraint ${table}_role_check,
  add constraint ${table}_role_check check (role in ${ROLES}),
  add constraint ${table}_steward check ((role = 'steward') = (person_id is not null)
    and (person_id is null or cardinality(community_ids) = 1));`;
const SCOPE = scopeOf('account') + scopeOf('setup_link');

const TOKENS = `
alter table api_token add column role text not null default 'office' check (role in ('office', 'maintenance', 'district')),
  add column community_ids uuid[] check (cardinality(community_ids) > 0);
alter table api_token alter column role drop default;`;

// sign_in_origin: wrong passwords of an account from one address, kept as a keyed hash; known once the right one came from there.
const SIGN_IN = `
alter table session add column seen_at timestamptz;
update session set seen_at = created_at;
alter table session alter column seen_at set not null;
create index session_account on session (account_id);
create table sign_in_origin (
  account_id uuid not null references account, origin bytea not null, failures integer not null default 0,
  locked_until timestamptz, known boolean not null default false, tried_at timestamptz not null,
  primary key (account_id, origin)
);
create index sign_in_origin_tried on sign_in_origin (tried_at);`;

// Of which home and community an entry tells, written down with it: so each office reads its own, and a home's log is found
// after its people have left. What is of no community is for who sees them all.
const AUDIT = `
create function audit_household(kind text, id text) returns uuid language sql stable as $$
  select case kind
    when 'household' then id::uuid
    when 'resident' then (select r.household_id from resident r where r.id = audit_household.id::uuid)
    when 'alert' then (select a.household_id from alert a where a.id = audit_household.id::uuid)
    when 'leave' then (select l.household_id from leave l where l.id = audit_household.id::uuid)
    when 'pact' then (select p.household_id from pact p where p.id = audit_household.id::uuid)
    when 'ticket' then (select t.household_id from ticket t where t.id = audit_household.id::uuid)
    when 'sensor' then (select s.household_id from sensor s where s.id = audit_household.id)
  end
$$;
create function audit_community(kind text, id text) returns uuid language sql stable as $$
  select coalesce(
    (select h.community_id from household h where h.id = audit_household(kind, audit_community.id)),
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
$$;
alter table audit_entry add column household_id uuid, add column community_id uuid;
update audit_entry set household_id = audit_household(subject_kind, subject_id),
  community_id = audit_community(subject_kind, subject_id) where subject_id is not null;
create index audit_community on audit_entry (community_id, id);
create index audit_household on audit_entry (household_id, id) where household_id is not null;
create index audit_action on audit_entry (action, id);
create index audit_actor on audit_entry (actor_kind, actor_id, id);`;
