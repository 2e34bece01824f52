import { parseRfc3339 } from '#contracts/mqtt/rfc3339.ts';
import { Refused } from '../model.ts';
import type { Json } from './read-json.ts';

const MOST_ADDRESS = 128;
const MOST_NAME = 128;
/** 1 January 2010: no clock that is set says less, and no device has run for 40 years. Epoch milliseconds. */
const LEAST_CLOCK = 1_262_304_000_000;
/** 1 January 2100. */
const MOST_CLOCK = 4_102_444_800_000;

/** Without it a message is about nobody. @throws Refused `field_missing`, or `bad_value` where it cannot be an address */
export function addressOf(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') throw new Refused('field_missing');
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text.length > MOST_ADDRESS || !isPlain(text))
    throw new Refused('bad_value');
  return text;
}

/** A DevEUI as we spell it: 16 hexadecimal digits in capitals. @throws Refused */
export function devEuiOf(value: Json | undefined): string {
  const text = addressOf(value).replaceAll(/[-:]/g, '').toUpperCase();
  if (!/^[0-9A-F]{16}$/.test(text)) throw new Refused('bad_value');
  return text;
}

/** A MAC as we spell it: 12 hexadecimal digits in capitals. @throws Refused */
export function macOf(value: Json | undefined): string {
  const text = addressOf(value).replaceAll(/[-:]/g, '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(text)) throw new Refused('bad_value');
  return text;
}

/** A name that people gave; null where there is none that can be shown. */
export const nameOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' && value.length <= MOST_NAME && isPlain(value) ? value : null;

/** The parts that there are, as one name. */
export const namesOf = (...values: (Json | undefined)[]): string | null =>
  nameOf(
    values
      .map(nameOf)
      .filter((name) => name !== null)
      .join(' '),
  );

// What is beside the contact is left out where it is out of range: a bad battery must not lose a good contact.

export const numberOf = (value: Json | undefined, least: number, most: number): number | null =>
  typeof value === 'number' && value >= least && value <= most ? value : null;

export function percentOf(value: Json | undefined): number | null {
  const percent = numberOf(value, 0, 100);
  return percent === null ? null : Math.round(percent);
}

export function rssiOf(value: Json | undefined): number | null {
  const rssi = numberOf(value, -200, 50);
  return rssi === null ? null : Math.round(rssi);
}

/** The strongest of what several gateways heard. */
export function bestRssi(values: readonly (Json | undefined)[]): number | null {
  const heard = values.map(rssiOf).filter((rssi) => rssi !== null);
  return heard.length === 0 ? null : Math.max(...heard);
}

export const booleanOf = (value: Json | undefined): boolean | null =>
  typeof value === 'boolean' ? value : null;

/** As `booleanOf`, where 1 and 0 will do. */
export const flagOf = (value: Json | undefined): boolean | null =>
  value === 1 ? true : value === 0 ? false : booleanOf(value);

export const countOf = (value: Json | undefined): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;

/** Epoch milliseconds of a clock that is set; null for an uptime, and for no time at all. */
export const clockOf = (milliseconds: Json | undefined): number | null => {
  const instant = numberOf(milliseconds, LEAST_CLOCK, MOST_CLOCK);
  return instant === null ? null : Math.round(instant);
};

/** Epoch milliseconds of an RFC 3339 text; null where it is none. */
export const instantOf = (value: Json | undefined): number | null =>
  typeof value === 'string' ? (parseRfc3339(value) ?? null) : null;

/** The bytes of base64. @throws Refused `bad_value` */
export function bytesOf(value: Json | undefined): Uint8Array {
  if (typeof value !== 'string') throw new Refused('bad_value');
  try {
    return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  } catch {
    throw new Refused('bad_value');
  }
}

/** Neither control characters nor half of a pair: PostgreSQL's text holds no NUL, and a card shows no escape. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);
