import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { findDueCommunities } from './find-due-communities.ts';
import { tellOnce } from './run-once.ts';
import { tellOffice } from './tell-office.ts';

/** After this many minutes most deadlines are past, and the alerts say it better. */
const WITHIN_MINUTES = 180;

/**
 * Tells each office in the morning of which homes no sensor will tell anything today: silent, never heard, none
 * there, or a curtain that has stood open since yesterday. @returns how many messages were planned
 */
export async function tellSensorCheck(db: Db, now: Temporal.Instant): Promise<number> {
  let planned = 0;
  const kind = 'sensor_check';
  for (const { communityId, date } of await findDueCommunities(
    db,
    { kind, withinMinutes: WITHIN_MINUTES },
    now,
  )) {
    const homes = await findBlindHomes(db, communityId, date.toString(), now);
    const detail = { homes: homes.length };
    planned += await tellOnce(db, { communityId, kind, date: date.toString(), detail }, now, async (tx) => {
      if (homes.length === 0) return 0;
      const content = { kind: 'notice' as const, notice: { kind: 'sensor_check' as const, homes } };
      const subject = `${kind}/${communityId}/${date}`;
      return tellOffice(tx, { communityId, content, subject, urgency: URGENCY.notice }, now);
    });
  }
  return planned;
}

async function findBlindHomes(
  db: Db,
  communityId: string,
  date: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const at = toDate(now);
  const { rows } = await sql<{ code: string }>`
    select h.code from pact_day d join household h on h.id = d.household_id
    where d.community_id = ${communityId} and d.on_date = ${date} and d.verdict = 'awaiting' and d.deadline_at > ${at}
      and not h.is_canary and not exists (
        select from sensor s join sensor_state t on t.sensor_id = s.id
        where s.household_id = h.id and s.retired_at is null and t.curtain <> 'open'
          and t.last_seen_at >= ${at}::timestamptz - s.silence_minutes * interval '1 minute')
    order by h.code`.execute(db);
  return rows.map(({ code }) => code);
}
