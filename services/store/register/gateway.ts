import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { GatewayDraft, GatewaySensor } from '#contracts/http/register/gateway.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { lockRegister } from './community.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

/** The sensors of a community's homes by where they are, each with the gateway that it speaks through. */
export const listGatewaySensors = (db: Db, communityId: string): Promise<GatewaySensor[]> =>
  db
    .selectFrom('sensor as s')
    .innerJoin('household as h', 'h.id', 's.household_id')
    .select(['s.id', 's.gateway', 'h.code', 'h.building', 'h.unit', 'h.room'])
    .where('h.community_id', '=', communityId)
    .where('s.retired_at', 'is', null)
    .where('h.removed_at', 'is', null)
    .where('h.is_canary', '=', false)
    .orderBy('h.code')
    .orderBy('s.id')
    .execute();

/**
 * Says which sensors speak through a gateway; those of it that are not named speak through none. Sensors that fail
 * together are told as one outage, so that a wrong list hides nothing and only groups wrongly.
 */
export async function saveGateway(
  db: Db,
  { communityId, name, formerName = name, sensorIds }: GatewayDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    if (formerName !== name) {
      const taken = await tx
        .selectFrom('sensor as s')
        .innerJoin('household as h', 'h.id', 's.household_id')
        .select('s.id')
        .where('h.community_id', '=', communityId)
        .where('s.gateway', '=', name)
        .where('s.retired_at', 'is', null)
        .executeTakeFirst();
      if (taken) return refuse('name_taken');
    }
    const { rows } = await sql<{ householdId: string }>`
      update sensor s set gateway = case when s.id = any (${sensorIds}::text[]) then ${name}::text end
      from household h
      where h.id = s.household_id and h.community_id = ${communityId} and s.retired_at is null
        and (s.id = any (${sensorIds}::text[]) and s.gateway is distinct from ${name}
          or s.gateway in (${name}, ${formerName}) and s.id <> all (${sensorIds}::text[]))
      returning h.id as "householdId"`.execute(tx);
    await announce(tx, { communityId, householdIds: rows.map(({ householdId }) => householdId) });
    await recordAudit(
      tx,
      { actor: by, action: 'gateway.change', subjectKind: 'community', subjectId: communityId },
      now,
    );
    return saved(undefined);
  });
}
