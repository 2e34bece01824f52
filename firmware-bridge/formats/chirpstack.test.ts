import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { chirpstack } from './chirpstack.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const TOPIC = 'application/17c82e96-be03-4f38-aef3-f83d48582d97/device/00166a0012ab34cd/event/';

/** After ChirpStack's documents, with a second gateway. */
const UP = {
  deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
  time: '2022-07-18T09:34:15.775023242+00:00',
  deviceInfo: {
    applicationId: '17c82e96-be03-4f38-aef3-f83d48582d97',
    deviceProfileName: 'Milesight WS301',
    deviceName: 'Window of 071',
    devEui: '00166a0012ab34cd',
  },
  devAddr: '00189440',
  dr: 1,
  fCnt: 7,
  fPort: 85,
  data: 'AwAB',
  rxInfo: [
    { gatewayId: '0016c001f153a14c', rssi: -91, snr: 10.5 },
    { gatewayId: '0016c001f153a14d', rssi: -36, snr: 10.5 },
  ],
};

const read = (event: string, payload: unknown) => chirpstack.read(arrival(TOPIC + event, payload));

describe('ChirpStack', () => {
  test('hands over the frame with what the network knows of it', () => {
    expect(onlyUplink(read('up', UP))).toEqual({
      address: '00166A0012AB34CD',
      name: 'Window of 071',
      model: 'Milesight WS301',
      onceKey: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
      frameCounter: 7,
      networkAt: Date.UTC(2022, 6, 18, 9, 34, 15, 775),
      rssi: -36,
      says: 'frame',
      frame: { bytes: Uint8Array.of(3, 0, 1), fPort: 85 },
    });
  });

  test('omitted zero fields: no frame counter is the counter 0', () => {
    const { fCnt: _, ...first } = UP;
    expect(onlyUplink(read('up', first)).frameCounter).toBe(0);
  });

  test('an uplink without data proves only that the device lives', () => {
    const { data: _, fPort: __, ...empty } = UP;
    expect(readingOf(read('up', empty))).toEqual(NOTHING_READ);
  });

  test('takes the address of the topic where the event has none', () => {
    const { deviceInfo: _, ...bare } = UP;
    expect(onlyUplink(read('up', bare))).toMatchObject({
      address: '00166A0012AB34CD',
      name: null,
      model: null,
    });
  });

  test('reads the battery of the status and nothing of the curtain', () => {
    const { data: _, ...status } = UP;
    expect(readingOf(read('status', { ...status, margin: 10, batteryLevel: 88.3 }))).toEqual({
      ...NOTHING_READ,
      battery: 88,
    });
    expect(readingOf(read('status', { ...status, externalPowerSource: true })).battery).toBeNull();
    expect(readingOf(read('status', { ...status, batteryLevel: 255 })).battery).toBeNull();
  });

  test.each(['join', 'ack', 'txack', 'log', 'location', 'integration'])(
    'hears nothing in a %s event',
    (event) => {
      expect(read(event, UP)).toEqual({ uplinks: [], gateway: null, refusals: [] });
    },
  );

  test('keeps a good frame when name, time or signal cannot be used', () => {
    const odd = { ...UP, time: 'soon', rxInfo: [{ rssi: 'loud' }, 5], deviceInfo: { deviceName: '\u0000' } };
    expect(onlyUplink(read('up', odd))).toMatchObject({
      says: 'frame',
      name: null,
      networkAt: null,
      rssi: null,
    });
  });

  test.each([
    ['bad_value', { ...UP, data: '%%' }],
    ['bad_value', { ...UP, deviceInfo: { devEui: '12' } }],
    ['not_an_object', [UP]],
    ['not_json', '{'],
  ])('refuses with %s', (reason, payload) => {
    expect(refusalOf(chirpstack, arrival(`${TOPIC}up`, payload))).toBe(reason);
  });
});
