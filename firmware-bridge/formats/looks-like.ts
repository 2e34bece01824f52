import type { SourceFormat } from '#contracts/bridge/formats.ts';
import { type Arrival, Refused } from '../model.ts';
import { field, isObject, type Json, objectField, readJson, readText } from './read-json.ts';

/** Topics that only one of them has. */
const BY_TOPIC: readonly [RegExp, SourceFormat][] = [
  [
    /^pact\/v1\/[^/]+\/(?:(?:tele|stat)\/[^/]+|online|events\/rpc|(?:binary_sensor|cover)\/.+\/state)$/,
    'maker_at_broker',
  ],
  [/^(?:.+\/)?application\/[^/]+\/device\/[0-9A-Fa-f]{16}\/event\/[a-z]+$/, 'chirpstack'],
  [/^v3\/[^/]+\/devices\/[^/]+\/[a-z]+/, 'things_stack'],
  [/\/BTtoMQTT(?:\/|$)/, 'openmqttgateway'],
  [/\/events\/rpc$/, 'shelly'],
  [/^(?:tele|stat)\/.+\/[A-Z]+\d*$|\/(?:tele|stat)\/[A-Z]+\d*$|^tasmota\/discovery\//, 'tasmota'],
  [/\/(?:binary_sensor\/[^/]+|cover\/[^/]+(?:\/position)?)\/state$/, 'esphome'],
  [/^zigbee2mqtt\/|\/bridge\/(?:state|info|devices|groups|logging|health)$/, 'zigbee2mqtt'],
];

/** Who published a message of Home Assistant discovery, by what it says of its origin or its device. */
const BY_ORIGIN: readonly [RegExp, SourceFormat][] = [
  [/zigbee2mqtt/i, 'zigbee2mqtt'],
  [/esphome/i, 'esphome'],
  [/openmqttgateway|theengs|omg_/i, 'openmqttgateway'],
  [/tasmota/i, 'tasmota'],
];

/**
 * The format that a message looks like, for whoever sets a source up; null where nothing fits. A guess from the topic
 * and at most a glance at the payload: what it says is the reader's business.
 */
export function looksLike(arrival: Arrival): SourceFormat | null {
  const { topic, payload } = arrival;
  if (topic === '') return pushLooksLike(jsonOf(payload));
  const known = BY_TOPIC.find(([pattern]) => pattern.test(topic));
  if (known) return known[1];
  if (topic.endsWith('/config')) return originOf(jsonOf(payload));
  if (topic.endsWith('/online')) return /^(?:true|false)$/.test(textOf(payload)) ? 'shelly' : null;
  // Under a base topic of the operator's own.
  return field(jsonOf(payload), 'linkquality') === undefined ? null : 'zigbee2mqtt';
}

function pushLooksLike(body: Json | undefined): SourceFormat | null {
  const first = Array.isArray(body) ? body[0] : body;
  if (!isObject(first)) return null;
  if (field(first, 'messageType') !== undefined && field(first, 'deviceId') !== undefined) return 'ctwing';
  const signed = field(first, 'msg_signature') !== undefined;
  return signed && (field(first, 'msg') ?? field(first, 'enc_msg')) !== undefined ? 'onenet' : 'json_hook';
}

function originOf(config: Json | undefined): SourceFormat | null {
  const origin = objectField(config, 'origin') ?? objectField(config, 'o');
  const device = objectField(config, 'device') ?? objectField(config, 'dev');
  const words = [
    field(origin, 'name'),
    ...['manufacturer', 'mf', 'sw_version', 'sw'].map((key) => field(device, key)),
  ].join(' ');
  return BY_ORIGIN.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

function jsonOf(payload: Uint8Array): Json | undefined {
  try {
    return readJson(payload);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function textOf(payload: Uint8Array): string {
  try {
    return readText(payload);
  } catch (error) {
    if (error instanceof Refused) return '';
    throw error;
  }
}
