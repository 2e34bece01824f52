import type { Reading, Said, SourceReader, Uplink } from '../model.ts';
import {
  field,
  isObject,
  type Json,
  type JsonObject,
  objectField,
  readObject,
  readText,
} from './read-json.ts';
import { gather, isOnline, NOTHING_SAID, presence, reading, saying } from './said.ts';
import { addressOf, countOf, flagOf, nameOf, percentOf } from './scalars.ts';

/**
 * Tasmota and its Zigbee bridge (Tasmota's documents, "MQTT", "Buttons and Switches", "Blinds and Shutters", "Zigbee").
 * Topics are `%prefix%/%topic%/` or `%topic%/%prefix%/`. `Time` has no zone and is never used.
 *
 * `tele/…/SENSOR` comes every 300 s and repeats what is known, but with `SwitchMode 15` and `16` it also comes when a
 * switch turns: it is read as any reading, and only a transition against the stored state makes an event of it. What `ON`
 * of a switch means is the mode's business (a closed circuit with 1 and 15, an open one with 2 and 16) and cannot be seen;
 * doors are commonly set so that ON is open, and it is read so, but counts for nothing until the installation test
 * (UNTOLD_SOURCES). `ShutterInvert` turns positions round and cannot be seen either.
 */
export const tasmota: SourceReader = {
  debounceMs: 1_000,
  read({ topic, payload }): Said {
    const place = placeOf(topic);
    if (!place || payload.length === 0) return NOTHING_SAID;
    const { node, prefix, what } = place;
    if (prefix === 'tele' && what === 'LWT')
      return saying(presence({ address: addressOf(node), name: node }, isOnline(readText(payload))));
    if (prefix === 'tele' && what === 'SENSOR') return readSensors(node, readObject(payload));
    if (prefix === 'stat' && what === 'RESULT') return readSensors(node, readObject(payload));
    // The answer to a question of somebody's.
    if (prefix === 'stat' && /^STATUS(?:8|10)$/.test(what))
      return readSensors(node, objectField(readObject(payload), 'StatusSNS') ?? {});
    return NOTHING_SAID;
  },
};

function placeOf(topic: string): { node: string; prefix: 'tele' | 'stat'; what: string } | undefined {
  const levels = topic.split('/');
  const what = levels.pop() ?? '';
  for (const index of [0, levels.length - 1]) {
    const prefix = levels[index];
    if (prefix !== 'tele' && prefix !== 'stat') continue;
    const node = levels.toSpliced(index, 1).join('/');
    if (node !== '') return { node, prefix, what };
  }
  return undefined;
}

function readSensors(node: string, json: JsonObject): Said {
  const zigbee = objectField(json, 'ZbReceived');
  const parts = [
    ...Object.keys(json).map((key) => () => readPart(node, key, field(json, key))),
    ...Object.keys(zigbee ?? {}).map((key) => () => readZigbee(node, key, objectField(zigbee, key))),
  ];
  return gather(parts, (read): Uplink[] => read());
}

/** A node's first switch has the node's own address; every other part of it follows after a colon. */
function readPart(node: string, key: string, value: Json | undefined): Uplink[] {
  const part = /^(Switch|Shutter)\d{1,2}$/.exec(key);
  if (!part) return [];
  const read = part[1] === 'Switch' ? readSwitch(value) : readShutter(value);
  const address = addressOf(key === 'Switch1' ? node : `${node}:${key}`);
  return read ? [reading({ address, name: address }, read)] : [];
}

/** `"ON"`, or `{"Action":"ON"}` with `SetOption114`. TOGGLE, HOLD and the rest are a button's. */
function readSwitch(value: Json | undefined): Partial<Reading> | null {
  const state = isObject(value) ? field(value, 'Action') : value;
  return state === 'ON' ? { contact: 'open' } : state === 'OFF' ? { contact: 'closed' } : null;
}

function readShutter(value: Json | undefined): Partial<Reading> | null {
  const position = percentOf(field(value, 'Position'));
  if (position === null) return null;
  const direction = field(value, 'Direction');
  return { position, moving: typeof direction === 'number' ? direction !== 0 : null };
}

/** What its Zigbee bridge heard; a short address changes when a device joins again, so a name is better. */
function readZigbee(node: string, key: string, device: JsonObject | undefined): Uplink[] {
  const name = nameOf(field(device, 'Name'));
  const address = addressOf(`${node}:${name ?? nameOf(field(device, 'Device')) ?? key}`);
  // The alarm bit of the zone, handed on as it is: 1 is open, the opposite of Zigbee2MQTT's `contact`.
  const open = flagOf(field(device, 'Contact'));
  const zone = countOf(field(device, 'ZoneStatusChange') ?? field(device, 'ZoneStatus'));
  const read: Partial<Reading> = {
    contact: open === null ? null : open ? 'open' : 'closed',
    battery: percentOf(field(device, 'BatteryPercentage')),
    // Bits 2 and 3 of an IAS zone's status (Zigbee Cluster Library, 8.2.2.2.1.3).
    tamper: zone === null ? null : (zone & 4) !== 0,
    batteryLow: zone === null ? null : (zone & 8) !== 0,
  };
  return [reading({ address, name: name ?? address, model: nameOf(field(device, 'ModelId')) }, read)];
}
