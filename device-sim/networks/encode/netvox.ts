import { type DeviceFrame, frame } from './frame.ts';

export type R311aSays = { isOn: boolean; volts: number; isLow?: boolean };

const [VERSION, R311A, STATUS] = [0x01, 0x02, 0x01];

/** Netvox R311A: eleven bytes on port 6, the last six unused. Whether "on" is open its document does not say. */
export const encodeR311a = ({ isOn, volts, isLow = false }: R311aSays): DeviceFrame =>
  frame(
    6,
    ...[VERSION, R311A, STATUS],
    Math.round(volts * 10) | (isLow ? 0x80 : 0),
    isOn ? 1 : 0,
    ...[0, 0, 0, 0, 0, 0],
  );
