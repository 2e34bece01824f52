import { expect, test } from 'vitest';
import { SOURCE_FORMAT_NAMES } from '#contracts/bridge/formats.ts';
import { looksLike } from './looks-like.ts';
import { READERS } from './registry.ts';
import { arrival } from './testing/arrivals.ts';

test.each([
  ['chirpstack', 'application/17c8/device/0101010101010101/event/up', {}],
  ['things_stack', 'v3/app1@tenant/devices/dev1/up', {}],
  ['things_stack', 'v3/app1/devices/dev1/join', {}],
  ['zigbee2mqtt', 'zigbee2mqtt/bridge/state', 'online'],
  ['zigbee2mqtt', 'zigbee2mqtt/door', { contact: true }],
  ['zigbee2mqtt', 'home-of-071/door', { contact: true, linkquality: 5 }],
  ['zigbee2mqtt', configOf('binary_sensor'), { o: { name: 'Zigbee2MQTT' } }],
  ['tasmota', 'tele/window/SENSOR', {}],
  ['tasmota', 'window/stat/RESULT', {}],
  ['tasmota', 'tasmota/discovery/49A3BC/config', {}],
  ['shelly', 'shellyplus2pm-08b61fd90730/events/rpc', {}],
  ['shelly', 'shellyplus2pm-08b61fd90730/online', 'true'],
  ['esphome', 'flat/cover/curtain/position/state', '50'],
  ['esphome', configOf('cover'), { dev: { sw: '2025.2.0 (ESPHome)' } }],
  ['openmqttgateway', 'home/OpenMQTTGateway/BTtoMQTT/7C123456AB9F', {}],
  ['maker_at_broker', 'pact/v1/A-071/tele/SENSOR', {}],
  ['maker_at_broker', 'pact/v1/A-071/cover/curtain/state', 'open'],
  ['ctwing', '', { messageType: 'dataReport', deviceId: 'x' }],
  ['ctwing', '', [{ messageType: 'dataReport', deviceId: 'x' }]],
  ['onenet', '', { msg: {}, msg_signature: 'x', nonce: 'y' }],
  ['json_hook', '', { door: 'open' }],
  [null, '', 'open'],
  [null, '', '[]'],
  [null, 'pact/v1/A-071/event', { type: 'opened' }],
  [null, 'pump/online', 'perhaps'],
  [null, 'weather/today', { temperature: 20 }],
  [null, 'weather/today', Uint8Array.of(0xff)],
  [null, configOf('light'), {}],
])('looks like %s: %s', (format, topic, payload) => {
  expect(looksLike(arrival(topic, payload))).toBe(format);
});

function configOf(component: string): string {
  return `homeassistant/${component}/node/object/config`;
}

test('every format has its reader', () => {
  expect([...Object.keys(READERS), 'json_hook'].sort()).toEqual([...SOURCE_FORMAT_NAMES].sort());
});
