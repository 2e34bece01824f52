import { isUtf8 } from 'node:buffer';
import { parseRfc3339 } from './rfc3339.ts';

export const MESSAGE_TYPES = ['opened', 'closed', 'position', 'tamper', 'heartbeat'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What a sensor said. A field it left out, or sent as null, is null. */
export type SensorMessage = {
  type: MessageType;
  /** Epoch milliseconds by the device's clock, believable or not. */
  at: number | null;
  seq: number | null;
  /** Percent, 100 is fully open. */
  position: number | null;
  /** Percent. */
  battery: number | null;
  /** dBm. */
  rssi: number | null;
  firmware: string | null;
};

/** Why a payload could not be read. The names are stable: they stand on the sensor's card and in metrics. */
export const UNREADABLE = [
  'too_large',
  'not_utf8',
  'too_deep',
  'not_json',
  'not_an_object',
  'type_missing',
  'type_unknown',
  'at_invalid',
  'seq_invalid',
  'position_missing',
  'position_invalid',
  'battery_invalid',
  'rssi_invalid',
  'firmware_invalid',
  'status_unknown',
] as const;
export type Unreadable = (typeof UNREADABLE)[number];

export type Parsed<T> = { ok: true; message: T } | { ok: false; reason: Unreadable };

export const MOST_PAYLOAD_BYTES = 1_024;
const MOST_DEPTH = 4;
const MOST_FIRMWARE = 64;

/**
 * Reads the payload of an event. Never throws, whatever the bytes; unknown fields are ignored. Battery,
 * position and signal strength may come with decimals and are rounded; counters and times may not.
 */
export function parseSensorMessage(payload: Uint8Array): Parsed<SensorMessage> {
  const fields = parseObject(payload);
  if (typeof fields === 'string') return refuse(fields);

  const type = fields.type as MessageType;
  if (type === undefined || type === null) return refuse('type_missing');
  if (!MESSAGE_TYPES.includes(type)) return refuse('type_unknown');

  const at = readTime(fields.at);
  if (at === undefined) return refuse('at_invalid');
  const seq = fields.seq ?? null;
  if (seq !== null && !(Number.isSafeInteger(seq) && (seq as number) >= 0)) return refuse('seq_invalid');
  const position = readNumber(fields.position, 0, 100);
  if (position === undefined) return refuse('position_invalid');
  if (position === null && type === 'position') return refuse('position_missing');
  const battery = readNumber(fields.battery, 0, 100);
  if (battery === undefined) return refuse('battery_invalid');
  const rssi = readNumber(fields.rssi, -200, 50);
  if (rssi === undefined) return refuse('rssi_invalid');
  const firmware = readText(fields.firmware);
  if (firmware === undefined) return refuse('firmware_invalid');

  return { ok: true, message: { type, at, seq: seq as number | null, position, battery, rssi, firmware } };
}

/** Reads the payload of a status topic. */
export function parseStatus(payload: Uint8Array): Parsed<'online' | 'offline'> {
  if (payload.length <= 16) {
    const text = Buffer.from(payload).toString('latin1');
    if (text === 'online' || text === 'offline') return { ok: true, message: text };
  }
  return refuse('status_unknown');
}

const refuse = (reason: Unreadable): { ok: false; reason: Unreadable } => ({ ok: false, reason });

function parseObject(payload: Uint8Array): Record<string, unknown> | Unreadable {
  if (payload.length > MOST_PAYLOAD_BYTES) return 'too_large';
  if (!isUtf8(payload)) return 'not_utf8';
  if (isTooDeep(payload)) return 'too_deep';
  try {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object';
    return value as Record<string, unknown>;
  } catch {
    return 'not_json';
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside strings, before a parser sees them. */
function isTooDeep(payload: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < payload.length; index += 1) {
    const byte = payload[index];
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MOST_DEPTH) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

// Each reader gives null for a field that is not there and undefined for one that cannot be used.

function readTime(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return parseRfc3339(value);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

function readNumber(value: unknown, least: number, most: number): number | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= least && value <= most)) return undefined;
  return Math.round(value);
}

function readText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  // PostgreSQL's text holds no NUL.
  if (typeof value !== 'string' || value.length > MOST_FIRMWARE || value.includes('\0')) return undefined;
  return value.isWellFormed() ? value : undefined;
}
