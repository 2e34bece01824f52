import { type Kysely, sql } from 'kysely';

/**
 * What is stored last stands together in the index that knows a repeated event: with the sensor first every message
 * touched a page of its own, and once these were more than PostgreSQL keeps in memory a message cost twice as much.
 * What a sensor's position was before a moment was found by the old order, and has an index of its own. While they are
 * made, intake waits: messages are acknowledged afterwards.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [BY_TIME, POSITIONS]) await sql.raw(statement).execute(db);
}

const BY_TIME = `
create unique index event_by_time on event (device_at, sensor_id, type, position) nulls not distinct
  where at_source = 'device' and device_at is not null;
drop index event_at;
alter index event_by_time rename to event_at;`;

const POSITIONS = `
create index event_position on event (sensor_id, device_at, id) where type = 'position' and at_source = 'device';`;
