import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import { announceEverywhere } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockMessages } from './lock-messages.ts';

/** Says which providers serve which channels from now on; planning looks here for what can be used. */
export async function registerProviders(
  db: Db,
  providers: readonly { name: string; channel: Channel }[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`delete from provider_health where not (name = any (${providers.map(({ name }) => name)}::text[]))`.execute(
      tx,
    );
    await sql`
      insert into provider_health (name, channel)
      select * from unnest(${providers.map(({ name }) => name)}::text[], ${providers.map(({ channel }) => channel)}::text[])
      on conflict (name) do nothing`.execute(tx);
  });
}

/** Notes that a provider has begun to fail, or is well again, and tells the boards. */
export async function recordProviderHealth(
  db: Db,
  { name, failure }: { name: string; failure: string | undefined },
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`
      update provider_health set failure = ${failure ?? null},
        failing_since = case when ${failure ?? null}::text is null then null else coalesce(failing_since, ${toDate(now)}) end,
        last_ok_at = case when ${failure ?? null}::text is null then ${toDate(now)} else last_ok_at end
      where name = ${name}`.execute(tx);
    if (failure === undefined) await hurry(tx, name, now);
    await announceEverywhere(tx);
  });
}

/** Between one urgency and the next, so that pages still in doubt are settled and sent before reminders. */
const APART_SECONDS = 4;

/** What a provider that is back had kept waiting goes out in order of urgency, pages at once, and not at its next try. */
async function hurry(tx: Tx, name: string, now: Temporal.Instant): Promise<void> {
  const waiting = await lockMessages(
    tx,
    sql`m.channel = (select channel from provider_health where name = ${name}) and m.next_attempt_at > ${toDate(now)}
      and (m.state = 'planned' or m.state = 'sending') and m.failure is not null`,
  );
  await sql`
    update message
    set next_attempt_at = least(next_attempt_at,
      ${toDate(now)}::timestamptz + urgency * ${APART_SECONDS}::int * interval '1 second')
    where id = any (${waiting.map(({ id }) => id)}::uuid[])`.execute(tx);
}
