import {
  field,
  isObject,
  type Json,
  type JsonObject,
  objectField,
  parseJson,
  readText,
} from '../formats/read-json.ts';
import { isPlain, nameOf, namesOf } from '../formats/scalars.ts';
import { type Arrival, Refused } from '../model.ts';

/** What a discovery message tells of one sensor or cover. */
export type Discovered = {
  component: 'binary_sensor' | 'cover';
  stateTopic: string | null;
  positionTopic: string | null;
  name: string | null;
  /** Maker and model. */
  model: string | null;
  identifiers: readonly string[];
  /**
   * What the device itself publishes for open: `on_is_open` where ON, true or 1 is open (for a cover: 100), `on_is_closed`
   * where it is closed. Null where the message does not settle it.
   */
  polarity: 'on_is_open' | 'on_is_closed' | null;
  deviceClass: string | null;
};

const MOST_TOPIC = 256;

/** By Home Assistant's document on binary sensors, "on" of these classes is open. */
const OPENINGS = new Set(['door', 'garage_door', 'opening', 'window']);

/** Templates that hand a value on as it is; any other may turn it round. */
const HANDS_ON =
  /^\s*\{\{-?\s*value(?:_json(?:\.\w+|\[\s*(?:'[^']*'|"[^"]*")\s*\])+)?\s*(?:\|\s*is_defined\s*)?-?\}\}\s*$/;

/** The keys that we read, by the abbreviations of homeassistant/components/mqtt/abbreviations.py. */
const ABBREVIATIONS = {
  state_topic: 'stat_t',
  position_topic: 'pos_t',
  position_template: 'pos_tpl',
  position_open: 'pos_open',
  position_closed: 'pos_clsd',
  value_template: 'val_tpl',
  payload_on: 'pl_on',
  payload_off: 'pl_off',
  device_class: 'dev_cla',
  device: 'dev',
  identifiers: 'ids',
  manufacturer: 'mf',
  model: 'mdl',
  platform: 'p',
  components: 'cmps',
} as const;

/**
 * Reads Home Assistant's discovery by MQTT (its document "MQTT discovery"), of one component
 * (`…/binary_sensor/…/config`, `…/cover/…/config`) or of a whole device (`…/device/…/config`). Used to set a sensor up,
 * never as an event. Empty where the message is about anything else, or takes a component away.
 *
 * @throws Refused as `readJson` does
 */
export function readDiscovery({ topic, payload }: Arrival): Discovered[] {
  const component = /^[^/]+\/(binary_sensor|cover|device)\/(?:[^/]+\/)?[^/]+\/config$/.exec(topic)?.[1];
  if (!component || payload.length === 0) return [];
  const config = parseJson(readText(payload));
  if (!isObject(config)) throw new Refused('not_an_object');
  const device = objectOf(config, 'device');
  if (component !== 'device') return readComponent(config, device, component);
  const components = objectOf(config, 'components') ?? {};
  // Topics and the like that all have in common stand beside the components.
  return Object.values(components).flatMap((own) =>
    isObject(own) ? readComponent({ ...config, name: null, ...own }, device, told(own, 'platform')) : [],
  );
}

function readComponent(
  config: JsonObject,
  device: JsonObject | undefined,
  component: Json | undefined,
): Discovered[] {
  if (component !== 'binary_sensor' && component !== 'cover') return [];
  const deviceClass = nameOf(told(config, 'device_class'));
  return [
    {
      component,
      stateTopic: topicOf(config, 'state_topic'),
      positionTopic: topicOf(config, 'position_topic'),
      name: nameOf(field(config, 'name')) ?? nameOf(field(device, 'name')),
      model: namesOf(told(device, 'manufacturer'), told(device, 'model')),
      identifiers: identifiersOf(told(device, 'identifiers')),
      polarity: component === 'cover' ? coverPolarity(config) : contactPolarity(config, deviceClass),
      deviceClass,
    },
  ];
}

function contactPolarity(config: JsonObject, deviceClass: string | null): Discovered['polarity'] {
  const template = told(config, 'value_template');
  if (deviceClass === null || !OPENINGS.has(deviceClass)) return null;
  if (template !== undefined && !(typeof template === 'string' && HANDS_ON.test(template))) return null;
  const on = truthOf(told(config, 'payload_on') ?? 'ON');
  const off = truthOf(told(config, 'payload_off') ?? 'OFF');
  if (on === null || off === null || on === off) return null;
  return on ? 'on_is_open' : 'on_is_closed';
}

const TRUE = new Set(['on', 'true', '1', 'open', 'opened', 'yes']);
const FALSE = new Set(['off', 'false', '0', 'close', 'closed', 'no']);

/** Whether what the device publishes is a yes; Zigbee2MQTT's `contact` is false when open, so its `payload_on` is false. */
function truthOf(value: Json): boolean | null {
  const word = String(value).toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : null;
}

function coverPolarity(config: JsonObject): Discovered['polarity'] {
  if (topicOf(config, 'position_topic') === null) return null;
  const template = told(config, 'position_template') ?? told(config, 'value_template');
  if (template !== undefined && !(typeof template === 'string' && HANDS_ON.test(template))) return null;
  const open = told(config, 'position_open') ?? 100;
  const closed = told(config, 'position_closed') ?? 0;
  if (typeof open !== 'number' || typeof closed !== 'number' || open === closed) return null;
  return open > closed ? 'on_is_open' : 'on_is_closed';
}

/** By its name or its abbreviation. */
function told(of: Json | undefined, key: keyof typeof ABBREVIATIONS): Exclude<Json, null> | undefined {
  return field(of, key) ?? field(of, ABBREVIATIONS[key]);
}

function objectOf(of: JsonObject, key: keyof typeof ABBREVIATIONS): JsonObject | undefined {
  return objectField(of, key) ?? objectField(of, ABBREVIATIONS[key]);
}

/** A `~` at either end stands for the base topic. */
function topicOf(config: JsonObject, key: keyof typeof ABBREVIATIONS): string | null {
  const topic = told(config, key);
  const base = field(config, '~');
  if (typeof topic !== 'string' || topic.length > MOST_TOPIC || !isPlain(topic)) return null;
  if (typeof base !== 'string' || base.length > MOST_TOPIC || !isPlain(base)) return topic;
  if (topic.startsWith('~')) return base + topic.slice(1);
  return topic.endsWith('~') ? topic.slice(0, -1) + base : topic;
}

function identifiersOf(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.map(nameOf).filter((name) => name !== null);
}
