import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Whom an alert concerns, as somebody at the board needs it who acts for another person. */
export type AlertPeople = {
  communityId: string;
  /** Who is on the way. */
  acknowledgedBy: string | null;
  /** The household's first primary steward. */
  primaryId: string | null;
};

export async function findAlertPeople(db: Db, alertId: string): Promise<AlertPeople | undefined> {
  const { rows } = await sql<AlertPeople>`
    select a.community_id as "communityId", a.acknowledged_by as "acknowledgedBy", (
      select p.id from assignment m join person p on p.id = m.person_id
      where m.household_id = a.household_id and m.role = 'primary' and p.removed_at is null
      order by m.position, p.id limit 1
    ) as "primaryId"
    from alert a where a.id = ${alertId}`.execute(db);
  return rows[0];
}

/** Whether a person is in the register of a community. */
export async function isPersonOf(db: Db, personId: string, communityId: string): Promise<boolean> {
  const person = await db
    .selectFrom('person')
    .select('id')
    .where('id', '=', personId)
    .where('community_id', '=', communityId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return person !== undefined;
}
