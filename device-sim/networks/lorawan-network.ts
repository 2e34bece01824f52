import {
  createLorawanSensor,
  type LorawanFrame,
  type LorawanKind,
  type LorawanSensor,
} from './lorawan-sensor.ts';
import type { VirtualGateway } from './virtual-gateway.ts';

export type LorawanNetwork = VirtualGateway & {
  device(devEui: string, kind: LorawanKind): LorawanSensor;
  /** Every gateway has lost its uplink. */
  goDark(): void;
  /** They have it again: what devices kept comes late. */
  light(at: number): Promise<void>;
};

/** The sensors of a network, and whether its gateways hear them. */
export function createSensors(
  receive: (frame: LorawanFrame) => Promise<void>,
  joined: (devEui: string, at: number) => Promise<void>,
): Pick<LorawanNetwork, 'device' | 'goDark' | 'light'> {
  const sensors: LorawanSensor[] = [];
  let isDark = false;
  return {
    device(devEui, kind) {
      const sensor = createLorawanSensor({ devEui, kind, isHeard: () => !isDark, receive, joined });
      sensors.push(sensor);
      return sensor;
    },
    goDark() {
      isDark = true;
    },
    async light(at) {
      isDark = false;
      for (const sensor of sensors) await sensor.heardAgain(at);
    },
  };
}

/** Eight hexadecimal digits that belong to a device's address and to no other's, and stay. */
export const devAddrOf = (devEui: string): string => devEui.slice(-8).toLowerCase();
