import type { Temporal } from 'temporal-polyfill';
import type { NoticeContent } from '#pact/text/notices.ts';
import type { Tx } from '../database.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';

/** Plans a notice for one person on their first way, once for each subject. @returns how many messages were new */
export async function tellPerson(
  tx: Tx,
  personId: string,
  { notice, subject }: { notice: NoticeContent; subject: string },
  now: Temporal.Instant,
): Promise<number> {
  const person = await tx
    .selectFrom('person as p')
    .innerJoin('community as c', 'c.id', 'p.community_id')
    .select(['p.community_id as communityId', 'p.phone', 'p.channels', 'p.robot_id as robotId', 'c.language'])
    .where('p.id', '=', personId)
    .where('p.removed_at', 'is', null)
    .executeTakeFirst();
  if (!person) return 0;
  const { channels, robotId, ...to } = person;
  const usable = usableChannels(channels, await findChannels(tx), robotId !== null);
  const message = {
    ...to,
    kind: 'notice' as const,
    personId,
    robotId,
    channel: usable[0] ?? ('sms' as const),
    content: { kind: 'notice' as const, notice },
    urgency: URGENCY.notice,
    subject,
  };
  return planMessages(tx, [message], now);
}
