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

// The community of what an entry is about, so that each office reads its own; what is about none is for who sees all.
const AUDIT = `
alter table audit_entry add column community_id uuid references community;
create index audit_community on audit_entry (community_id, id);
create index audit_actor on audit_entry (actor_kind, actor_id, id);`;
