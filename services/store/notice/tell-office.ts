import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import type { MessageContent } from '#pact/text/content.ts';
import type { Tx } from '../database.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { planMessages } from '../message/plan-message.ts';

export type OfficeNotice = {
  communityId: string;
  content: MessageContent;
  /** What it tells of, so that it is told once to each person. */
  subject: string;
  urgency: number;
  /** Each person's first way, or all of them at once. */
  ways?: 'first' | 'all';
  /** Leaves out ways that were tried before; a person whose every way was tried is told on all of them again. */
  isUntried?: (personId: string, channel: Channel) => boolean;
};

/** Plans a notice for every office person of a community. @returns how many messages were new */
export async function tellOffice(tx: Tx, notice: OfficeNotice, now: Temporal.Instant): Promise<number> {
  const people = await tx
    .selectFrom('person as p')
    .innerJoin('community as c', 'c.id', 'p.community_id')
    .select(['p.id', 'p.phone', 'p.channels', 'p.robot_id as robotId', 'c.language'])
    .where('p.community_id', '=', notice.communityId)
    .where('p.kind', '=', 'office')
    .where('p.removed_at', 'is', null)
    .orderBy('p.id')
    .execute();
  const available = await findChannels(tx);
  const { communityId, content, subject, urgency, ways = 'first', isUntried = () => true } = notice;
  return planMessages(
    tx,
    people.flatMap(({ id, phone, channels, robotId, language }) => {
      const usable = usableChannels(channels, available, robotId !== null);
      const untried = usable.filter((channel) => isUntried(id, channel));
      const chosen = ways === 'all' ? (untried.length > 0 ? untried : usable) : usable.slice(0, 1);
      return chosen.map((channel) => ({
        communityId,
        kind: 'notice' as const,
        personId: id,
        phone,
        robotId,
        channel,
        language,
        content,
        urgency,
        subject,
      }));
    }),
    now,
  );
}
