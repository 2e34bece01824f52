import Type from 'typebox';
import { GatewayDraft, GatewaySensor } from '#contracts/http/register/gateway.ts';
import { ListOf } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { listGatewaySensors, saveGateway } from '#store/register/gateway.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { SENSORS } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['gateways'];

/** Which sensors speak through which radio gateway: those fail together and are told as one outage. */
export function gatewayRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/gateways',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'The sensors of a community’s homes, each with its gateway',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: ListOf(GatewaySensor) },
      },
    },
    async ({ actor, query }) => listOf((await getCommunity(db, actor, query.community)).id),
  );

  app.put(
    '/gateways',
    {
      config: { rights: SENSORS },
      schema: {
        tags,
        summary: 'Say which sensors speak through a gateway; those not named speak through none',
        body: GatewayDraft,
        response: { 200: ListOf(GatewaySensor) },
      },
    },
    async ({ actor, body }) => {
      const { id } = await getCommunity(db, actor, body.communityId);
      savedOrThrow(await saveGateway(db, body, authorOf(actor), clock.now()));
      return listOf(id);
    },
  );

  const listOf = async (communityId: string) => {
    const items = await listGatewaySensors(db, communityId);
    return { items, total: items.length };
  };
}
