import { createLine } from './line.ts';
import type { GatewayOptions, VirtualCover, VirtualDevice, VirtualGateway } from './virtual-gateway.ts';

export type ShellyOptions = GatewayOptions & {
  /** Its id, such as shellyplus1-08b61fd90730. */
  id: string;
  /** Its topic prefix; for our own broker `pact/v1/` and the sensor's id. */
  prefix?: string;
};

export type Shelly = VirtualGateway & {
  /** A BLU Door/Window paired with it; the slots of its values are given in the order of pairing. */
  device(mac: string): VirtualDevice;
  /** A motor at its own output. */
  cover(): VirtualCover;
  /** Its clock has not been set since it started: it counts from there. */
  losesTheTime(at: number): void;
};

/**
 * Shelly Gen2 and later: RPC notifications with QoS 1. Times are seconds; before the clock is set they count from the
 * start. shelly-api-docs.shelly.cloud, "Notifications", "BTHomeSensor", "Cover".
 */
export function createShelly(options: ShellyOptions): Shelly {
  const { id, prefix = id } = options;
  const presence = (payload: 'true' | 'false') => ({
    topic: `${prefix}/online`,
    payload,
    qos: 1 as const,
    retain: true,
  });
  const line = createLine({ clientId: id, ...options }, presence('false'));
  let startedAt: number | undefined;
  let slot = 200;

  const seconds = (at: number) => Math.round((startedAt === undefined ? at : at - startedAt) / 10) / 100;
  const notify = (method: string, at: number, params: Record<string, unknown>) =>
    line.say({
      topic: `${prefix}/events/rpc`,
      payload: JSON.stringify({
        src: id,
        dst: `${prefix}/events`,
        method,
        params: { ts: seconds(at), ...params },
      }),
      qos: 1,
    });
  const start = async () => {
    await line.connect();
    await line.say(presence('true'));
  };
  const standings: ((at: number) => Promise<void>)[] = [];

  return {
    connect: start,
    async restart(at) {
      await start();
      for (const tell of standings) await tell(at);
    },
    async disconnect() {
      await line.say(presence('false'));
      await line.disconnect();
    },
    vanish: () => line.vanish(),
    losesTheTime(at) {
      startedAt = at;
    },
    device(mac) {
      const [device, battery, window] = [slot, slot, slot + 1];
      slot += 2;
      let [percent, isOpen] = [100, false];
      const values = (at: number, of: Record<string, unknown>) => notify('NotifyStatus', at, of);
      const batteryValue = () => ({ [`bthomesensor:${battery}`]: { id: battery, value: percent } });
      const windowValue = () => ({ [`bthomesensor:${window}`]: { id: window, value: isOpen } });
      const all = (at: number) =>
        notify('NotifyFullStatus', at, {
          [`bthomedevice:${device}`]: { id: device, addr: mac, rssi: -60, battery: percent },
          ...batteryValue(),
          ...windowValue(),
        });
      standings.push(all);
      const move = async (at: number, open: boolean) => {
        isOpen = open;
        await values(at, windowValue());
      };
      return {
        address: `${prefix}:bthomesensor:${window}`,
        open: (at) => move(at, true),
        close: (at) => move(at, false),
        report: all,
        async battery(at, charge) {
          percent = charge;
          await values(at, batteryValue());
        },
      };
    },
    cover() {
      let position = 0;
      const cover = (at: number, state: string, fields: Record<string, unknown>) =>
        notify('NotifyStatus', at, { 'cover:0': { id: 0, ...fields, state, source: 'button' } });
      const arrive = async (at: number, percent: number) => {
        await cover(at, percent > position ? 'opening' : 'closing', { target_pos: percent });
        position = percent;
        await tell(at);
      };
      const tell = (at: number) =>
        cover(at, position === 100 ? 'open' : position === 0 ? 'closed' : 'stopped', {
          current_pos: position,
        });
      standings.push(tell);
      return {
        address: prefix,
        open: (at) => arrive(at, 100),
        close: (at) => arrive(at, 0),
        position: arrive,
        report: tell,
        battery: tell,
      };
    },
  };
}
