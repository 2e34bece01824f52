import Type from 'typebox';
import { MakersPairing } from '#contracts/http/register/device.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { SourceDraft, SourcePatch, SourceView, SourceWithSecret } from '#contracts/http/register/source.ts';
import { addMakersSensor } from '#store/bridge/pair-device.ts';
import {
  changeSource,
  createSource,
  findRemovedSource,
  findSource,
  listSources,
  removeSource,
  renewSourceSecret,
  restoreSource,
  type StoredSource,
} from '#store/bridge/source.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { getOwnHousehold } from '../register/household.routes.ts';
import { authorOf, savedOrThrow } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';

const tags = ['sources'];

/** Where devices that do not speak our contract come from. A secret is in the answer that makes it, and nowhere after. */
export function sourceRoutes(app: ApiApp, { db, clock, secret: key, publicUrl }: ApiContext): void {
  app.get(
    '/sources',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Sources of devices, by name, with how they stand',
        querystring: ListQuery,
        response: { 200: ListOf(SourceView) },
      },
    },
    async ({ actor, query: { community, limit = 100, offset = 0 } }) => {
      const communityId = communityIdOf(actor, community);
      const { items, total } = await listSources(db, { communityId, limit, offset });
      return { items: items.map(shown), total };
    },
  );

  app.get(
    '/sources/:id',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'One source', params: IdParams, response: { 200: SourceView } },
    },
    async ({ actor, params: { id } }) => shown(await getOwn(actor, id)),
  );

  app.post(
    '/sources',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Add a source; a secret that was made for it is shown only now',
        body: SourceDraft,
        response: { 201: SourceWithSecret },
      },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      const made = savedOrThrow(await createSource(db, key, body, authorOf(actor), clock.now()));
      const source = shown(await getOwn(actor, made.id));
      return reply
        .status(201)
        .header('cache-control', 'no-store')
        .send({ ...source, secret: made.secret });
    },
  );

  app.patch(
    '/sources/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a source, or turn it off; what is not given stays as it is',
        params: IdParams,
        body: SourcePatch,
        response: { 200: SourceView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      return shown(savedOrThrow(await changeSource(db, key, id, body, authorOf(actor), clock.now())));
    },
  );

  app.post(
    '/sources/:id/secret',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Give what pushes a new secret; the old one stops at once',
        params: IdParams,
        response: { 200: SourceWithSecret },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      const secret = savedOrThrow(await renewSourceSecret(db, key, id, authorOf(actor), clock.now()));
      return reply.header('cache-control', 'no-store').send({ ...shown(await getOwn(actor, id)), secret });
    },
  );

  app.post(
    '/sources/:id/sensors',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary:
          'Add a sensor whose device speaks its maker’s words at our broker; its secret is shown only now',
        params: IdParams,
        body: MakersPairing,
        response: { 201: SensorCredentials },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      await getOwn(actor, id);
      await getOwnHousehold(db, actor, body.householdId);
      const made = savedOrThrow(await addMakersSensor(db, key, id, body, authorOf(actor), clock.now()));
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
  );

  app.delete(
    '/sources/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a source away; its homes are not seen until it is brought back',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removeSource(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/sources/:id/restore',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Bring a source back as it was',
        params: IdParams,
        response: { 200: SourceView },
      },
    },
    async ({ actor, params: { id } }) => {
      assertOwn(actor, (await findSource(db, id)) ?? (await findRemovedSource(db, id)), 'source');
      return shown(savedOrThrow(await restoreSource(db, id, authorOf(actor), clock.now())));
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<StoredSource> =>
    assertOwn(actor, await findSource(db, id), 'source');
  const shown = (source: StoredSource): SourceView => ({
    ...source,
    pushUrl: source.kind === 'push' ? `${publicUrl ?? ''}/api/v1/push/${source.id}` : null,
  });
}
