import { Refused, type Said, type SourceReader, type Uplink } from '../model.ts';
import { isCommonName, readCommonNames } from './common-names.ts';
import { field, isObject, type Json, type JsonObject, parseJson, readObject, readText } from './read-json.ts';
import { frame, gather, presence, reading } from './said.ts';
import { addressOf, clockOf, nameOf } from './scalars.ts';
import { sourceTextOf } from './source-text.ts';

/** The MD5 of a text's UTF-8, in base64; handed in, for formats are pure. */
export type Md5Base64 = (text: string) => string;

/**
 * OneNET (中国移动), pushed by HTTP (its documents, "HTTP推送开发指南"): `msg` is one message or an array, or the JSON
 * text of that. Type 1 is a value of a data stream, type 2 says whether the device is there, type 7 answers a command.
 * Check the sender by `verifyOneNet` first.
 */
export const onenet: SourceReader = {
  debounceMs: 0,
  read({ payload }): Said {
    const body = readObject(payload);
    if (field(body, 'enc_msg') !== undefined) throw new Refused('encrypted');
    const told = field(body, 'msg');
    const msg = typeof told === 'string' ? parseJson(told) : told;
    if (typeof msg !== 'object') throw new Refused('field_missing');
    return gather(isObject(msg) ? [msg] : msg, readMessage);
  },
};

function readMessage(message: Json): Uplink[] {
  if (!isObject(message)) throw new Refused('not_an_object');
  const type = field(message, 'type');
  if (type !== 1 && type !== 2) return [];
  const address = addressOf(field(message, 'dev_id'));
  // Some SDKs write the time as text.
  const told = field(message, 'at');
  const networkAt = clockOf(typeof told === 'string' && /^\d{13}$/.test(told) ? Number(told) : told);
  const about = { address, name: nameOf(field(message, 'dev_name')), networkAt };
  if (type === 2) {
    const status = field(message, 'status');
    if (status !== 0 && status !== 1) throw new Refused('bad_value');
    return [presence(about, status === 1)];
  }
  return [readValue(about, message)];
}

function readValue(
  device: { address: string; name: string | null; networkAt: number | null },
  message: JsonObject,
): Uplink {
  const stream = addressOf(field(message, 'ds_id'));
  const value = field(message, 'value');
  if (value === undefined) throw new Refused('field_missing');
  const onceKey =
    device.networkAt === null
      ? null
      : `${device.address}/${device.networkAt}/${stream}/${JSON.stringify(value)}`;
  const about = { ...device, onceKey };
  // A device's own bytes are put into a stream as hexadecimal text.
  if (typeof value === 'string' && !isCommonName(stream) && /^(?:[0-9A-Fa-f]{2}){2,512}$/.test(value))
    return frame(about, hexOf(value), null);
  return reading(about, readCommonNames(isObject(value) ? value : { [stream]: value }));
}

const hexOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** What OneNET's GET must be answered with when the address is set up; null where it asks nothing. */
export function challengeOf(query: { msg?: unknown }): string | null {
  return typeof query.msg === 'string' && /^[\x21-\x7e]{1,256}$/.test(query.msg) ? query.msg : null;
}

/**
 * Whether a push is OneNET's: `msg_signature` is the base64 of the MD5 of token, nonce and `msg` one after another, as
 * its SDK computes it. `msg` counts as it stands in the body, or as a serialiser without spaces would write it.
 *
 * @throws Refused where the body is none of OneNET's
 */
export function verifyOneNet(payload: Uint8Array, token: string, md5Base64: Md5Base64): boolean {
  const body = readObject(payload);
  const told = field(body, 'msg');
  const nonce = field(body, 'nonce');
  const signature = field(body, 'msg_signature');
  if (told === undefined || typeof nonce !== 'string' || typeof signature !== 'string')
    throw new Refused('field_missing');
  const texts =
    typeof told === 'string' ? [told] : [sourceTextOf(readText(payload), 'msg'), JSON.stringify(told)];
  return texts.some((text) => text !== undefined && isSame(md5Base64(token + nonce + text), signature));
}

/** Compares in a time that does not tell how much of it was right. */
function isSame(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1)
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}
