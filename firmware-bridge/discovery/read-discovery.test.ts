import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrival } from '../formats/testing/arrivals.ts';
import { Refused } from '../model.ts';
import { readDiscovery } from './read-discovery.ts';

const read = (topic: string, payload: unknown) => readDiscovery(arrival(topic, payload, true));

/** As Zigbee2MQTT announces a contact, shortened. */
const ZIGBEE2MQTT = {
  device: {
    identifiers: ['zigbee2mqtt_0x00158d0003030af1'],
    manufacturer: 'Aqara',
    model: 'Door and window sensor (MCCGQ11LM)',
    name: 'door of 071',
  },
  device_class: 'door',
  name: null,
  object_id: 'door_contact',
  origin: { name: 'Zigbee2MQTT', sw: '2.6.3', url: 'https://www.zigbee2mqtt.io' },
  payload_off: true,
  payload_on: false,
  state_topic: 'zigbee2mqtt/door of 071',
  unique_id: '0x00158d0003030af1_contact_zigbee2mqtt',
  value_template: '{{ value_json.contact }}',
};
const CONTACT = 'homeassistant/binary_sensor/0x00158d0003030af1/contact/config';
const polarityOf = (config: object) => read(CONTACT, config)[0]?.polarity;

describe("Home Assistant's discovery", () => {
  test("Zigbee2MQTT's contact: on when false, so what it publishes is true when closed", () => {
    expect(read(CONTACT, ZIGBEE2MQTT)).toEqual([
      {
        component: 'binary_sensor',
        stateTopic: 'zigbee2mqtt/door of 071',
        positionTopic: null,
        name: 'door of 071',
        model: 'Aqara Door and window sensor (MCCGQ11LM)',
        identifiers: ['zigbee2mqtt_0x00158d0003030af1'],
        polarity: 'on_is_closed',
        deviceClass: 'door',
      },
    ]);
  });

  test('the short form, with a base topic, as ESPHome writes it', () => {
    const config = {
      '~': 'flat-071',
      dev_cla: 'window',
      name: 'Window',
      stat_t: '~/binary_sensor/contact/state',
      dev: { ids: 'a0b1c2', mf: 'Espressif', mdl: 'esp32dev', name: 'flat-071' },
    };
    expect(read('homeassistant/binary_sensor/flat-071/contact/config', config)).toEqual([
      {
        component: 'binary_sensor',
        stateTopic: 'flat-071/binary_sensor/contact/state',
        positionTopic: null,
        name: 'Window',
        model: 'Espressif esp32dev',
        identifiers: ['a0b1c2'],
        polarity: 'on_is_open',
        deviceClass: 'window',
      },
    ]);
  });

  test.each([
    ['on_is_open', {}],
    ['on_is_open', { pl_on: 'True', pl_off: 'False', val_tpl: '{{ value_json.open | is_defined }}' }],
    ['on_is_open', { pl_on: 1, pl_off: 0, val_tpl: "{{ value_json['door'] }}" }],
    ['on_is_open', { dev_cla: 'garage_door', pl_on: 'open', pl_off: 'closed' }],
    ['on_is_closed', { dev_cla: 'opening', pl_on: 'OFF', pl_off: 'ON' }],
    [null, { dev_cla: 'motion' }],
    [null, { dev_cla: undefined }],
    [null, { pl_on: 'near', pl_off: 'far' }],
    [null, { pl_on: 'ON', pl_off: 'ON' }],
    [null, { val_tpl: "{{ 'ON' if value_json.contact else 'OFF' }}" }],
    [null, { val_tpl: '{{ not value_json.contact }}' }],
  ])('settles the polarity as %s by %o', (polarity, config) => {
    expect(polarityOf({ stat_t: 'a', dev_cla: 'door', ...config })).toBe(polarity);
  });

  test.each([
    ['on_is_open', { pos_t: '~/position' }],
    ['on_is_closed', { pos_t: '~/position', pos_open: 0, pos_clsd: 100 }],
    [null, { pos_t: '~/position', pos_tpl: '{{ 100 - value_json.position }}' }],
    [null, { stat_t: '~/state' }],
  ])('a cover is turned as %s by %o', (polarity, config) => {
    expect(read('homeassistant/cover/curtain/config', { '~': 'c', ...config })).toMatchObject([
      { component: 'cover', polarity, positionTopic: 'pos_t' in config ? 'c/position' : null },
    ]);
  });

  test('a whole device in one message gives each of its sensors and covers', () => {
    const device = {
      dev: { ids: ['n1'], name: 'Flat 071', mf: 'Maker' },
      o: { name: 'maker' },
      stat_t: 'n1/state',
      cmps: {
        contact: {
          p: 'binary_sensor',
          dev_cla: 'door',
          val_tpl: '{{ value_json.open }}',
          pl_on: true,
          pl_off: false,
        },
        battery: { p: 'sensor', dev_cla: 'battery' },
        curtain: { platform: 'cover', name: 'Curtain', pos_t: 'n1/position' },
        broken: 7,
      },
    };
    expect(read('homeassistant/device/n1/config', device)).toMatchObject([
      { component: 'binary_sensor', stateTopic: 'n1/state', name: 'Flat 071', polarity: 'on_is_open' },
      { component: 'cover', positionTopic: 'n1/position', name: 'Curtain', model: 'Maker' },
    ]);
  });

  test.each([
    ['homeassistant/sensor/n/battery/config', {}],
    ['homeassistant/status', 'online'],
    ['zigbee2mqtt/door', {}],
    [CONTACT, ''],
  ])('is about nothing of ours at %s', (topic, payload) => {
    expect(read(topic, payload)).toEqual([]);
  });

  test('no JSON makes it throw anything but a refusal', () => {
    const keys = [
      '~',
      'dev',
      'device',
      'ids',
      'stat_t',
      'pos_t',
      'val_tpl',
      'pl_on',
      'dev_cla',
      'cmps',
      'p',
      'name',
    ];
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()));
    const topic = fc.constantFrom(CONTACT, 'h/cover/x/config', 'h/device/x/config');
    fc.assert(
      fc.property(topic, fc.dictionary(fc.constantFrom(...keys), value), (at, config) => {
        try {
          expect(read(at, config).every(({ identifiers }) => Array.isArray(identifiers))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
        }
      }),
      { numRuns: 300 },
    );
  });
});
