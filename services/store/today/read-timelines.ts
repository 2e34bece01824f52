import { sql } from 'kysely';
import type { AlertEntryView } from '#contracts/http/today.ts';
import type { Db, Tx } from '../database.ts';
import { iso } from './iso.ts';

type Row = Omit<AlertEntryView, 'at'> & { alertId: string; at: Date };

/**
 * What happened to each alert, in time order: its own facts and the fates of its messages. Of one instant a
 * reply comes before what it caused, and what was decided comes before the messages that it sent.
 */
export async function readTimelines(
  db: Db | Tx,
  alertIds: readonly string[],
): Promise<ReadonlyMap<string, AlertEntryView[]>> {
  if (alertIds.length === 0) return new Map();
  const { rows } = await sql<Row>`
    with moments as (
      select alert_id, at, kind, person_id, step, detail, 1 as turn, id as n
      from alert_entry where alert_id = any (${alertIds}::uuid[])
      union all
      select m.alert_id, fate.at, m.kind || '_' || fate.name, m.person_id, m.step,
        jsonb_strip_nulls(jsonb_build_object('messageId', m.id, 'channel', m.channel, 'failure', fate.failure,
          'text', case when m.direction = 'in' then m.text end)),
        fate.turn, 0
      from message m cross join lateral (values
        ('received', case when m.direction = 'in' then m.created_at end, null, 0),
        ('accepted', case when m.direction = 'out' then m.accepted_at end, null, 2),
        ('delivered', m.delivered_at, null, 3),
        ('read', m.read_at, null, 4),
        ('unknown', case when m.state = 'unknown' then m.settled_at end, null, 3),
        ('failed', case when m.state = 'failed' then m.settled_at end, m.failure, 3)
      ) as fate (name, at, failure, turn)
      where m.alert_id = any (${alertIds}::uuid[]) and fate.at is not null
    )
    select t.alert_id as "alertId", t.at, t.kind, p.name as person, t.step, t.detail,
      coalesce((
        select m.role from assignment m where m.household_id = a.household_id and m.person_id = t.person_id
        order by array_position(array['primary', 'backup', 'neighbour', 'family'], m.role) limit 1
      ), p.kind) as role
    from moments t
    join alert a on a.id = t.alert_id
    left join person p on p.id = t.person_id
    order by t.alert_id, t.at, t.turn, t.n`.execute(db);
  const byAlert = new Map<string, AlertEntryView[]>();
  for (const { alertId, at, ...entry } of rows) {
    const timeline = byAlert.get(alertId) ?? [];
    timeline.push({ ...entry, at: iso(at) });
    byAlert.set(alertId, timeline);
  }
  return byAlert;
}
