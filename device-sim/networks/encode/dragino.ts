import { bigEndian, type DeviceFrame, frame, u16le, u24le, u32le } from './frame.ts';

export type Lds02Says = {
  volts: number;
  isOpen: boolean;
  /** Since its battery was put in. */
  openings: number;
  /** Minutes that it stood open the last time. */
  lastOpenMinutes: number;
  /** It has stood open for longer than it was told to bear. */
  isAlarm?: boolean;
};

const MODE_DOOR = 1;

/** LDS02 (LDS01 is the same in another case): ten bytes, the door's bit above the battery. Its manual, § 2.3. */
export function encodeLds02(says: Lds02Says): DeviceFrame {
  const { volts, isOpen, openings, lastOpenMinutes, isAlarm = false } = says;
  const battery = Math.round(volts * 1_000) | (isOpen ? 0x8000 : 0);
  return frame(
    10,
    ...bigEndian(u16le(battery)),
    MODE_DOOR,
    ...bigEndian(u24le(openings)),
    ...bigEndian(u24le(lastOpenMinutes)),
    isAlarm ? 1 : 0,
  );
}

export type Lds03aSays = Omit<Lds02Says, 'volts'> & {
  /** Epoch milliseconds by its own clock, which the network sets; it counts seconds. */
  at: number;
  /** Sent because its interval ran out, not because the door moved. */
  isPeriodic?: boolean;
};

/** LDS03A as it happens: eleven bytes on port 2. Its decoder of version 1.2.2 in dragino-end-node-decoder. */
export const encodeLds03a = (says: Lds03aSays): DeviceFrame => frame(2, ...recordOf(says));

/** LDS03A's log, sent when somebody polls it or after the network was away: as many records on port 3. */
export const encodeLds03aLog = (records: readonly Lds03aSays[]): DeviceFrame =>
  frame(3, ...records.flatMap(recordOf));

function recordOf({ isOpen, isAlarm, isPeriodic, openings, lastOpenMinutes, at }: Lds03aSays): number[] {
  return [
    (isOpen ? 1 : 0) | (isAlarm ? 2 : 0) | (isPeriodic ? 4 : 0),
    ...bigEndian(u24le(openings)),
    ...bigEndian(u24le(lastOpenMinutes)),
    ...bigEndian(u32le(Math.floor(at / 1_000))),
  ];
}
