import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { GATHER_MINUTES } from '#pact/look-in.ts';
import { isQuiet } from '#pact/schedule.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { tellOffice } from './tell-office.ts';
import { tellPerson } from './tell-person.ts';

/**
 * Tells each steward once, in one message, of the homes whose sensors have failed since the morning, so that somebody
 * sees the elders today; the office where a home has no steward. What failed together is gathered first. In quiet
 * hours nobody is told: the next morning asks by itself. @returns how many messages were planned
 */
export async function tellLookIns(db: Db, now: Temporal.Instant): Promise<number> {
  const untold = await db
    .selectFrom('ticket')
    .select('id')
    .where('kind', '=', 'look_in')
    .where('closed_at', 'is', null)
    .where('told_at', 'is', null)
    .limit(1)
    .execute();
  if (untold.length === 0) return 0;
  return db.transaction().execute(async (tx) => {
    let planned = 0;
    for (const homes of await lockUntold(tx, now)) planned += await tell(tx, homes, now);
    return planned;
  });
}

type Untold = {
  id: string;
  code: string;
  communityId: string;
  timeZone: string;
  quietFrom: string;
  quietUntil: string;
  ownerId: string | null;
  askedAt: Date;
};

/** Today's homes by whom they are told to, once the first of them has waited long enough for the others. */
async function lockUntold(tx: Tx, now: Temporal.Instant): Promise<Untold[][]> {
  const at = toDate(now);
  const { rows } = await sql<Untold>`
    select t.id, h.code, c.id as "communityId", c.time_zone as "timeZone", c.quiet_from as "quietFrom",
      c.quiet_until as "quietUntil", p.id as "ownerId", t.opened_at as "askedAt"
    from ticket t join household h on h.id = t.household_id join community c on c.id = h.community_id
    left join person p on p.id = t.owner_id and p.removed_at is null
    where t.kind = 'look_in' and t.closed_at is null and t.told_at is null
      and t.due_on = (${at}::timestamptz at time zone c.time_zone)::date
    order by h.code, t.id for update of t skip locked`.execute(tx);
  const awake = rows.filter(
    ({ quietFrom, quietUntil, timeZone }) => !isQuiet({ from: quietFrom, until: quietUntil }, now, timeZone),
  );
  const waitedSince = now.epochMilliseconds - GATHER_MINUTES * 60_000;
  return [...Map.groupBy(awake, ({ communityId, ownerId }) => `${communityId}/${ownerId}`).values()].filter(
    (homes) => homes.some(({ askedAt }) => askedAt.getTime() <= waitedSince),
  );
}

async function tell(tx: Tx, homes: readonly Untold[], now: Temporal.Instant): Promise<number> {
  const [first] = homes;
  if (!first) return 0;
  const { communityId, ownerId } = first;
  const ids = homes.map(({ id }) => id);
  await tx
    .updateTable('ticket')
    .set({ told_at: toDate(now) })
    .where('id', 'in', ids)
    .execute();
  const notice = { kind: 'look_in' as const, homes: homes.map(({ code }) => code) };
  const subject = `look_in/${first.id}`;
  if (ownerId) return tellPerson(tx, ownerId, { notice, subject }, now);
  const content = { kind: 'notice' as const, notice };
  return tellOffice(tx, { communityId, content, subject, urgency: URGENCY.notice }, now);
}
