import type { Temporal } from 'temporal-polyfill';
import type { NoticeContent } from '#pact/text/notices.ts';
import type { Db, Tx } from '../database.ts';
import { findUncoveredHomes } from '../duty/find-uncovered-homes.ts';
import { type LinkOf, remindOfEnds } from '../leave/tell-leave.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';
import { type DueCommunity, findDueCommunities } from './find-due-communities.ts';
import { type EveningHome, findEvening } from './find-evening.ts';
import { tellOnce } from './run-once.ts';
import { tellOffice } from './tell-office.ts';

/** Later than this nobody goes and draws a curtain any more. */
const WITHIN_MINUTES = 150;

/**
 * Tells each office, and each steward of their own homes, what to see to before tomorrow; nobody hears anything
 * where there is nothing. Whoever asked for a leave that ends tomorrow is reminded. @returns how many messages were planned
 */
export async function tellEvening(db: Db, now: Temporal.Instant, linkOf?: LinkOf): Promise<number> {
  let planned = 0;
  const kind = 'evening';
  for (const community of await findDueCommunities(db, { kind, withinMinutes: WITHIN_MINUTES }, now)) {
    const { communityId, date } = community;
    const homes = await findEvening(db, community, now);
    const uncovered = (await findUncoveredHomes(db, communityId, date.add({ days: 1 }))).map(
      ({ code }) => code,
    );
    planned += await tellOnce(db, { communityId, kind, date: date.toString() }, now, async (tx) => {
      const told = await tellTheOffice(tx, community, digestOf(homes, uncovered), now);
      const stewards = await tellStewards(tx, community, homes, now);
      return told + stewards + (await remindOfEnds(tx, community, now, linkOf));
    });
  }
  return planned;
}

type Digest = Extract<NoticeContent, { kind: 'evening' }>;

function digestOf(homes: readonly EveningHome[], uncovered: readonly string[]): Digest | undefined {
  const codes = (which: (home: EveningHome) => boolean) => homes.filter(which).map(({ code }) => code);
  const digest: Digest = {
    kind: 'evening',
    unseen: codes(({ isUnseen }) => isUnseen),
    open: codes(({ isOpen }) => isOpen),
    silent: codes(({ isSilent }) => isSilent),
    batteries: codes(({ isBatteryLow }) => isBatteryLow),
    returning: codes(({ returnsTomorrow }) => returnsTomorrow),
    uncovered,
    due: codes(({ isWorkDue }) => isWorkDue),
  };
  return homes.length > 0 || uncovered.length > 0 ? digest : undefined;
}

async function tellTheOffice(
  tx: Tx,
  { communityId, date }: DueCommunity,
  notice: Digest | undefined,
  now: Temporal.Instant,
): Promise<number> {
  if (!notice) return 0;
  const content = { kind: 'notice' as const, notice };
  const subject = `evening/${communityId}/${date}`;
  return tellOffice(tx, { communityId, content, subject, urgency: URGENCY.daily }, now);
}

async function tellStewards(
  tx: Tx,
  { communityId, date, language }: DueCommunity,
  homes: readonly EveningHome[],
  now: Temporal.Instant,
): Promise<number> {
  const own = Map.groupBy(
    homes.flatMap((home) => home.stewardIds.map((personId) => ({ personId, home }))),
    ({ personId }) => personId,
  );
  if (own.size === 0) return 0;
  const people = await tx
    .selectFrom('person')
    .select(['id', 'phone', 'channels', 'robot_id as robotId'])
    .where('id', 'in', [...own.keys()])
    .orderBy('id')
    .execute();
  const available = await findChannels(tx);
  return planMessages(
    tx,
    people.flatMap(({ id, phone, channels, robotId }) => {
      const notice = digestOf(
        (own.get(id) ?? []).map(({ home }) => home),
        [],
      );
      if (!notice) return [];
      return [
        {
          communityId,
          kind: 'notice' as const,
          personId: id,
          phone,
          robotId,
          channel: usableChannels(channels, available, robotId !== null)[0] ?? ('sms' as const),
          language,
          content: { kind: 'notice' as const, notice },
          urgency: URGENCY.daily,
          subject: `evening/${communityId}/${date}`,
        },
      ];
    }),
    now,
  );
}
