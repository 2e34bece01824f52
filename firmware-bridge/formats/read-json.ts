import { Refused } from '../model.ts';

/** What a source's broker or push may hand over at most; more is no report of a sensor. Bytes. */
const MOST_BYTES = 64 * 1_024;
const MOST_DEPTH = 12;

export type JsonObject = { readonly [key: string]: Json };
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/**
 * The object or array of a payload. What is inside is somebody else's: read it by `field`, which sees no inherited
 * property.
 *
 * @throws Refused `too_large` (64 KB), `not_utf8`, `too_deep` (12 levels), `not_json` or `not_an_object`
 */
export function readJson(payload: Uint8Array): JsonObject | readonly Json[] {
  return parseJson(readText(payload));
}

/** As `readJson`, where an array is not taken. */
export function readObject(payload: Uint8Array): JsonObject {
  const json = readJson(payload);
  if (!isObject(json)) throw new Refused('not_an_object');
  return json;
}

/** @throws Refused `too_large` or `not_utf8` */
export function readText(payload: Uint8Array): string {
  if (payload.length > MOST_BYTES) throw new Refused('too_large');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    throw new Refused('not_utf8');
  }
}

/** @throws Refused `too_deep`, `not_json` or `not_an_object` */
export function parseJson(text: string): JsonObject | readonly Json[] {
  if (isTooDeep(text)) throw new Refused('too_deep');
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refused('not_json');
  }
  if (typeof json !== 'object' || json === null) throw new Refused('not_an_object');
  return json;
}

/** An own property of an object; undefined where there is none, where it is null, and where there is no object. */
export function field(of: Json | undefined, key: string): Exclude<Json, null> | undefined {
  return isObject(of) && Object.hasOwn(of, key) ? (of[key] ?? undefined) : undefined;
}

/** As `field`, where only an object will do. */
export function objectField(of: Json | undefined, key: string): JsonObject | undefined {
  const value = field(of, key);
  return isObject(value) ? value : undefined;
}

/** As `field`, where only an array will do: none is an empty one. */
export function listField(of: Json | undefined, key: string): readonly Json[] {
  const value = field(of, key);
  return Array.isArray(value) ? value : [];
}

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Counts brackets outside strings, before a parser sees them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inText) {
      if (character === '\\') index += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MOST_DEPTH) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
