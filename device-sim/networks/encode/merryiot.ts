import { type DeviceFrame, frame, u16le, u24le } from './frame.ts';

export type Dw10Says = {
  isOpen: boolean;
  isButton?: boolean;
  isTampered?: boolean;
  isTilted?: boolean;
  volts: number;
  celsius: number;
  humidity: number;
  /** Minutes since the door last moved. */
  minutesSince: number;
  /** How often it has moved since the device started. */
  events: number;
};

/** MerryIoT DW10: nine bytes on port 120. Its reference manual, § "Uplink". */
export function encodeDw10(says: Dw10Says): DeviceFrame {
  const status = [says.isOpen, says.isButton, says.isTampered, says.isTilted];
  return frame(
    120,
    status.reduce((bits, is, bit) => bits | (is ? 1 << bit : 0), 0),
    Math.round(says.volts * 10) - 21,
    Math.round(says.celsius) & 0xff,
    Math.round(says.humidity),
    ...u16le(says.minutesSince),
    ...u24le(says.events),
  );
}
