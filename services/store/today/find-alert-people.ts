import { sql } from 'kysely';
import type { AlertPerson } from '#contracts/http/alert.ts';
import type { Db } from '../database.ts';
import { isOptedOut } from '../enrolment/opted-out.ts';

/** Whom an alert concerns, as somebody at the board needs it who acts for another person. */
export type AlertPeople = {
  communityId: string;
  householdId: string;
  /** Those on its ladder, in the ladder's order, then whoever else was paged for it. */
  people: AlertPerson[];
};

export async function findAlertPeople(db: Db, alertId: string): Promise<AlertPeople | undefined> {
  const { rows } = await sql<AlertPeople>`
    with a as (select * from alert where id = ${alertId}),
    concerned as (
      select m.person_id, m.role, array_position('{primary,backup,neighbour}', m.role) as rank, m.position
      from a join assignment m on m.household_id = a.household_id join person p on p.id = m.person_id
      where m.role in ('primary', 'backup', 'neighbour') and p.removed_at is null
        and not ${isOptedOut({ household: sql`m.household_id`, role: sql`m.role`, on: sql`a.on_date` })}
      union all
      select p.id, 'office', 4, 0 from a join person p on p.community_id = a.community_id
      where p.kind = 'office' and p.removed_at is null
      union all
      select p.id, p.kind, 5, 0 from a join message m on m.alert_id = a.id and m.kind = 'page'
      join person p on p.id = m.person_id
    ), once as (select distinct on (person_id) * from concerned order by person_id, rank)
    select a.community_id as "communityId", a.household_id as "householdId", coalesce((
      select json_agg(json_build_object(
          'personId', p.id, 'name', p.name, 'role', o.role, 'onTheWay', p.id is not distinct from a.acknowledged_by,
          'passed', a.passed @> to_jsonb(p.id::text),
          'paged', exists (select 1 from message m where m.alert_id = a.id and m.kind = 'page' and m.person_id = p.id)
        ) order by o.rank, o.position, p.id)
      from once o join person p on p.id = o.person_id
    ), '[]') as people
    from a`.execute(db);
  return rows[0];
}
