import type { DeviceFormat, SourceFormat } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import { createEsphome } from '../networks/esphome.ts';
import type { LorawanKind, LorawanSensor } from '../networks/lorawan-sensor.ts';
import { createShelly } from '../networks/shelly.ts';
import { createTasmota } from '../networks/tasmota.ts';
import type { GatewayOptions, VirtualDevice, VirtualGateway } from '../networks/virtual-gateway.ts';
import type { SensorCredentials } from '../virtual-sensor.ts';
import type { Estate } from './estate.ts';

/** A home with a maker's device: its code, and what its sensor would sign in with if it were ours. */
export type MakersHome = { code: string; credentials: SensorCredentials };

/** A device at its curtain, and the gateway that it has for itself where it does not share one. */
export type Installed = {
  device: VirtualDevice & Partial<Pick<LorawanSensor, 'outOfReach' | 'heardAgain'>>;
  gateway?: VirtualGateway;
};

export type Make = {
  source: SourceFormat;
  format: DeviceFormat;
  /** A motor: the office has said that it counts, for it goes by no timer. */
  isMotor: boolean;
  /** Remembers what no gateway heard. */
  keeps: boolean;
  /** What its source calls it, before anything is there. */
  addressIn(home: MakersHome): string;
  install(estate: Estate, home: MakersHome): Installed;
};

const make = (source: SourceFormat, details: Pick<Make, 'addressIn' | 'install'> & Partial<Make>): Make => ({
  source,
  format: 'as_told',
  isMotor: false,
  keeps: false,
  ...details,
});

const lorawan = (source: 'chirpstack' | 'things_stack', kind: LorawanKind, keeps = false): Make =>
  make(source, {
    format: kind,
    keeps,
    addressIn: ({ code }) => `24E124136B0A${code.padStart(4, '0')}`,
    install: ({ chirpstack, thingsStack }, { code }) => ({
      device: (source === 'chirpstack' ? chirpstack : thingsStack).device(
        `24E124136B0A${code.padStart(4, '0')}`,
        kind,
      ),
    }),
  });

/** A device that signs in to our own broker as its sensor. */
const atOurBroker = (
  isMotor: boolean,
  connect: (options: GatewayOptions, sensorId: string) => Installed & { gateway: VirtualGateway },
): Make =>
  make('maker_at_broker', {
    isMotor,
    addressIn: ({ credentials }) => credentials.sensorId,
    install({ pactUrl }, { credentials: { sensorId, secret } }) {
      const options = { url: pactUrl, clientId: sensorId, username: sensorId, password: secret };
      const { device, gateway } = connect(options, sensorId);
      return { device: { ...device, address: sensorId }, gateway };
    },
  });

/** How an operator describes to us what their own program pushes. */
export const HOOK_MAPPING: Mapping = {
  address: { path: '/device/serial' },
  contact: { path: '/reading/door', open: ['open'], closed: ['shut'] },
  battery: { path: '/reading/battery', unit: 'percent' },
  at: { path: '/at', unit: 'rfc3339' },
  once: { path: '/id' },
};

/** What stands in the homes of a mixed morning, one make after the other. */
export const MAKES: readonly Make[] = [
  lorawan('chirpstack', 'milesight_em300_mcs', true),
  lorawan('chirpstack', 'milesight_ws301'),
  lorawan('things_stack', 'dragino_lds02'),
  make('zigbee2mqtt', {
    addressIn: ({ code }) => `${code}号/窗帘`,
    install: ({ zigbee2mqtt }, { code }) => ({ device: zigbee2mqtt.device(`${code}号/窗帘`) }),
  }),
  make('tasmota', {
    addressIn: ({ code }) => `tasmota-${code}`,
    install({ url }, { code }) {
      const gateway = createTasmota({ url, topic: `tasmota-${code}` });
      return { device: gateway.device(), gateway };
    },
  }),
  make('shelly', {
    addressIn: ({ code }) => `shelly-${code}:bthomesensor:201`,
    install({ url }, { code }) {
      const gateway = createShelly({ url, id: `shelly-${code}` });
      return { device: gateway.device(`7CC6B66A00${code.padStart(2, '0')}`), gateway };
    },
  }),
  make('esphome', {
    addressIn: ({ code }) => `bedroom-${code}`,
    install({ url }, { code }) {
      const gateway = createEsphome({ url, prefix: `bedroom-${code}`, retains: false });
      return { device: gateway.device(), gateway };
    },
  }),
  make('openmqttgateway', {
    addressIn: ({ code }) => `AABBCCDDEE${code.padStart(2, '0')}`,
    install: ({ openmqttgateway }, { code }) => ({
      device: openmqttgateway.device(`AABBCCDDEE${code.padStart(2, '0')}`),
    }),
  }),
  atOurBroker(false, (options, sensorId) => {
    const gateway = createTasmota({ ...options, topic: sensorId, fullTopic: 'pact/v1/%topic%/%prefix%/' });
    return { device: gateway.device(), gateway };
  }),
  make('ctwing', {
    addressIn: ({ code }) => `40edca19b01244808643${code.padStart(12, '0')}`,
    install: ({ ctwing }, { code }) => ({
      device: ctwing.device(
        {
          deviceId: `40edca19b01244808643${code.padStart(12, '0')}`,
          imei: `8625920516${code.padStart(5, '0')}`,
        },
        'model',
      ),
    }),
  }),
  make('onenet', {
    addressIn: ({ code }) => String(2_016_600 + Number(code)),
    install: ({ onenet }, { code }) => ({ device: onenet.device(2_016_600 + Number(code)) }),
  }),
  make('json_hook', {
    addressIn: ({ code }) => `A-${code}`,
    install: ({ jsonHook }, { code }) => ({ device: jsonHook.device(`A-${code}`) }),
  }),
  lorawan('chirpstack', 'dragino_lds03a', true),
  lorawan('things_stack', 'browan_tbdw100'),
  lorawan('things_stack', 'merryiot_dw10'),
  make('zigbee2mqtt', {
    isMotor: true,
    addressIn: ({ code }) => `${code}号/电机`,
    install: ({ zigbee2mqtt }, { code }) => ({ device: zigbee2mqtt.cover(`${code}号/电机`) }),
  }),
  make('tasmota', {
    addressIn: ({ code }) => `zigbee-bridge:door-${code}`,
    install: ({ tasmotaZigbee }, { code }) => ({
      device: tasmotaZigbee.device(`0x66${code.padStart(2, '0')}`, `door-${code}`),
    }),
  }),
  atOurBroker(true, (options, sensorId) => {
    const gateway = createShelly({ ...options, id: sensorId, prefix: `pact/v1/${sensorId}` });
    return { device: gateway.cover(), gateway };
  }),
  atOurBroker(false, (options, sensorId) => {
    const gateway = createEsphome({ ...options, prefix: `pact/v1/${sensorId}`, retains: false });
    return { device: gateway.device(), gateway };
  }),
];
