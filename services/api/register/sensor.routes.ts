import Type from 'typebox';
import { ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import {
  CurtainNews,
  PolarityResult,
  PolarityTest,
  SensorCard,
  SensorCredentials,
  SensorDraft,
  SensorId,
  SensorPatch,
  SensorReplacement,
  SensorView,
} from '#contracts/http/register/sensor.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import {
  changeSensor,
  createSensor,
  findSensor,
  listSensors,
  renewSensorSecret,
  replaceSensor,
  retireSensor,
} from '#store/register/sensor.ts';
import { listUnread } from '#store/sensor/list-unread.ts';
import { readCurtainNews, settlePolarity } from '#store/sensor/polarity.ts';
import { type Actor, assertOwn, knowsNames } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { SENSORS } from '../rights.ts';
import { getOwnHousehold } from './household.routes.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['sensors'];
const SensorParams = Type.Object({ id: SensorId });
const SensorQuery = Type.Object({ ...ListQuery.properties, household: Type.Optional(Uuid) });

/** Sensors. A secret is in the answer that makes it, and nowhere after. */
export function sensorRoutes(app: ApiApp, { db, clock, secret }: ApiContext): void {
  app.get(
    '/sensors',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Sensors in use, with what they last said',
        querystring: SensorQuery,
        response: { 200: ListOf(SensorView) },
      },
    },
    async ({ actor, query: { community, household, limit = 100, offset = 0 } }) => {
      const { items, total } = await listSensors(db, {
        communityId: communityIdOf(actor, community),
        householdId: household,
        limit,
        offset,
      });
      return { items: items.map((sensor) => shownTo(actor, sensor)), total };
    },
  );

  app.get(
    '/sensors/:id',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'One sensor, with its last messages that could not be read',
        params: SensorParams,
        response: { 200: SensorCard },
      },
    },
    async ({ actor, params: { id } }) => {
      const sensor = await getOwn(actor, id);
      const unread = await listUnread(db, id);
      const isPerson = actor.kind === 'account';
      return {
        ...shownTo(actor, sensor),
        unread: isPerson ? unread : unread.map((one) => ({ ...one, preview: null })),
      };
    },
  );

  app.post(
    '/sensors',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Add a sensor to a home; its secret is shown only now',
        body: SensorDraft,
        response: { 201: SensorCredentials },
      },
    },
    async ({ actor, body }, reply) => {
      await getOwnHousehold(db, actor, body.householdId);
      const made = savedOrThrow(await createSensor(db, secret, body, authorOf(actor), clock.now()));
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
  );

  app.patch(
    '/sensors/:id',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Change a sensor, or move it to another home',
        params: SensorParams,
        body: SensorPatch,
        response: { 200: SensorView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      if (body.householdId) await getOwnHousehold(db, actor, body.householdId);
      return shownTo(actor, savedOrThrow(await changeSensor(db, id, body, authorOf(actor), clock.now())));
    },
  );

  app.post(
    '/sensors/:id/secret',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Give a sensor a new secret; the old one stops at once',
        params: SensorParams,
        response: { 200: SensorCredentials },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      const made = savedOrThrow(await renewSensorSecret(db, secret, id, authorOf(actor), clock.now()));
      return reply.header('cache-control', 'no-store').send(made);
    },
  );

  app.post(
    '/sensors/:id/replacement',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary:
          'Put another device in a sensor’s place; the old one is retired, the new secret is shown only now',
        params: SensorParams,
        body: SensorReplacement,
        response: { 201: SensorCredentials },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      await getOwn(actor, id);
      const made = savedOrThrow(await replaceSensor(db, secret, id, body.id, authorOf(actor), clock.now()));
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
  );

  app.get(
    '/sensors/:id/news',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'What a sensor has said of its curtain since an event, for whoever stands beside it',
        params: SensorParams,
        querystring: Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0 })) }),
        response: { 200: CurtainNews },
      },
    },
    async ({ actor, params: { id }, query }) => {
      await getOwn(actor, id);
      return readCurtainNews(db, id, query.after);
    },
  );

  app.post(
    '/sensors/:id/polarity',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'End a polarity test: which reports came of the open and of the closed curtain',
        params: SensorParams,
        body: PolarityTest,
        response: { 200: PolarityResult },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      return savedOrThrow(await settlePolarity(db, id, body, authorOf(actor), clock.now()));
    },
  );

  app.delete(
    '/sensors/:id',
    {
      config: { rights: SENSORS },
      schema: { tags, summary: 'Retire a sensor', params: SensorParams, response: { 204: Type.Null() } },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await retireSensor(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<SensorView> =>
    assertOwn(actor, await findSensor(db, id), 'sensor');
}

/** Who mends sensors learns where they hang, not whose they are. */
const shownTo = (actor: Actor, sensor: SensorView): SensorView =>
  knowsNames(actor) ? sensor : { ...sensor, salutation: null };
