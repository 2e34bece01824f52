import type { Reading, Said, SourceReader, Uplink } from '../model.ts';
import { field, type Json, listField, objectField, readObject, readText } from './read-json.ts';
import { gather, NOTHING_SAID, presence, reading, saying } from './said.ts';
import { addressOf, clockOf, flagOf, macOf, nameOf, numberOf, percentOf } from './scalars.ts';

/**
 * Shelly Gen2+ (Shelly's API documents, "MQTT", "Notifications", "Cover", "BTHomeSensor"). Its topic prefix is its
 * address, `cover:0` has that address too, and every other part follows after a colon. Publishes have QoS 1, so one may
 * come twice. `ts` counts the seconds since the start until the clock is set.
 */
export const shelly: SourceReader = {
  debounceMs: 1_000,
  read({ topic, payload }): Said {
    const match = /^(.+)\/(online|events\/rpc)$/.exec(topic);
    if (!match) return NOTHING_SAID;
    const node = addressOf(match[1]);
    if (match[2] === 'online') {
      const word = readText(payload);
      if (word !== 'true' && word !== 'false') return NOTHING_SAID;
      return saying(presence({ address: node, name: node }, word === 'true'));
    }
    const notice = readObject(payload);
    const params = objectField(notice, 'params');
    const seconds = numberOf(field(params, 'ts'), 0, Number.MAX_SAFE_INTEGER);
    const said = { node, deviceAt: seconds === null ? null : clockOf(seconds * 1_000) };
    switch (field(notice, 'method')) {
      case 'NotifyStatus':
      case 'NotifyFullStatus':
        return gather(Object.entries(params ?? {}), ([component, status]) =>
          readPart(said, component, status),
        );
      case 'NotifyEvent':
        // An event carries the component's name inside; buttons and firmware say nothing of a curtain.
        return gather(listField(params, 'events'), (event) =>
          readPart(said, nameOf(field(event, 'component')) ?? '', event),
        );
      default:
        return NOTHING_SAID;
    }
  },
};

type Notice = { node: string; deviceAt: number | null };

function readPart({ node, deviceAt }: Notice, component: string, status: Json): Uplink[] {
  const part = /^(cover|bthomesensor):\d{1,4}$/.exec(component);
  if (!part) return [];
  const read = part[1] === 'cover' ? readCover(status) : readBthome(status);
  if (!read) return [];
  const address = addressOf(component === 'cover:0' ? node : `${node}:${ownAddress(component, status)}`);
  // The same second time is the same message; without a clock it is the same second of another start.
  const onceKey = deviceAt === null ? null : `${address}/${deviceAt}/${JSON.stringify(status)}`;
  return [reading({ address, name: address, onceKey }, { ...read, deviceAt })];
}

/** Slots of a gateway change hands when a device is added anew, so the device's own address is better where it is told. */
function ownAddress(component: string, status: Json): string {
  const told = field(status, 'addr');
  return told === undefined ? component : macOf(told);
}

const MOVED_BY_HAND = new Set(['button', 'switch', 'input']);
// What stops a motor, starts the firmware, or gives no hint.
const NOBODY = new Set([
  'init',
  'limit_switch',
  'timeout',
  'obstruction',
  'overpower',
  'overvoltage',
  'overtemp',
  'safety_switch',
  '',
]);

/** A notice tells what changed: one of the power that is drawn has neither state nor position. */
function readCover(status: Json): Partial<Reading> {
  const state = field(status, 'state');
  const position = percentOf(field(status, 'current_pos'));
  const source = field(status, 'source');
  const by = typeof source === 'string' ? source.toLowerCase() : '';
  return {
    // Fully so, by Shelly's document; the position says it finer where the cover is calibrated.
    contact: position === null && (state === 'open' || state === 'closed') ? state : null,
    position,
    moving:
      typeof state !== 'string' || state === 'calibrating'
        ? null
        : state === 'opening' || state === 'closing',
    movedBy: NOBODY.has(by) ? null : MOVED_BY_HAND.has(by) ? 'person' : 'motor',
  };
}

const OPENINGS = new Set<unknown>([0x11, 0x1a, 0x1b, 0x2d]);

/**
 * One value of a Bluetooth device that the gateway listens to. Which one, is told by `obj_id` (the object ids of BTHome)
 * and else only in the gateway's configuration: then a truth value may be an opening, which by BTHome is true when open,
 * and whoever pairs that slot has seen that it is. A number is none: gateways tell binary objects as truth values and battery,
 * light and angle as numbers, so that 0 and 1 of an unknown slot are the first light of the morning.
 */
function readBthome(status: Json): Partial<Reading> | null {
  const value = field(status, 'value');
  const object = field(status, 'obj_id');
  // Heard again, and nothing else.
  if (value === undefined) return object === undefined || OPENINGS.has(object) ? {} : null;
  const flag = object === undefined ? (typeof value === 'boolean' ? value : null) : flagOf(value);
  if (object === undefined || OPENINGS.has(object))
    return flag === null ? null : { contact: flag ? 'open' : 'closed' };
  if (object === 0x01) return { battery: percentOf(value) };
  if (object === 0x15) return { batteryLow: flag };
  if (object === 0x2b) return { tamper: flag };
  return null;
}
