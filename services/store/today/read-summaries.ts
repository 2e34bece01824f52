import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { CommunitySummary } from '#contracts/http/today.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '../database.ts';
import { wereDaysOpened } from '../ledger/homes-on.ts';
import { readCounts } from '../ledger/read-ledger.ts';
import { listCommunities } from './communities.ts';

/** How many homes of each community stand how today, by the communities' names: of all, or of those given. */
export async function readSummaries(
  db: Db,
  only: readonly string[] | undefined,
  now: Temporal.Instant,
): Promise<CommunitySummary[]> {
  const summaries: CommunitySummary[] = [];
  for (const community of await listCommunities(db, only)) {
    const date = localDateAt(now, community.timeZone).toString();
    const opened = await wereDaysOpened(db, community, date, now);
    summaries.push({
      communityId: community.id,
      community: community.name,
      date,
      counts: await readCounts(db, { communityId: community.id, date, opened }),
      openAlerts: await countOpenAlerts(db, community.id),
    });
  }
  return summaries;
}

async function countOpenAlerts(db: Db, communityId: string): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from alert a join household h on h.id = a.household_id
    where a.community_id = ${communityId} and a.status <> 'closed' and not h.is_canary`.execute(db);
  return rows[0]?.open ?? 0;
}
