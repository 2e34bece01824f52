import type { Decoder } from '../model.ts';
import { LDS0X_PORTS, readLds0x } from './dragino-lds0x.ts';

/** Dragino LDS01, a door sensor on a coin cell. */
export const draginoLds01: Decoder = {
  fPorts: LDS0X_PORTS,
  models: /(?<![a-z0-9])lds01(?!\d)/i,
  decode: (frame) => readLds0x(frame, 'li_coin'),
};
