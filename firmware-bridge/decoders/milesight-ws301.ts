import type { Decoder } from '../model.ts';
import { MILESIGHT_PORTS, MILESIGHT_SELF, milesightAnswers, readMilesight } from './milesight-channels.ts';

const CHANNELS = {
  ...milesightAnswers({ 3: 2, 16: 1, 40: 1 }),
  ...MILESIGHT_SELF,
  65288: 6,
  373: 'battery',
  768: 'contact',
  1024: 'tamper',
} as const;

/**
 * Milesight WS301, a magnetic contact. `03 00`: 0 closed, 1 open; `04 00`: 0 on the wall, 1 taken off. It counts nothing
 * and has no clock. Source: Milesight-IoT/SensorDecoders, ws-series/ws301.
 */
export const milesightWs301: Decoder = {
  fPorts: MILESIGHT_PORTS,
  models: /(?<![a-z0-9])ws301(?!\d)/i,
  decode: (frame) => readMilesight(frame, CHANNELS),
};
