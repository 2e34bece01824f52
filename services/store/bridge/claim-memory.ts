import { sql } from 'kysely';
import type { Db } from '../database.ts';

/**
 * Writes down with which memory the bridge works from now on.
 * @param beginAnew called before, where another one was at work since: what this one knows may be no more
 */
export async function claimMemory(db: Db, memoryId: string, beginAnew: () => void): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`select memory_id as id from bridge_memory for update`.execute(
      tx,
    );
    const [former] = rows;
    if (former !== undefined && former.id !== memoryId) beginAnew();
    await sql`
      insert into bridge_memory (memory_id) values (${memoryId})
      on conflict (only_one) do update set memory_id = excluded.memory_id`.execute(tx);
  });
}
