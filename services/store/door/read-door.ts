import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { DoorAlert, DoorView } from '#contracts/http/door.ts';
import type { Db, Tx } from '../database.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import type { StewardLink } from './steward-link.ts';

type Row = Omit<DoorAlert, 'deadlineAt' | 'untilAt'> & { deadlineAt: Date; untilAt: Date | null };

/** What a link shows: its alerts, the open ones first. A closed one tells nothing of the home. */
export async function readDoor(
  db: Db | Tx,
  link: StewardLink,
  now: Temporal.Instant,
): Promise<DoorView | undefined> {
  const { rows: people } = await sql<
    Pick<DoorView, 'person' | 'timeZone' | 'language' | 'emergencyNumber' | 'officePhone'>
  >`
    select p.name as person, c.time_zone as "timeZone", c.language, c.emergency_number as "emergencyNumber",
      c.office_phone as "officePhone"
    from person p join community c on c.id = p.community_id where p.id = ${link.personId}`.execute(db);
  const [person] = people;
  if (!person) return undefined;
  const { rows } = await sql<Row>`
    select a.id as "alertId", h.code, a.status, a.reason, a.deadline_at as "deadlineAt",
      case when a.acknowledged_by is distinct from ${link.personId}::uuid then 'no'
        when a.arrived_at is null then 'going' else 'arrived' end as mine,
      case when a.acknowledged_by is distinct from ${link.personId}::uuid then g.name end as going,
      a.acknowledgement_expires_at as "untilAt", a.emergency_at is not null as emergency, a.outcome,
      case when a.status <> 'closed' then json_build_object('salutation', h.salutation, 'building', h.building,
        'unit', h.unit, 'room', h.room, 'phone', h.phone,
        'keyNote', case when a.emergency_at is not null then h.key_note end,
        'entryConsent', a.emergency_at is not null and h.entry_consent) end as home
    from alert a join household h on h.id = a.household_id left join person g on g.id = a.acknowledged_by
    where a.id = any (${link.alertIds}::uuid[])
    order by a.status = 'closed', a.emergency_at is null, h.code`.execute(db);
  return {
    ...person,
    now: now.toString(),
    expiresAt: iso(link.expiresAt),
    alerts: rows.map((row) => ({ ...row, deadlineAt: iso(row.deadlineAt), untilAt: isoOrNull(row.untilAt) })),
  };
}
