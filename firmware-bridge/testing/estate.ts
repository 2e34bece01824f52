import { vi } from 'vitest';
import { type Clock, systemClock } from '#platform/clock.ts';
import { secretOf } from '#services/broker/testing/broker-fixture.ts';
import type { GatewayOptions, VirtualDevice, VirtualGateway } from '#sim/networks/virtual-gateway.ts';
import { type BridgeBed, type DeviceChoice, openBridgeBed, type SourceChoice } from './bridge-bed.ts';

/** Whole seconds, as devices count them. Epoch milliseconds. */
export const minutesAgo = (minutes: number): number =>
  Math.floor(Date.now() / 1_000) * 1_000 - minutes * 60_000;

/** A device in a home, once the estate is open. */
export type Place<Device> = {
  device: Device;
  sensorId: string;
  /**
   * Waits until our broker has stored so many events of it: `opened!` where one proves that somebody is up, `snapshot`
   * where it only shows how things stand.
   */
  untilTold(count: number): Promise<string[]>;
  /** When the openings were that prove something. Epoch milliseconds. */
  openedAt(): Promise<number[]>;
};

/** A source and what speaks for it, once the estate is open. */
export type Gateway<G> = {
  it: G;
  sourceId: string;
  place<Device extends Pick<VirtualDevice, 'address'>>(
    device: (gateway: G) => Device,
    choice?: Partial<DeviceChoice>,
  ): Place<Device>;
};

export type Estate = {
  bed: BridgeBed;
  /** A gateway at the operator's broker with a source of its own. */
  gateway<G extends VirtualGateway>(choice: SourceChoice, build: (url: string) => G): Gateway<G>;
  /** A device that signs in to our own broker as its sensor. */
  ownDevice<Device extends VirtualDevice>(
    build: (options: GatewayOptions, prefix: string) => { gateway: VirtualGateway; device: Device },
    choice?: Partial<DeviceChoice>,
  ): Place<Device>;
  /** Puts all of it up, and the bridge last, which has then listened for three hours. */
  open(): Promise<void>;
  close(): Promise<void>;
};

const LISTENED_MS = 3 * 3_600_000;

/** What a slide takes in these tests. Milliseconds. */
const DEBOUNCE_MS = 60;

/** Gateways and devices that are all there before the bridge is, so that a test need not wait for what is set up. */
export function planEstate(): Estate {
  const sources: (() => Promise<void>)[] = [];
  const devices: (() => Promise<void>)[] = [];
  const gateways: VirtualGateway[] = [];
  let makersSource: Promise<string> | undefined;
  let aheadMs = -LISTENED_MS;
  const clock: Clock = {
    now: () => systemClock.now().add({ milliseconds: aheadMs }),
    toWallMilliseconds: (milliseconds) => milliseconds,
  };

  const estate: Estate = {
    bed: undefined as unknown as BridgeBed,
    gateway<G extends VirtualGateway>(choice: SourceChoice, build: (url: string) => G) {
      const gateway = {} as Gateway<G>;
      sources.push(async () => {
        gateway.sourceId = await estate.bed.addSource(choice);
        gateway.it = build(estate.bed.operators.url);
        gateways.push(gateway.it);
      });
      gateway.place = (build, more = {}) => {
        const place = {} as Place<ReturnType<typeof build>>;
        devices.push(async () => {
          const device = build(gateway.it);
          const { sourceId } = gateway;
          const sensorId = await estate.bed.addDevice({
            ...{ sourceId, address: device.address },
            // Frames tell what a device has settled itself.
            ...(more.format === undefined ? { debounceMs: DEBOUNCE_MS } : {}),
            ...more,
          });
          Object.assign(place, { device, sensorId, ...tellingOf(estate.bed, sensorId) });
        });
        return place;
      };
      return gateway;
    },
    ownDevice(build, more = {}) {
      const place = {} as Place<ReturnType<typeof build>['device']>;
      devices.push(async () => {
        const { bed } = estate;
        const sensorId = `own-${gateways.length}`;
        makersSource ??= bed.addSource({ format: 'maker_at_broker' });
        await bed.addDevice({
          ...{ sourceId: await makersSource, address: sensorId, sensorId, debounceMs: DEBOUNCE_MS },
          ...more,
        });
        const options = { url: bed.broker().url, clientId: sensorId, username: sensorId };
        const built = build({ ...options, password: secretOf(sensorId) }, `pact/v1/${sensorId}`);
        gateways.push(built.gateway);
        Object.assign(place, { device: built.device, sensorId, ...tellingOf(bed, sensorId) });
      });
      return place;
    },
    async open() {
      estate.bed = await openBridgeBed({ clock });
      for (const step of [...sources, ...devices]) await step();
      await estate.bed.startBridge();
      await estate.bed.untilConnected();
      await vi.waitFor(() => {
        if (!estate.bed.bridge().status().linked) throw new Error('the bridge has not reached our broker');
      }, 10_000);
      aheadMs = 0;
      await Promise.all(gateways.map((gateway) => gateway.connect(Date.now())));
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.disconnect()));
      await estate.bed?.stop();
    },
  };
  return estate;
}

/** What our broker has stored of a sensor, in words. */
export const tellingOf = (bed: BridgeBed, sensorId: string) => ({
  async untilTold(count: number) {
    const events = await bed.untilEvents(sensorId, count);
    return events.map(
      ({ type, retained, opening }) => `${retained ? 'snapshot ' : ''}${type}${opening ? '!' : ''}`,
    );
  },
  async openedAt() {
    const events = await bed.events(sensorId);
    return events.filter(({ opening }) => opening).map(({ at }) => at.getTime());
  },
});
