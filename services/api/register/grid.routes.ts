import Type from 'typebox';
import { GridDraft, GridPatch, GridView } from '#contracts/http/register/grid.ts';
import { IdParams, ListOf } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { createGrid, findGrid, listGrids, removeGrid, renameGrid } from '#store/register/grid.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['grids'];

/** The grids (网格) of a community. */
export function gridRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/grids',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Grids by name, with how many homes are in them',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: ListOf(GridView) },
      },
    },
    async ({ actor, query }) => {
      const { id } = await getCommunity(db, actor, query.community);
      const items = await listGrids(db, id);
      return { items, total: items.length };
    },
  );

  app.post(
    '/grids',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'Add a grid', body: GridDraft, response: { 201: GridView } },
    },
    async ({ actor, body }, reply) => {
      await getCommunity(db, actor, body.communityId);
      const { id } = savedOrThrow(await createGrid(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.patch(
    '/grids/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Rename a grid',
        params: IdParams,
        body: GridPatch,
        response: { 200: GridView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      savedOrThrow(await renameGrid(db, id, body.name, authorOf(actor), clock.now()));
      return getOwn(actor, id);
    },
  );

  app.delete(
    '/grids/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Remove a grid that holds no home',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removeGrid(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<GridView> =>
    assertOwn(actor, await findGrid(db, id), 'grid');
}
