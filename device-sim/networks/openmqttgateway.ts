import { createLine } from './line.ts';
import type { GatewayOptions, VirtualDevice, VirtualGateway } from './virtual-gateway.ts';

export type OpenmqttgatewayOptions = GatewayOptions & {
  name?: string;
  /** How often it hears one advertisement of a beacon: each time it says the same again. */
  repeats?: number;
};

export type Openmqttgateway = VirtualGateway & { device(mac: string): VirtualDevice };

/**
 * OpenMQTTGateway with Theengs' decoder: it says what it hears of a Bluetooth beacon, again and again. `open` is the
 * contact; `cont` says of the model that it is a contact and never changes. docs.openmqttgateway.com, decoder.theengs.io.
 */
export function createOpenmqttgateway(options: OpenmqttgatewayOptions): Openmqttgateway {
  const { name = 'OpenMQTTGateway', repeats = 3 } = options;
  const presence = (payload: 'online' | 'offline') => ({ topic: `home/${name}/LWT`, payload, retain: true });
  const line = createLine({ clientId: name, ...options }, presence('offline'));
  const devices: VirtualDevice[] = [];
  const start = async () => {
    await line.connect();
    await line.say(presence('online'));
  };

  return {
    connect: start,
    async restart(at) {
      await start();
      // A beacon does not know that the gateway was away; it says how it is.
      for (const device of devices) await device.report(at);
    },
    async disconnect() {
      await line.say(presence('offline'));
      await line.disconnect();
    },
    vanish: () => line.vanish(),
    device(mac) {
      let [isOpen, battery] = [false, 100];
      const id = (mac.match(/../g) ?? []).join(':');
      const say = async () => {
        const heard = {
          ...{ id, mac_type: 1, adv_type: 0, name: 'BSDOO', rssi: -61 },
          ...{ model_id: 'BSDOO', cont: true, open: isOpen, batt: battery },
        };
        const message = { topic: `home/${name}/BTtoMQTT/${mac}`, payload: JSON.stringify(heard) };
        for (let time = 0; time < repeats; time += 1) await line.say(message);
      };
      const move = async (open: boolean) => {
        isOpen = open;
        await say();
      };
      const device: VirtualDevice = {
        address: mac,
        open: () => move(true),
        close: () => move(false),
        report: say,
        async battery(_at, percent) {
          battery = percent;
          await say();
        },
      };
      devices.push(device);
      return device;
    },
  };
}
