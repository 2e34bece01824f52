import { sql } from 'kysely';
import type { MonthReport } from '#contracts/http/report.ts';
import type { Tx } from '../database.ts';
import type { Span } from './read-grid-facts.ts';

type Load = MonthReport['stewards'][number];

/** What each steward had to do, the most first; who has left since stands there with what they did. */
export async function readStewardLoad(tx: Tx, { communityId, from, to }: Span): Promise<Load[]> {
  const { rows } = await sql<Load>`
    select * from (
      select p.id as "personId", p.name,
        (select count(distinct a.household_id)::int from assignment a join household h on h.id = a.household_id
          where a.person_id = p.id and a.role = 'primary' and h.removed_at is null) as homes,
        (select count(distinct m.alert_id)::int from message m join alert a on a.id = m.alert_id
          where m.person_id = p.id and m.kind = 'page' and m.failure is distinct from 'stood_down'
            and a.on_date between ${from} and ${to}) as pages,
        (select count(distinct e.alert_id)::int from alert_entry e join alert a on a.id = e.alert_id
          where e.person_id = p.id and e.kind in ('acknowledged', 'arrived') and a.on_date between ${from} and ${to}) as acknowledged,
        (select count(*)::int from visit v join household h on h.id = v.household_id join community c on c.id = h.community_id
          where v.person_id = p.id and (v.visited_at at time zone c.time_zone)::date between ${from} and ${to}) as visits,
        p.removed_at is null as "isHere"
      from person p where p.community_id = ${communityId} and p.kind = 'steward'
    ) load where "isHere" or pages + acknowledged + visits > 0
    order by pages desc, visits desc, name, "personId"`.execute(tx);
  return rows.map(({ personId, name, homes, pages, acknowledged, visits }) => ({
    ...{ personId, name, homes, pages, acknowledged, visits },
  }));
}
