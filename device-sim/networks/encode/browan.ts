import { type DeviceFrame, frame, u16le, u24le } from './frame.ts';

export type Tbdw100Says = {
  isOpen: boolean;
  volts: number;
  celsius: number;
  /** Minutes since the door last moved. */
  minutesSince: number;
  /** How often its contact has been triggered since the device started. */
  events: number;
};

/** What the upper half of the battery's byte holds in the maker's sample; the reference manual reserves it. */
const RESERVED = 0xc0;

/** Browan TBDW100 (also sold as Tabs): eight bytes on port 100. Its reference manual, § "Payload". */
export function encodeTbdw100({ isOpen, volts, celsius, minutesSince, events }: Tbdw100Says): DeviceFrame {
  return frame(
    100,
    isOpen ? 1 : 0,
    RESERVED | (Math.round(volts * 10) - 25),
    (Math.round(celsius) + 32) & 0x7f,
    ...u16le(minutesSince),
    ...u24le(events),
  );
}
