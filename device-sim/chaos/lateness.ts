import { sql } from 'kysely';
import { DEADLINE } from '../town/town.ts';
import { type Scene, SPEED } from './scene.ts';

/** Wall milliseconds after the deadline at which the provider took the first page of each home that has one. */
export async function findLateness({ town, provider }: Scene): Promise<number[]> {
  const { rows } = await sql<{ ids: string[] }>`
    select array_agg(m.provider_id) as ids from alert a
    join household h on h.id = a.household_id and not h.is_canary
    join message m on m.alert_id = a.id and m.kind = 'page' and m.provider_id is not null
    group by a.id`.execute(town.db);
  const takenAt = new Map(
    [...provider.twilio.sent, ...provider.twilio.calls].map(({ sid, createdAt }) => [sid, createdAt]),
  );
  return rows.map(({ ids }) => {
    const moments = ids.flatMap((id) => takenAt.get(id)?.epochMilliseconds ?? []);
    return (Math.min(...moments) - DEADLINE.epochMilliseconds) / SPEED;
  });
}

/** How many homes wait for a first page, and how many messages for their provider. */
export async function findWaiting({ town, unproven }: Scene): Promise<{ homes: number; messages: number }> {
  const { rows } = await sql<{ paged: number; messages: number }>`
    select (select count(distinct a.id)::int from alert a join household h on h.id = a.household_id and not h.is_canary
        join message m on m.alert_id = a.id and m.kind = 'page' and m.state in ('accepted', 'delivered')) as paged,
      (select count(*)::int from message where direction = 'out' and state in ('planned', 'sending')) as messages`.execute(
    town.db,
  );
  const { paged = 0, messages = 0 } = rows[0] ?? {};
  return { homes: Math.max(0, unproven - paged), messages };
}
