import type { Decoder } from '../model.ts';
import { MILESIGHT_PORTS, MILESIGHT_SELF, milesightAnswers, readMilesight } from './milesight-channels.ts';

const CHANNELS = {
  ...milesightAnswers({
    2: 2,
    3: 2,
    6: 9,
    16: 1,
    39: 1,
    40: 1,
    104: 1,
    105: 1,
    106: 3,
    109: 1,
    121: 6,
    234: 3,
  }),
  ...MILESIGHT_SELF,
  65302: 8,
  373: 'battery',
  // Temperature, humidity.
  871: 2,
  1128: 1,
  1536: 'contact',
  8398: 'history',
} as const;

/**
 * Milesight EM300-MCS, a magnetic contact with temperature and humidity that sends again what it could not deliver
 * (`20 CE`). Its history holds a record for each report, so that it says how things stood and not only when they changed.
 * Source: Milesight-IoT/SensorDecoders, em-series/em300-mcs.
 */
export const milesightEm300Mcs: Decoder = {
  fPorts: MILESIGHT_PORTS,
  models: /em300[-_ ]?mcs/i,
  decode: (frame) => readMilesight(frame, CHANNELS),
};
