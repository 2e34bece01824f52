import { sql } from 'kysely';
import type { CommunityView } from '#contracts/http/account.ts';
import type { Db, Tx } from '../database.ts';

/** The communities that somebody may see: all of them, or only these. */
export async function listCommunities(
  db: Db | Tx,
  only: readonly string[] | undefined,
): Promise<CommunityView[]> {
  let query = db
    .selectFrom('community as c')
    .leftJoin('street as s', 's.id', 'c.street_id')
    .leftJoin('district as d', 'd.id', 's.district_id')
    .select(['c.id', 'c.name', 's.name as street', 'd.name as district', 'time_zone as timeZone', 'language'])
    .select([
      'emergency_number as emergencyNumber',
      'office_phone as officePhone',
      'evening_at as eveningAt',
      'sensor_check_at as sensorCheckAt',
      'quiet_from as quietFrom',
    ])
    .select(['quiet_until as quietUntil', 'storm_percent as stormPercent'])
    .orderBy('c.name');
  if (only) query = query.where(sql<boolean>`c.id = any (${[...only]}::uuid[])`);
  return query.execute();
}

/** A community by id, or the first one by name: of all, or of those given. */
export async function findCommunity(
  db: Db | Tx,
  which: string | readonly string[] | undefined,
): Promise<CommunityView | undefined> {
  const communities = await listCommunities(db, typeof which === 'string' ? [which] : which);
  return communities[0];
}
