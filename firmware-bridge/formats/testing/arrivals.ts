import type { Arrival, Reading, Said, SourceReader, Uplink } from '../../model.ts';
import { Refused } from '../../model.ts';

/** 24 November 2026, 07:41:03 in China. */
export const RECEIVED_AT = Date.UTC(2026, 10, 23, 23, 41, 3);

/** A message as a source hands it over; anything that is no text and no bytes is sent as JSON. */
export function arrival(topic: string, payload: unknown, retained = false): Arrival {
  const bytes =
    payload instanceof Uint8Array
      ? payload
      : new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { topic, payload: bytes, retained, receivedAt: RECEIVED_AT };
}

/** The only uplink of a message. */
export function onlyUplink(said: Said): Uplink {
  const [uplink, ...others] = said.uplinks;
  if (!uplink || others.length > 0) throw new Error(`${said.uplinks.length} uplinks instead of one`);
  return uplink;
}

/** The reading of a message that is about one device. */
export function readingOf(said: Said): Reading {
  const uplink = onlyUplink(said);
  if (uplink.says !== 'reading') throw new Error(`a ${uplink.says} instead of a reading`);
  return uplink.reading;
}

/** Why a reader does not take a message; null where it does. */
export function refusalOf(reader: SourceReader, message: Arrival): string | null {
  try {
    reader.read(message);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}
