import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { openmqttgateway } from './openmqttgateway.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const TOPIC = 'home/OpenMQTTGateway/BTtoMQTT/7C123456AB9F';
const read = (payload: unknown, topic = TOPIC) => openmqttgateway.read(arrival(topic, payload));

/** After the Theengs decoder's BeeWi door sensor. */
const DOOR = {
  id: '7C:12:34:56:AB:9F',
  rssi: -71,
  brand: 'Otio/BeeWi',
  model: 'Door & Window Sensor',
  model_id: 'BSDOO',
  type: 'CTMO',
  cidc: false,
  cont: true,
  open: true,
  batt: 100,
};

describe('OpenMQTTGateway', () => {
  test('reads open, and never cont, which never changes', () => {
    expect(onlyUplink(read(DOOR))).toEqual({
      address: '7C123456AB9F',
      name: null,
      model: 'Otio/BeeWi Door & Window Sensor BSDOO',
      onceKey: null,
      frameCounter: null,
      networkAt: null,
      rssi: -71,
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open', battery: 100 },
    });
    expect(readingOf(read({ ...DOOR, open: false })).contact).toBe('closed');
    expect(readingOf(read({ ...DOOR, open: undefined })).contact).toBeNull();
  });

  test("does not note a stranger's phone", () => {
    expect(read({ id: '7C:12:34:56:AB:9F', rssi: -80, name: 'phone' }).uplinks).toEqual([]);
  });

  test('its last will is that of the gateway', () => {
    expect(read('offline', 'home/OpenMQTTGateway/LWT')).toEqual({
      uplinks: [],
      gateway: 'offline',
      refusals: [],
    });
  });

  test('hears nothing in the rest, and refuses what is no MAC', () => {
    expect(read(DOOR, 'home/OpenMQTTGateway/SYStoMQTT').uplinks).toEqual([]);
    expect(refusalOf(openmqttgateway, arrival('home/g/BTtoMQTT/door', DOOR))).toBe('bad_value');
  });
});
