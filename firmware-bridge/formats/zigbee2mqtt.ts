import { type Reading, Refused, type Said, type SourceReader, type Uplink } from '../model.ts';
import {
  field,
  isObject,
  type Json,
  type JsonObject,
  objectField,
  parseJson,
  readJson,
  readText,
} from './read-json.ts';
import { gatewayIs, gather, isOnline, NOTHING_SAID, presence, reading, saying } from './said.ts';
import { addressOf, booleanOf, nameOf, namesOf, percentOf } from './scalars.ts';

/** Its own default; devices under another base topic carry that before their name, for two may share a broker. */
const USUAL_BASE = 'zigbee2mqtt';
/** Parts of a topic that tell something to a device, not of it. */
const COMMAND = /\/(?:set|get)(?:\/.*)?$/;
/**
 * What `output: attribute` publishes apart and we can use, or that shows at least that the device was heard. A cover's
 * `state` is not among them: alone, it does not say whether there is a position that knows better.
 */
const ATTRIBUTE =
  /^(.+)\/(contact|battery|battery_low|tamper|position|running|moving|motor_state|linkquality|voltage)$/;

/**
 * Zigbee2MQTT (its documents, "MQTT topics and messages" and "Availability"; lib/mqtt.ts, lib/extension/*.ts). It merges
 * what it knows into every publish, so a report about the battery repeats the contact, and sends all again when it
 * starts: what is read here is how things stand, and not that anything happened. No time is told; `last_seen` moves with
 * any frame. A name may contain `/`; a base topic of several levels is not known from a name.
 */
export const zigbee2mqtt: SourceReader = {
  debounceMs: 1_000,
  read(arrival): Said {
    const slash = arrival.topic.indexOf('/');
    const base = arrival.topic.slice(0, slash);
    const rest = arrival.topic.slice(slash + 1);
    if (slash < 1 || rest === '' || base === 'homeassistant') return NOTHING_SAID;
    // Cleared when a device is renamed or removed.
    if (arrival.payload.length === 0) return NOTHING_SAID;
    const prefix = base === USUAL_BASE ? '' : `${base}/`;

    if (rest === 'bridge/state') return gatewayIs(isOnline(stateOf(readText(arrival.payload))));
    // A list that is published while we listen comes when somebody joins; it says of nobody that they were heard.
    if (rest === 'bridge/devices')
      return arrival.retained ? readDevices(prefix, arrival.payload) : NOTHING_SAID;
    if (rest.startsWith('bridge/') || COMMAND.test(rest)) return NOTHING_SAID;
    if (rest.endsWith('/availability')) {
      const address = addressOf(prefix + rest.slice(0, -'/availability'.length));
      return saying(presence({ address, name: address }, isOnline(stateOf(readText(arrival.payload)))));
    }
    return readDevice(prefix, rest, readText(arrival.payload));
  },
};

/** `{"state":"online"}`, or the bare word as older versions and `legacy_availability_payload` have it. */
const stateOf = (text: string): unknown => (text.startsWith('{') ? field(parseJson(text), 'state') : text);

function readDevice(prefix: string, rest: string, text: string): Said {
  if (text.startsWith('{')) {
    const state = parseJson(text);
    if (!isObject(state)) throw new Refused('not_an_object');
    const address = addressOf(prefix + rest);
    const device = objectField(state, 'device');
    const about = { address, name: address, model: nameOf(field(device, 'model')) };
    return saying(reading(about, readState(state)));
  }
  const attribute = ATTRIBUTE.exec(rest);
  if (!attribute) return NOTHING_SAID;
  const address = addressOf(prefix + attribute[1]);
  return saying(reading({ address, name: address }, readState({ [attribute[2] as string]: bareOf(text) })));
}

function readState(state: JsonObject): Partial<Reading> {
  const position = percentOf(field(state, 'position'));
  const closed = booleanOf(field(state, 'contact'));
  return {
    // The magnet is near: true is closed.
    contact:
      closed === null
        ? position === null
          ? coverState(field(state, 'state'))
          : null
        : closed
          ? 'closed'
          : 'open',
    position,
    moving: isMoving(state),
    battery: percentOf(field(state, 'battery')),
    batteryLow: booleanOf(field(state, 'battery_low')),
    tamper: booleanOf(field(state, 'tamper')),
  };
}

/** Only where there is no position: from 1 to 99 % it reads OPEN, and with some motors the opposite of the position. */
const coverState = (state: Json | undefined): 'open' | 'closed' | null =>
  state === 'OPEN' ? 'open' : state === 'CLOSE' ? 'closed' : null;

const STOPPED = new Set(['stop', 'stopped', 'pause', 'paused', 'idle']);
const MOVING = new Set([
  'opening',
  'open',
  'forward',
  'up',
  'rising',
  'closing',
  'close',
  'backward',
  'back',
  'reverse',
  'down',
  'declining',
]);

/**
 * Whether the motor runs, by whichever of three properties the device has (the words are those of
 * lib/extension/homeassistant.ts). While it runs, some Aqara motors tell a position of 0 or 2 that is not true.
 */
function isMoving(state: JsonObject): boolean | null {
  let moving: boolean | null = null;
  for (const key of ['running', 'moving', 'motor_state']) {
    const value = field(state, key);
    const word = typeof value === 'string' ? value.toLowerCase() : value;
    if (word === true || MOVING.has(String(word))) return true;
    if (word === false || STOPPED.has(String(word))) moving = false;
  }
  return moving;
}

/** An attribute alone on its topic: a word, a number or a truth value. */
function bareOf(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Names and models of what is paired there. The list grows with every device's features: too long a one is left. */
function readDevices(prefix: string, payload: Uint8Array): Said {
  let devices: JsonObject | readonly Json[];
  try {
    devices = readJson(payload);
  } catch (error) {
    if (error instanceof Refused && error.reason === 'too_large') return NOTHING_SAID;
    throw error;
  }
  if (!Array.isArray(devices)) throw new Refused('bad_value');
  return gather(devices as readonly Json[], (device): Uplink[] => {
    if (field(device, 'type') === 'Coordinator') return [];
    const address = addressOf(prefix + addressOf(field(device, 'friendly_name')));
    const definition = objectField(device, 'definition');
    const model = namesOf(field(definition, 'vendor'), field(definition, 'model'));
    return [reading({ address, name: address, model }, {})];
  });
}
