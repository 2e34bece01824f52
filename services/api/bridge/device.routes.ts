import Type from 'typebox';
import {
  DeviceCard,
  DevicePairing,
  DevicePatch,
  type DeviceReport,
  DeviceView,
} from '#contracts/http/register/device.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { changeDevice, findDevice, listDevices } from '#store/bridge/device.ts';
import { pairDevice, unpairDevice } from '#store/bridge/pair-device.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { getOwnHousehold } from '../register/household.routes.ts';
import { authorOf, savedOrThrow } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';

const tags = ['devices'];
const DeviceQuery = Type.Object({ ...ListQuery.properties, source: Type.Optional(Uuid) });

/** What a source's messages are about. What a device is called there may name a home, so it is the office's alone. */
export function deviceRoutes(app: ApiApp, { db, clock, secret }: ApiContext): void {
  app.get(
    '/devices',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Devices of sources, those that nobody has paired first',
        querystring: DeviceQuery,
        response: { 200: ListOf(DeviceView) },
      },
    },
    async ({ actor, query: { community, source, limit = 100, offset = 0 } }) => {
      const { items, total } = await listDevices(db, {
        communityId: communityIdOf(actor, community),
        sourceId: source,
        limit,
        offset,
      });
      return { items: items.map((device) => shownTo(actor, device)), total };
    },
  );

  app.get(
    '/devices/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'One device, with its last messages',
        params: IdParams,
        response: { 200: DeviceCard },
      },
    },
    async ({ actor, params: { id } }) => cardFor(actor, await getOwn(actor, id)),
  );

  app.patch(
    '/devices/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Say how a device is read and what counts, or that it is of no interest',
        params: IdParams,
        body: DevicePatch,
        response: { 200: DeviceCard },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      return cardFor(actor, savedOrThrow(await changeDevice(db, id, body, authorOf(actor), clock.now())));
    },
  );

  app.post(
    '/devices/:id/pairing',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Pair a device with a home; it gets a sensor there',
        params: IdParams,
        body: DevicePairing,
        response: { 200: DeviceCard },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      await getOwnHousehold(db, actor, body.householdId);
      const paired = savedOrThrow(await pairDevice(db, secret, id, body, authorOf(actor), clock.now()));
      return cardFor(actor, paired);
    },
  );

  app.delete(
    '/devices/:id/pairing',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a device from its home; its sensor is retired',
        params: IdParams,
        response: { 200: DeviceCard },
      },
    },
    async ({ actor, params: { id } }) => {
      await getOwn(actor, id);
      return cardFor(actor, savedOrThrow(await unpairDevice(db, id, authorOf(actor), clock.now())));
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<DeviceCard> =>
    assertOwn(actor, await findDevice(db, id), 'device');
}

/** What stands in messages is for people of the office to see. */
const reportFor = (actor: Actor, report: DeviceReport): DeviceReport =>
  actor.kind === 'account' ? report : { ...report, topic: null, payload: null };

const shownTo = <T extends DeviceView>(actor: Actor, device: T): T => ({
  ...device,
  last: device.last && reportFor(actor, device.last),
});

const cardFor = (actor: Actor, card: DeviceCard): DeviceCard => ({
  ...shownTo(actor, card),
  reports: card.reports.map((report) => reportFor(actor, report)),
});
