import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { ctwing } from './ctwing.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const DEVICE = '40edca19b0124480864366de4621de99';
/** As CTWing pushes it; the frame is a Milesight WS301's. */
const REPORT = {
  upPacketSN: -1,
  topic: 'v1/up/ad',
  timestamp: 1650554828842,
  protocol: 'lwm2m',
  productId: '15114816',
  payload: { APPdata: 'AwAB' },
  messageType: 'dataReport',
  deviceId: DEVICE,
  IMEI: '862592051651472',
};

const read = (payload: unknown) => ctwing.read(arrival('', payload));
const readModel = (serviceData: object) => read({ ...REPORT, payload: { serviceId: 'door', serviceData } });

describe('CTWing', () => {
  test("hands over the device's bytes, known again by device, time and payload", () => {
    expect(onlyUplink(read(REPORT))).toEqual({
      address: DEVICE,
      name: null,
      model: null,
      onceKey: `${DEVICE}/1650554828842/{"APPdata":"AwAB"}`,
      frameCounter: null,
      networkAt: 1650554828842,
      rssi: null,
      says: 'frame',
      frame: { bytes: Uint8Array.of(3, 0, 1), fPort: null },
    });
  });

  test.each([
    [
      { door_status: 1, battery_level: 88 },
      { contact: 'open', battery: 88 },
    ],
    [
      { doorStatus: '0', 'battery-percentage': '100' },
      { contact: 'closed', battery: 100 },
    ],
    [
      { magnetState: '打开', tamper: 0 },
      { contact: 'open', tamper: false },
    ],
    [
      { battery: 12, low_battery: true },
      { battery: 12, batteryLow: true },
    ],
    [{ curtain_position: 70 }, { position: 70 }],
    [{ door_status: 7, battery: 300 }, {}],
  ])('reads an object model by its common names: %o', (serviceData, expected) => {
    expect(readingOf(readModel(serviceData))).toEqual({ ...NOTHING_READ, ...expected });
  });

  test('fields may stand in the payload itself', () => {
    expect(readingOf(read({ ...REPORT, payload: { door_status: 0 } })).contact).toBe('closed');
  });

  test('several messages in one push: a bad one loses nobody', () => {
    const said = read([REPORT, { ...REPORT, payload: { APPdata: '%' } }, { ...REPORT, deviceId: 'other' }]);
    expect(said.uplinks.map(({ address }) => address)).toEqual([DEVICE, 'other']);
    expect(said.refusals).toEqual(['bad_value']);
  });

  test.each(['eventReport', 'commandResponse', 'deviceOnlineOfflineReport', undefined])(
    'hears nothing in %s',
    (messageType) => {
      expect(read({ ...REPORT, messageType })).toEqual({ uplinks: [], gateway: null, refusals: [] });
    },
  );

  test.each([
    ['unknown_field', { ...REPORT, payload: { serviceData: { contact: 1, level: 3 } } }],
    ['bad_value', { ...REPORT, payload: { door: 1, window: 0 } }],
    ['field_missing', { ...REPORT, payload: undefined }],
    ['field_missing', { ...REPORT, deviceId: '', IMEI: undefined }],
    ['not_an_object', [5]],
  ])('refuses with %s', (reason, payload) => {
    expect(refusalOf(ctwing, arrival('', payload))).toBe(reason);
  });
});
