import Type from 'typebox';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { TicketPatch, TicketView } from '#contracts/http/register/ticket.ts';
import { changeTicket, findTicket, listTickets } from '#store/register/ticket.ts';
import { type Actor, assertOwn, knowsNames } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { SENSORS } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['tickets'];
const TicketQuery = Type.Object({ ...ListQuery.properties, all: Type.Optional(Type.Boolean()) });

/** Maintenance of sensors: what is broken, whose it is, and by when. */
export function ticketRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/tickets',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Open tickets by the day they are due; with `all`, closed ones too',
        querystring: TicketQuery,
        response: { 200: ListOf(TicketView) },
      },
    },
    async ({ actor, query: { community, all, limit = 100, offset = 0 } }) => {
      const communityId = communityIdOf(actor, community);
      const { items, total } = await listTickets(db, {
        communityId,
        all,
        without: looksIn(actor) ? undefined : 'look_in',
        limit,
        offset,
      });
      return { items: items.map((ticket) => shownTo(actor, ticket)), total };
    },
  );

  app.patch(
    '/tickets/:id',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Give a ticket an owner, a day or a note, or close it',
        params: IdParams,
        body: TicketPatch,
        response: { 200: TicketView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      return shownTo(actor, savedOrThrow(await changeTicket(db, id, body, authorOf(actor), clock.now())));
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<TicketView> => {
    const ticket = await findTicket(db, id);
    return assertOwn(actor, ticket?.kind === 'look_in' && !looksIn(actor) ? undefined : ticket, 'ticket');
  };
}

const shownTo = (actor: Actor, ticket: TicketView): TicketView =>
  knowsNames(actor) ? ticket : { ...ticket, owner: null };

/** To look in on an elder is no work on a sensor, and nobody who mends one says that it is done. */
const looksIn = (actor: Actor): boolean => actor.role !== 'maintenance';
