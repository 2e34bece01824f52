import { type Frame, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { ByteReader, contactOf, percentOf, yesOrNo } from './bytes.ts';
import { deviceTimeOf } from './device-clock.ts';
import { portOf } from './ports.ts';

/** What a channel and its type hold; a number is the length of a value that says nothing of a curtain. */
type Holds = 'battery' | 'contact' | 'tamper' | 'history' | 'firmware' | number;
/** Keyed by `channel * 256 + type`. */
export type Channels = Readonly<Record<number, Holds>>;

export const MILESIGHT_PORTS = [85] as const;

/** What every Milesight device tells of itself when it joins. */
export const MILESIGHT_SELF: Channels = {
  // Protocol, hardware, firmware, object model, class, reset, switched on.
  65281: 1,
  65289: 2,
  65290: 'firmware',
  65535: 2,
  65295: 1,
  65534: 1,
  65291: 1,
};

/** The answers to downlinks come on both channels 0xFE and 0xFF. */
export const milesightAnswers = (lengths: Readonly<Record<number, number>>): Channels =>
  Object.fromEntries(
    Object.entries(lengths).flatMap(([type, length]) => [
      [0xfe00 + Number(type), length],
      [0xff00 + Number(type), length],
    ]),
  );

/**
 * Reads Milesight's chain of channel, type and value. A channel that is not in the table has an unknown length, so that
 * nothing behind it could be trusted: the frame is refused. Where a channel comes twice the later word stands, as in the
 * maker's own decoder.
 *
 * @throws Refused
 */
export function readMilesight(frame: Frame, channels: Channels): Reading {
  portOf(frame, MILESIGHT_PORTS);
  const reader = new ByteReader(frame.bytes);
  const reading = { ...NOTHING_READ };
  const history: Reading['history'][number][] = [];
  do {
    const holds = channels[reader.be(2)];
    if (holds === undefined) throw new Refused('unknown_field');
    if (holds === 'battery') reading.battery = percentOf(reader.u8());
    else if (holds === 'contact') reading.contact = contactOf(yesOrNo(reader.u8()));
    else if (holds === 'tamper') reading.tamper = yesOrNo(reader.u8());
    else if (holds === 'history') history.push(...historyRecord(reader));
    else if (holds === 'firmware')
      reading.firmware = `${reader.u8().toString(16)}.${reader.u8().toString(16)}`;
    else reader.skip(holds);
  } while (reader.left > 0);
  return { ...reading, history };
}

/** Time, temperature (2), humidity (1), magnet; none where the clock was never set. */
function historyRecord(reader: ByteReader): Reading['history'] {
  const at = deviceTimeOf(reader.le(4));
  reader.skip(3);
  const contact = contactOf(yesOrNo(reader.u8()));
  return at === null ? [] : [{ at, contact }];
}
