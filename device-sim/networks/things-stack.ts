import { createLine } from './line.ts';
import { createSensors, devAddrOf, type LorawanNetwork } from './lorawan-network.ts';
import type { LorawanFrame, LorawanKind, LorawanSensor } from './lorawan-sensor.ts';
import type { GatewayOptions } from './virtual-gateway.ts';

export type ThingsStackOptions = GatewayOptions & {
  application?: string;
  /** Left out by builds from the open sources. */
  tenant?: string;
};

export type SimulatingSensor = LorawanSensor & {
  /** Somebody tries it out in the console: what comes then has never been on the air. */
  simulateOpening(at: number): Promise<void>;
};

export type ThingsStack = Omit<LorawanNetwork, 'device'> & {
  device(devEui: string, kind: LorawanKind): SimulatingSensor;
};

/**
 * The Things Stack v3's MQTT server: QoS 0 only, and empty, 0 and false fields are left out, so that the first frame
 * of a session has no counter. lorawan-stack-docs, "Data formats".
 */
export function createThingsStack(options: ThingsStackOptions): ThingsStack {
  const { application = 'app1', tenant } = options;
  const line = createLine({ clientId: 'things-stack', ...options });
  const user = tenant === undefined ? application : `${application}@${tenant}`;
  let isSimulated = false;

  async function receive({ devEui, model, frameCounter, session, frame, at }: LorawanFrame): Promise<void> {
    const deviceId = deviceIdOf(devEui);
    const body = {
      end_device_ids: {
        device_id: deviceId,
        application_ids: { application_id: application },
        dev_eui: devEui.toUpperCase(),
        dev_addr: devAddrOf(devEui).toUpperCase(),
      },
      correlation_ids: [`as:up:${deviceId}`],
      received_at: fraction(at, 220),
      uplink_message: {
        session_key_id: Buffer.from(`${deviceId}/${session}`).toString('base64'),
        ...(frame.fPort === 0 ? {} : { f_port: frame.fPort }),
        ...(frameCounter === 0 ? {} : { f_cnt: frameCounter }),
        ...(frame.bytes.length === 0 ? {} : { frm_payload: frame.bytes.toString('base64') }),
        rx_metadata: [
          { gateway_ids: { gateway_id: 'estate' }, time: new Date(at).toISOString(), rssi: -35, snr: 5 },
        ],
        settings: {
          data_rate: { lora: { bandwidth: 125_000, spreading_factor: 7 } },
          frequency: '868300000',
        },
        received_at: fraction(at, 0),
        version_ids: { model_id: model },
      },
      ...(isSimulated ? { simulated: true } : {}),
    };
    await line.say({ topic: `v3/${user}/devices/${deviceId}/up`, payload: JSON.stringify(body) });
  }

  const sensors = createSensors(receive, (devEui, at) =>
    line.say({
      topic: `v3/${user}/devices/${deviceIdOf(devEui)}/join`,
      payload: JSON.stringify({
        end_device_ids: { device_id: deviceIdOf(devEui), dev_eui: devEui.toUpperCase() },
        received_at: fraction(at, 0),
        join_accept: { session_key_id: '' },
      }),
    }),
  );

  return {
    ...sensors,
    device(devEui, kind) {
      const sensor = sensors.device(devEui, kind);
      return {
        ...sensor,
        async simulateOpening(at) {
          isSimulated = true;
          await sensor.open(at);
          isSimulated = false;
        },
      };
    },
    connect: () => line.connect(),
    restart: () => line.connect(),
    disconnect: () => line.disconnect(),
    vanish: () => line.vanish(),
  };
}

const deviceIdOf = (devEui: string) => `eui-${devEui.toLowerCase()}`;

/** Nanoseconds, as long after as the server took to get so far. */
const fraction = (at: number, afterMs: number) =>
  new Date(at + afterMs).toISOString().replace('Z', '589559Z');
