import type { Decoder } from '../model.ts';
import { LDS0X_PORTS, readLds0x } from './dragino-lds0x.ts';

/** Dragino LDS02, a door sensor on two AAA cells. */
export const draginoLds02: Decoder = {
  fPorts: LDS0X_PORTS,
  models: /(?<![a-z0-9])lds02(?!\d)/i,
  decode: (frame) => readLds0x(frame, 'two_alkaline'),
};
