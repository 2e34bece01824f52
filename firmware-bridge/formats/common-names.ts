import { type Reading, Refused } from '../model.ts';
import type { Json, JsonObject } from './read-json.ts';
import { percentOf } from './scalars.ts';

// Carriers let every maker name the fields of its object model. These are the names in use; `_`, `-` and capitals aside.
// `contact` is not among them: with some it is true when open, with others when closed.
const CONTACT = new Set([
  'door',
  'dooropen',
  'doorstate',
  'doorstatus',
  'doorcontactstate',
  'doorsensorstate',
  'doorsensorstatus',
  'window',
  'windowopen',
  'windowstate',
  'windowstatus',
  'magnetstate',
  'magnetstatus',
  'magneticstate',
  'magneticstatus',
  'open',
  'opened',
  'isopen',
  'openstate',
  'openstatus',
]);
const POSITION = new Set(['position', 'curtainposition', 'curtainpercent']);
const BATTERY = new Set([
  'batteryvalue',
  'battery',
  'batt',
  'batterylevel',
  'batterypercent',
  'batterypercentage',
  'electricquantity',
]);
const BATTERY_LOW = new Set(['batterylow', 'lowbattery', 'batteryalarm']);
const TAMPER = new Set(['tamper', 'tampered', 'tamperstate', 'tamperstatus', 'tamperalarm']);

const YES = new Set<Json>([true, 1, '1', 'true', 'open', 'opened', 'on', '开', '打开', '开启']);
const NO = new Set<Json>([false, 0, '0', 'false', 'close', 'closed', 'off', '关', '关闭']);

/**
 * A reading of an object model that nobody has described to us, by the names that makers commonly give; the likelier
 * sense of a contact is that 1 is open.
 *
 * @throws Refused `unknown_field` where no name is known, `bad_value` where two contacts of one message disagree
 */
export function readCommonNames(values: JsonObject): Partial<Reading> {
  const read: { -readonly [Key in keyof Reading]?: Reading[Key] } = {};
  let known = false;
  for (const [key, value] of Object.entries(values)) {
    const name = plainName(key);
    if (CONTACT.has(name)) {
      const open = yesNo(value);
      const contact = open === null ? null : open ? 'open' : 'closed';
      if (contact && read.contact && contact !== read.contact) throw new Refused('bad_value');
      read.contact = contact ?? read.contact ?? null;
    } else if (POSITION.has(name)) read.position = percentOf(numberIn(value));
    else if (BATTERY.has(name)) read.battery = percentOf(numberIn(value));
    else if (BATTERY_LOW.has(name)) read.batteryLow = yesNo(value);
    else if (TAMPER.has(name)) read.tamper = yesNo(value);
    else continue;
    known = true;
  }
  if (!known) throw new Refused('unknown_field');
  return read;
}

/** Whether a name alone says what its value is. */
export const isCommonName = (name: string): boolean =>
  [CONTACT, POSITION, BATTERY, BATTERY_LOW, TAMPER].some((names) => names.has(plainName(name)));

const plainName = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase();

function yesNo(value: Json): boolean | null {
  const plain = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return YES.has(plain) ? true : NO.has(plain) ? false : null;
}

const numberIn = (value: Json): Json =>
  typeof value === 'string' && /^\d{1,3}(?:\.\d+)?$/.test(value) ? Number(value) : value;
