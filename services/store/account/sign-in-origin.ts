import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate, toInstantOrUndefined } from '../instant.ts';

/** An account, and where somebody asks for it from: a keyed hash of their address. */
export type Attempt = { accountId: string; origin: Buffer };

/** From when on the next password counts, after that many wrong ones; undefined for at once. */
export type Hold = (failures: number) => Temporal.Instant | undefined;

const UNKNOWN_KEPT_HOURS = 24;
const KNOWN_KEPT_HOURS = 90 * 24;

/**
 * Until when passwords for the account are not looked at from there. Where its right password has come from
 * before, only what was tried from there counts: strangers elsewhere lock nobody out.
 */
export async function findHold(
  db: Db,
  { accountId, origin }: Attempt,
): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{ until: Date | null }>`
    select greatest(o.locked_until, case when o.known then null else a.locked_until end) as until
    from account a left join sign_in_origin o on o.account_id = a.id and o.origin = ${origin}
    where a.id = ${accountId}`.execute(db);
  return toInstantOrUndefined(rows[0]?.until ?? null);
}

/** Counts a wrong password, there and, where the account has never been opened from there, for the account. */
export async function recordSignInFailure(
  db: Db,
  { accountId, origin }: Attempt,
  hold: { there: Hold; everywhere: Hold },
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('sign_in_origin')
      .where((row) =>
        row.or([
          row.and([
            row('known', '=', false),
            row('tried_at', '<', toDate(now.subtract({ hours: UNKNOWN_KEPT_HOURS }))),
          ]),
          row('tried_at', '<', toDate(now.subtract({ hours: KNOWN_KEPT_HOURS }))),
        ]),
      )
      .execute();
    const there = await tx
      .insertInto('sign_in_origin')
      .values({ account_id: accountId, origin, failures: 1, tried_at: toDate(now) })
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'origin'])
          .doUpdateSet({ failures: sql<number>`sign_in_origin.failures + 1`, tried_at: toDate(now) }),
      )
      .returning(['failures', 'known'])
      .executeTakeFirstOrThrow();
    const until = hold.there(there.failures);
    if (until) {
      await tx
        .updateTable('sign_in_origin')
        .set({ locked_until: toDate(until) })
        .where('account_id', '=', accountId)
        .where('origin', '=', origin)
        .execute();
    }
    if (there.known) return;
    const { failures } = await tx
      .updateTable('account')
      .set({ failures: sql<number>`failures + 1` })
      .where('id', '=', accountId)
      .returning('failures')
      .executeTakeFirstOrThrow();
    const everywhere = hold.everywhere(failures);
    if (!everywhere) return;
    await tx
      .updateTable('account')
      .set({ locked_until: toDate(everywhere) })
      .where('id', '=', accountId)
      .execute();
  });
}

/** Forgets the wrong passwords once the right one has come, and remembers where it came from. */
export async function recordSignIn(
  db: Db,
  { accountId, origin }: Attempt,
  now: Temporal.Instant,
): Promise<void> {
  const fresh = { failures: 0, locked_until: null };
  await db
    .insertInto('sign_in_origin')
    .values({ account_id: accountId, origin, ...fresh, known: true, tried_at: toDate(now) })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'origin'])
        .doUpdateSet({ ...fresh, known: true, tried_at: toDate(now) }),
    )
    .execute();
  await db.updateTable('account').set(fresh).where('id', '=', accountId).where('failures', '>', 0).execute();
}
