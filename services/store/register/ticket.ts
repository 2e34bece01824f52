import type { Temporal } from 'temporal-polyfill';
import type { TicketPatch, TicketView } from '#contracts/http/register/ticket.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { given } from './records.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

const selectTickets = (db: Db | Tx) =>
  db
    .selectFrom('ticket as t')
    .leftJoin('household as h', 'h.id', 't.household_id')
    .leftJoin('person as p', 'p.id', 't.owner_id')
    .select(['t.id', 'h.community_id as communityId', 't.household_id as householdId', 'h.code'])
    .select(['t.sensor_id as sensorId', 't.kind', 't.opened_at as openedAt', 't.due_on as dueOn'])
    .select(['t.owner_id as ownerId', 'p.name as owner', 't.closed_at as closedAt', 't.note', 't.done']);

type Row = Awaited<ReturnType<ReturnType<typeof selectTickets>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): TicketView => ({
  ...row,
  openedAt: iso(row.openedAt),
  closedAt: isoOrNull(row.closedAt),
});

export async function findTicket(db: Db, id: string): Promise<TicketView | undefined> {
  const row = await selectTickets(db).where('t.id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

/** Tickets by the day they are due; only open ones unless all are asked for. */
export async function listTickets(
  db: Db,
  page: {
    communityId?: string | undefined;
    all?: boolean | undefined;
    without?: TicketView['kind'] | undefined;
    limit: number;
    offset: number;
  },
): Promise<{ items: TicketView[]; total: number }> {
  let query = selectTickets(db);
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  if (page.without) query = query.where('t.kind', '<>', page.without);
  if (!page.all) query = query.where('t.closed_at', 'is', null);
  const total = await countOf(query);
  const rows = await query
    .orderBy('t.due_on')
    .orderBy('t.opened_at')
    .orderBy('t.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items: rows.map(viewOf), total };
}

/** Gives a ticket an owner, a day or a note, or closes it. */
export async function changeTicket(
  db: Db,
  id: string,
  patch: TicketPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<TicketView>> {
  return db.transaction().execute(async (tx) => {
    const ticket = await selectTickets(tx).where('t.id', '=', id).forUpdate('t').executeTakeFirst();
    if (!ticket) return refuse('not_found');
    if (ticket.closedAt) return refuse('already_closed');
    const { ownerId, dueOn, note, closed, done } = patch;
    if (done && !closed) return refuse('not_closed');
    if (ownerId && ticket.communityId) {
      const owner = await tx
        .selectFrom('person')
        .select('id')
        .where('id', '=', ownerId)
        .where('community_id', '=', ticket.communityId)
        .where('removed_at', 'is', null)
        .executeTakeFirst();
      if (!owner) return refuse('unknown_person');
    }
    await tx
      .updateTable('ticket')
      .set({
        ...given({ owner_id: ownerId, due_on: dueOn, note }),
        ...(closed ? { closed_at: toDate(now), done: done ?? null } : {}),
      })
      .where('id', '=', id)
      .execute();
    const { householdId, communityId } = ticket;
    if (householdId && communityId) await announceAll(tx, [{ householdId, communityId }]);
    await recordAudit(tx, { actor: by, action: 'ticket.change', subjectKind: 'ticket', subjectId: id }, now);
    return saved(viewOf(await selectTickets(tx).where('t.id', '=', id).executeTakeFirstOrThrow()));
  });
}
