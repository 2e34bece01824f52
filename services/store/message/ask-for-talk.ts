import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Language } from '#pact/text/language.ts';
import type { Tx } from '../database.ts';
import { planMessages, URGENCY } from './plan-message.ts';

type Listener = {
  personId: string;
  phone: string;
  communityId: string;
  language: Language;
  code: string;
  salutation: string;
};

/** Lets whoever is on the way be called, else somebody of the office, and be put through to the elder who asks for it. */
export async function askForTalk(
  tx: Tx,
  { alertId, replyId }: { alertId: string; replyId: string },
  now: Temporal.Instant,
): Promise<boolean> {
  const { rows } = await sql<Listener>`
    select p.id as "personId", p.phone, a.community_id as "communityId", c.language, h.code, h.salutation
    from alert a join household h on h.id = a.household_id join community c on c.id = a.community_id
    join person p on p.id = a.acknowledged_by or p.kind = 'office' and p.community_id = a.community_id and p.removed_at is null
    where a.id = ${alertId} and a.status <> 'closed'
    order by p.id is not distinct from a.acknowledged_by desc, p.id limit 1`.execute(tx);
  const [listener] = rows;
  if (!listener) return false;
  const { code, salutation, ...to } = listener;
  await planMessages(
    tx,
    [
      {
        ...{ ...to, alertId, kind: 'notice', channel: 'voice', subject: `elder_asks/${replyId}` },
        ...{
          content: { kind: 'notice', notice: { kind: 'elder_asks', code, salutation } },
          urgency: URGENCY.first,
        },
      },
    ],
    now,
  );
  return true;
}

/** Whether a talk of this call is on record; the alert is locked, so that the same word twice is one. */
export async function isTalkKnown(tx: Tx, alertId: string, by: { call: string } | { personId: string }) {
  await sql`select id from alert where id = ${alertId} for no key update`.execute(tx);
  const which = 'call' in by ? sql`detail ->> 'call' = ${by.call}` : sql`person_id = ${by.personId}`;
  const { rows } = await sql`
    select 1 from alert_entry where alert_id = ${alertId} and kind = 'talked' and ${which} limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}
