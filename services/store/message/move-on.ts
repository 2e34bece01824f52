import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { nextChannel } from '#pact/delivery.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { findChannels, usableChannels } from './channels.ts';
import { hastenAlert } from './hasten-alert.ts';

type FailedPage = {
  id: string;
  alertId: string;
  step: number;
  personId: string;
  channels: Channel[];
  tried: Channel[];
  robotId: string | null;
  phone: string;
};

/**
 * Pages that will not arrive: each alert's next step is due now, and the person's next channel is tried beside
 * it (invariant 7). Somebody who goes ends that, but for an emergency: that is for everybody to hear. Doing it
 * twice changes nothing.
 */
export async function moveOn(tx: Tx, messageIds: readonly string[], now: Temporal.Instant): Promise<void> {
  const pages = await findPages(tx, messageIds);
  if (pages.length === 0) return;
  const available = await findChannels(tx);
  for (const page of pages) {
    await hastenAlert(tx, page.alertId, page.step, now);
    const channels = usableChannels(page.channels, available, page.robotId !== null);
    const channel = nextChannel(channels, page.tried);
    if (channel) await planOn(tx, page, channel, now);
  }
}

async function findPages(tx: Tx, messageIds: readonly string[]): Promise<FailedPage[]> {
  if (messageIds.length === 0) return [];
  const { rows } = await sql<FailedPage>`
    select m.id, m.alert_id as "alertId", m.step, m.person_id as "personId", p.channels, p.robot_id as "robotId", p.phone,
      (select array_agg(distinct o.channel) from message o where o.alert_id = m.alert_id and o.kind = 'page'
        and o.step = m.step and o.person_id = m.person_id) as tried
    from message m join person p on p.id = m.person_id join alert a on a.id = m.alert_id
    where m.id = any (${messageIds}::uuid[]) and m.kind = 'page' and m.step is not null
      and (a.status = 'open' or a.status = 'acknowledged' and a.emergency_at is not null) and p.removed_at is null
    order by m.alert_id, m.id`.execute(tx);
  return rows;
}

/** The same words on another way; the unique key keeps two failures from planning it twice. */
async function planOn(tx: Tx, page: FailedPage, channel: Channel, now: Temporal.Instant): Promise<void> {
  const robotId = channel === 'robot' ? page.robotId : null;
  await sql`
    insert into message (id, community_id, direction, kind, alert_id, step, person_id, channel, phone, robot_id, text,
      content, language, urgency, state, created_at, next_attempt_at)
    select ${randomUUID()}::uuid, community_id, 'out', 'page', alert_id, step, person_id, ${channel}, ${page.phone},
      ${robotId}::uuid, text, content, language, urgency, 'planned', ${toDate(now)}, ${toDate(now)}
    from message where id = ${page.id}
    on conflict do nothing`.execute(tx);
}
