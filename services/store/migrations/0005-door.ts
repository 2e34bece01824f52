import { type Kysely, sql } from 'kysely';

/** What a steward's phone opens without an account: links, what was pressed there, and each home's decal. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [LINKS, DECALS]) await sql.raw(statement).execute(db);
}

// A link opens these alerts for this person and nothing else. The token stands only in the message that carries it.
// door_action: what was pressed, under the key that the phone gave it: sent twice it happens once.
const LINKS = `
create table steward_link (
  token_hash bytea primary key, person_id uuid not null references person, alert_ids uuid[] not null,
  created_at timestamptz not null, expires_at timestamptz not null, opened_at timestamptz
);
create table door_action (
  key uuid primary key, alert_id uuid not null references alert, person_id uuid not null references person,
  action text not null, pressed_at timestamptz, at timestamptz not null, answer text not null
);`;

// decal: the secret in a home's QR code; office_phone: what anybody who scans one may call.
const DECALS = `
alter table household add column decal text;
create unique index household_decal on household (decal) where decal is not null;
alter table community add column office_phone text;`;
