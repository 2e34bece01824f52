import { encodeWs301 } from './encode/milesight.ts';
import { createPushLine, type PushLine } from './push-line.ts';
import type { VirtualDevice } from './virtual-gateway.ts';

export type Ctwing = Pick<PushLine, 'pushed'> & {
  /** A device whose bytes are handed on as they are, or one with an object model. */
  device(address: { deviceId: string; imei: string }, payload?: 'bytes' | 'model'): VirtualDevice;
};

/** Tried three times more, the documentation of CTWing's HTTP push says; after 100 failures it drops a minute. */
const RETRIES = 3;

/**
 * China Telecom's CTWing (AEP) pushing what NB-IoT devices report: the serial number is always −1, and the time is
 * the platform's, in milliseconds.
 */
export function createCtwing({ url }: { url: string }): Ctwing {
  const { push, pushed } = createPushLine({ url, retries: RETRIES });
  return {
    pushed,
    device({ deviceId, imei }, kind = 'bytes') {
      let [isOpen, battery] = [false, 100];
      const report = async (at: number) => {
        const payload =
          kind === 'bytes'
            ? { APPdata: encodeWs301({ battery, isOpen }).bytes.toString('base64') }
            : { serviceId: 'door', serviceData: { door_state: isOpen ? 1 : 0, battery_value: battery } };
        await push(
          JSON.stringify({
            ...{ upPacketSN: -1, upDataSN: -1, topic: 'v1/up/ad', timestamp: at, tenantId: '10329183' },
            ...{ serviceId: '', protocol: 'lwm2m', productId: '15114816', payload },
            ...{
              messageType: 'dataReport',
              deviceType: '',
              deviceId,
              assocAssetId: '',
              IMSI: '',
              IMEI: imei,
            },
          }),
        );
      };
      const move = async (at: number, open: boolean) => {
        isOpen = open;
        await report(at);
      };
      return {
        address: deviceId,
        open: (at) => move(at, true),
        close: (at) => move(at, false),
        report,
        async battery(at, percent) {
          battery = percent;
          await report(at);
        },
      };
    },
  };
}
