import type { CommunityView } from '#contracts/http/account.ts';
import type { Db, Tx } from '../database.ts';

/** The communities that somebody may see: all of them, or only one. */
export async function listCommunities(db: Db | Tx, only: string | undefined): Promise<CommunityView[]> {
  let query = db
    .selectFrom('community')
    .select(['id', 'name', 'time_zone as timeZone', 'language', 'emergency_number as emergencyNumber'])
    .select([
      'office_phone as officePhone',
      'evening_at as eveningAt',
      'sensor_check_at as sensorCheckAt',
      'quiet_from as quietFrom',
    ])
    .select(['quiet_until as quietUntil', 'storm_percent as stormPercent'])
    .orderBy('name');
  if (only) query = query.where('id', '=', only);
  return query.execute();
}

/** A community by id, or the first one by name where none is asked for. */
export async function findCommunity(db: Db | Tx, id: string | undefined): Promise<CommunityView | undefined> {
  const communities = await listCommunities(db, id);
  return communities[0];
}
