import { type Kysely, sql } from 'kysely';

/** The stewards' rota: weekly hours, absences with stand-ins, swaps. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(DUTY).execute(db);
}

// Without a row somebody is always on duty. Times are civil times of the community. Both absences of a swap carry
// its id, so that it is undone as a whole.
const DUTY = `
create table duty_hours (
  person_id uuid not null references person, weekday smallint not null check (weekday between 1 and 7),
  from_time text not null, until_time text not null,
  primary key (person_id, weekday, from_time)
);
create table absence (
  id uuid primary key, person_id uuid not null references person, from_on date not null, until_on date not null,
  from_time text, until_time text, stand_in_id uuid references person, swap_id uuid,
  created_at timestamptz not null, created_by text not null, cancelled_at timestamptz,
  check (until_on >= from_on), check ((from_time is null) = (until_time is null)), check (stand_in_id <> person_id)
);
create index absence_person on absence (person_id, until_on) where cancelled_at is null;
create index absence_swap on absence (swap_id) where swap_id is not null;`;
