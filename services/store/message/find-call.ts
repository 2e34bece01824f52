import { sql } from 'kysely';
import type { MessageContent } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import type { Db, Tx } from '../database.ts';

/** A call of ours, as its envelope's key names it. */
export type Call = {
  content: MessageContent;
  language: Language;
  phone: string;
  /** Absent in a call to the elder. */
  personId: string | null;
  householdId: string | null;
  communityId: string | null;
  alertId: string | null;
  emergencyNumber: string;
  /** The elder's own phone, and whether the pact takes their word in a call as a sign of life. */
  elderPhone: string | null;
  acceptsCalls: boolean;
  /** Nobody needs to be called any more. */
  isOver: boolean;
  /** The alerts that it speaks of, in the order in which they are locked: several in a list. */
  pages: { alertId: string; personId: string; householdId: string; code: string }[];
};

export async function findCall(db: Db | Tx, key: string): Promise<Call | undefined> {
  const { rows } = await sql<Call>`
    select coalesce(m.envelope, m.content) as content, coalesce(m.language, c.language) as language, m.phone,
      m.person_id as "personId", a.household_id as "householdId", m.community_id as "communityId",
      m.alert_id as "alertId", h.phone as "elderPhone", coalesce('called' = any (k.accepts), false) as "acceptsCalls",
      coalesce(c.emergency_number, '120') as "emergencyNumber",
      coalesce((select bool_and(x.status = 'closed') from message o join alert x on x.id = o.alert_id
        where o.envelope_id = m.id), false) as "isOver",
      coalesce((select json_agg(x.page order by x.page ->> 'alertId') from (select distinct
          jsonb_build_object('alertId', x.id, 'personId', o.person_id, 'householdId', x.household_id, 'code', h.code) as page
        from message o join alert x on x.id = o.alert_id join household h on h.id = x.household_id
        where o.envelope_id = m.id and o.kind = 'page') x), '[]') as pages
    from message m left join alert a on a.id = m.alert_id left join household h on h.id = a.household_id
    left join pact k on k.household_id = a.household_id left join community c on c.id = m.community_id
    where m.id = ${key}::uuid and m.channel = 'voice' and m.direction = 'out'`.execute(db);
  return rows[0];
}
