import { type Decoder, type Frame, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { isLow } from './battery.ts';
import { ByteReader, contactOf, demandLength } from './bytes.ts';
import { deviceTimeOf } from './device-clock.ts';
import { portOf } from './ports.ts';

const LIVE = 2;
const LOG = 3;
const SETTINGS = 4;
const STATUS = 5;
const PORTS = [LIVE, LOG, SETTINGS, STATUS] as const;

const RECORD_BYTES = 11;
/** From firmware 1.2 a second door may follow; the pact watches the first. */
const LIVE_BYTES_OF_TWO_DOORS = 18;
const MODEL = 0x0a;

/**
 * Dragino LDS03A, a door sensor for outdoors with a clock and a log; big-endian. A record is flags (bit 0 open, bit 1
 * open for too long, bit 2 sent by the clock), openings (3), minutes of the last opening (3), UTC seconds (4).
 *
 * The log keeps what was sent by the clock as well: it says how things stood, not only when they changed. The counters
 * in it are older than the device's, so they are left out.
 *
 * Source: dragino/dragino-end-node-decoder, LDS03A/LDS03A_Decoder.txt and LDS03A decoder V1.2.2.txt.
 */
export const draginoLds03a: Decoder = {
  fPorts: PORTS,
  models: /(?<![a-z0-9])lds03a(?!\d)/i,
  decode(frame) {
    const port = portOf(frame, PORTS);
    if (port === LIVE) return live(frame);
    if (port === LOG) return log(frame);
    if (port === SETTINGS) return settings(frame);
    return status(frame);
  },
};

function live({ bytes }: Frame): Reading {
  if (bytes.length !== LIVE_BYTES_OF_TWO_DOORS) demandLength(bytes, RECORD_BYTES);
  const { contact, openings, deviceAt } = record(new ByteReader(bytes));
  return { ...NOTHING_READ, contact, openings, deviceAt };
}

function log({ bytes }: Frame): Reading {
  const reader = new ByteReader(bytes);
  const history: Reading['history'][number][] = [];
  do {
    const { contact, deviceAt } = record(reader);
    if (deviceAt !== null) history.push({ at: deviceAt, contact });
  } while (reader.left > 0);
  return { ...NOTHING_READ, history };
}

function record(reader: ByteReader) {
  const contact = contactOf((reader.u8() & 1) === 1);
  const openings = reader.be(3);
  reader.skip(3);
  return { contact, openings, deviceAt: deviceTimeOf(reader.be(4)) };
}

/** 7 bytes, from firmware 1.2 on 11. */
function settings({ bytes }: Frame): Reading {
  if (bytes.length !== RECORD_BYTES) demandLength(bytes, 7);
  return NOTHING_READ;
}

/** Model, firmware (2), frequency band, sub band, millivolts (2). */
function status({ bytes }: Frame): Reading {
  demandLength(bytes, 7);
  const reader = new ByteReader(bytes);
  if (reader.u8() !== MODEL) throw new Refused('unknown_field');
  const major = reader.u8() & 0x0f;
  const minor = reader.u8();
  reader.skip(2);
  return {
    ...NOTHING_READ,
    firmware: `${major}.${minor >> 4}.${minor & 0x0f}`,
    batteryLow: isLow(reader.be(2) / 1000, 'li_socl2'),
  };
}
