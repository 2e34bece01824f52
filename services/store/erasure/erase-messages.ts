import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockMessages } from '../message/lock-messages.ts';

/**
 * Empties every message of a home, of these people and from or to these numbers, and what somebody who was paged for it
 * answered meanwhile without our having understood of whom: its words, and the number where it is theirs. Its row stays, because the reports count pages; one that still waited is sent no more. @returns how many
 */
export async function eraseMessages(
  tx: Tx,
  { homeId, people, phones }: { homeId: string; people: readonly string[]; phones: readonly string[] },
  now: Temporal.Instant,
): Promise<number> {
  const own = sql`
    select m.id from message m
    where m.alert_id in (select a.id from alert a where a.household_id = ${homeId})
      or m.phone = any (${phones}::text[]) or m.person_id = any (${people}::uuid[])
      or m.id in (
        select r.id from alert a join message p on p.alert_id = a.id and p.kind = 'page'
        join message r on r.phone = p.phone and r.direction = 'in' and r.alert_id is null
          and r.created_at between a.opened_at and coalesce(a.closed_at, a.opened_at) + interval '1 day'
        where a.household_id = ${homeId})
      or split_part(m.subject, '/', 2) in (
        select ${homeId}::text
        union all select l.id::text from leave l where l.household_id = ${homeId}
        union all select c.id::text from commissioning c where c.household_id = ${homeId}
        union all select t.id::text from ticket t where t.household_id = ${homeId})`;
  const locked = await lockMessages(
    tx,
    sql`m.id in (${own}) or m.in_reply_to in (${own}) or m.id in (select r.in_reply_to from message r where r.id in (${own}))`,
  );
  const ids = locked.map(({ id }) => id);
  await sql`delete from outbox where message_id = any (${ids}::uuid[])`.execute(tx);
  await sql`
    update message set text = '', content = null, envelope = null, provider_id = null,
      phone = case when phone = any (${phones}::text[]) or person_id = any (${people}::uuid[]) then '' else phone end,
      state = case when state in ('planned', 'sending') then 'failed' else state end,
      failure = case when state in ('planned', 'sending') then 'erased' else failure end,
      settled_at = case when state in ('planned', 'sending') then ${toDate(now)} else settled_at end,
      next_attempt_at = null
    where id = any (${ids}::uuid[])`.execute(tx);
  return ids.length;
}
