import Type from 'typebox';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { RobotDraft, RobotPatch, RobotView } from '#contracts/http/register/robot.ts';
import {
  changeRobot,
  createRobot,
  findRobot,
  listRobots,
  removeRobot,
  testRobot,
} from '#store/register/robot.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['robots'];

/** Robots that speak in groups of WeCom, DingTalk, Feishu or anything else. Address and secret are never shown again. */
export function robotRoutes(app: ApiApp, { db, clock, wake }: ApiContext): void {
  app.get(
    '/robots',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Robots, by name',
        querystring: ListQuery,
        response: { 200: ListOf(RobotView) },
      },
    },
    async ({ actor, query: { community, limit = 100, offset = 0 } }) =>
      listRobots(db, { communityId: communityIdOf(actor, community), limit, offset }),
  );

  app.get(
    '/robots/:id',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'One robot', params: IdParams, response: { 200: RobotView } },
    },
    async ({ actor, params: { id } }) => getOwn(actor, id),
  );

  app.post(
    '/robots',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'Add a robot', body: RobotDraft, response: { 201: RobotView } },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      const { id } = savedOrThrow(await createRobot(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.patch(
    '/robots/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a robot; what is not given stays as it is',
        params: IdParams,
        body: RobotPatch,
        response: { 200: RobotView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      return savedOrThrow(await changeRobot(db, id, body, authorOf(actor), clock.now()));
    },
  );

  app.delete(
    '/robots/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Remove a robot that nobody uses',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removeRobot(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/robots/:id/test',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Let a robot say that it works; the messages tell what became of it',
        params: IdParams,
        response: { 202: Type.Object({ accepted: Type.Literal(true) }) },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await testRobot(db, id, authorOf(actor), clock.now()));
      wake();
      return reply.status(202).send({ accepted: true });
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<RobotView> =>
    assertOwn(actor, await findRobot(db, id), 'robot');
}
