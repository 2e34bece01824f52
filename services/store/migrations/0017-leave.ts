import { type Kysely, sql } from 'kysely';

/** Who asked for a leave, whether somebody was home meanwhile, and the links by which people say a leave. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [LEAVES, LINKS]) await sql.raw(statement).execute(db);
}

// asked_by: the family or steward who said it; null where the office did. opened_at: the first opening while they should
// be away; back: what was answered to the question that it raises.
const LEAVES = `
alter table leave add column asked_by uuid references person, add column opened_at timestamptz,
  add column back boolean;`;

// For one person and one home; the token stands only in the message or the chat that carries it.
const LINKS = `
create table leave_link (
  token_hash bytea primary key, household_id uuid not null references household, person_id uuid not null references person,
  created_at timestamptz not null, expires_at timestamptz not null
);`;
