import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';
import { thingsStack } from './things-stack.ts';

const TOPIC = 'v3/app1@tenant1/devices/dev1/up';

/** After the documents of The Things Stack. */
const UPLINK = {
  session_key_id: 'AXA50tHUGUucuzS/bCGMNw==',
  f_cnt: 1,
  f_port: 10,
  frm_payload: 'gkHe',
  rx_metadata: [{ time: '2020-02-12T15:15:45.787Z', rssi: -35, snr: 5 }, { rssi: -80 }],
  version_ids: { brand_id: 'dragino', model_id: 'lds02' },
  received_at: '2020-02-12T15:15:45.789585559Z',
};
const UP = {
  end_device_ids: {
    device_id: 'dev1',
    application_ids: { application_id: 'app1' },
    dev_eui: '0004a30b001c0530',
  },
  received_at: '2020-02-12T15:15:46.014773143Z',
  uplink_message: UPLINK,
};

const read = (payload: unknown, topic = TOPIC) => thingsStack.read(arrival(topic, payload));
const readUplink = (uplink_message: unknown) => read({ ...UP, uplink_message });

describe('The Things Stack', () => {
  test('hands over the frame with what the network knows of it', () => {
    expect(onlyUplink(read(UP))).toEqual({
      address: '0004A30B001C0530',
      name: 'dev1',
      model: 'dragino lds02',
      onceKey: '0004A30B001C0530/AXA50tHUGUucuzS/bCGMNw==/1',
      frameCounter: 1,
      networkAt: Date.UTC(2020, 1, 12, 15, 15, 45, 789),
      rssi: -35,
      says: 'frame',
      frame: { bytes: Uint8Array.of(0x82, 0x41, 0xde), fPort: 10 },
    });
  });

  test('is read the same from an open source build, whose topics have no tenant', () => {
    expect(read(UP, 'v3/app1/devices/dev1/up')).toEqual(read(UP));
  });

  test('omitted zero fields: no frame counter is the counter 0, no payload is an empty one', () => {
    const { f_cnt: _, frm_payload: __, ...first } = UPLINK;
    const said = readUplink(first);
    expect(onlyUplink(said)).toMatchObject({
      frameCounter: 0,
      onceKey: '0004A30B001C0530/AXA50tHUGUucuzS/bCGMNw==/0',
    });
    expect(readingOf(said)).toEqual(NOTHING_READ);
  });

  test('simulated uplinks are no device', () => {
    expect(refusalOf(thingsStack, arrival(TOPIC, { ...UP, simulated: true }))).toBe('simulated');
  });

  test('has no key for once where the session is not told, for counters begin anew', () => {
    const { session_key_id: _, ...bare } = UPLINK;
    expect(onlyUplink(readUplink(bare)).onceKey).toBeNull();
  });

  test('falls back to the outer time and to the name as the address', () => {
    const { received_at: _, ...bare } = UPLINK;
    const { dev_eui: __, ...ids } = UP.end_device_ids;
    expect(onlyUplink(read({ ...UP, end_device_ids: ids, uplink_message: bare }))).toMatchObject({
      address: 'dev1',
      networkAt: Date.UTC(2020, 1, 12, 15, 15, 46, 14),
    });
  });

  test.each([
    'v3/app1@t/devices/dev1/join',
    'v3/app1@t/devices/dev1/down/ack',
    'v3/app1@t/devices/dev1/up/normalized',
  ])('hears nothing in %s', (topic) => {
    expect(read(UP, topic).uplinks).toEqual([]);
  });

  test.each([
    ['field_missing', { ...UP, uplink_message: undefined }],
    ['field_missing', { ...UP, end_device_ids: {} }],
    ['bad_value', { ...UP, uplink_message: { ...UPLINK, frm_payload: 7 } }],
    ['bad_value', { ...UP, end_device_ids: { dev_eui: 'xyz' } }],
  ])('refuses with %s', (reason, payload) => {
    expect(refusalOf(thingsStack, arrival(TOPIC, payload))).toBe(reason);
  });
});
