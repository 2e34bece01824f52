import type { DeviceFormat } from '#contracts/bridge/formats.ts';
import { type Decoder, type Frame, type Reading, Refused } from '../model.ts';
import { browanTbdw100 } from './browan-tbdw100.ts';
import { bthomeV2 } from './bthome-v2.ts';
import { draginoLds01 } from './dragino-lds01.ts';
import { draginoLds02 } from './dragino-lds02.ts';
import { draginoLds03a } from './dragino-lds03a.ts';
import { elsys } from './elsys.ts';
import { merryiotDw10 } from './merryiot-dw10.ts';
import { milesightEm300Mcs } from './milesight-em300-mcs.ts';
import { milesightWs301 } from './milesight-ws301.ts';
import { netvoxR311a } from './netvox-r311a.ts';
import { netvoxR718f } from './netvox-r718f.ts';
import { radioBridgeRbs301Dws } from './radio-bridge-rbs301-dws.ts';
import { sensativeStrips } from './sensative-strips.ts';

/** The formats whose bytes we read ourselves. */
export type DecodedFormat = Exclude<DeviceFormat, 'as_told' | 'codec'>;

export const DECODERS: Record<DecodedFormat, Decoder> = {
  milesight_ws301: milesightWs301,
  milesight_em300_mcs: milesightEm300Mcs,
  dragino_lds01: draginoLds01,
  dragino_lds02: draginoLds02,
  dragino_lds03a: draginoLds03a,
  browan_tbdw100: browanTbdw100,
  merryiot_dw10: merryiotDw10,
  netvox_r311a: netvoxR311a,
  netvox_r718f: netvoxR718f,
  radio_bridge_rbs301_dws: radioBridgeRbs301Dws,
  elsys,
  sensative_strips: sensativeStrips,
  bthome_v2: bthomeV2,
};
const FORMATS = Object.keys(DECODERS) as DecodedFormat[];

/**
 * Which device this may be, for whoever sets it up to confirm. A name that says so wins. Without one, the only format
 * that is bound to the frame's port and finds a curtain in it; without a port, BTHome, whose first byte tells it. Formats
 * that speak on any port (Elsys, Radio Bridge) are too short to be guessed by their bytes. Null rather than a wild guess.
 */
export function guessDeviceFormat(frame: Frame, model: string | null): DeviceFormat | null {
  const named = model === null ? [] : FORMATS.filter((format) => DECODERS[format].models.test(model));
  if (named.length > 0) return theOnly(named);
  const { fPort } = frame;
  const bound: DecodedFormat[] =
    fPort === null ? ['bthome_v2'] : FORMATS.filter((format) => DECODERS[format].fPorts.includes(fPort));
  return theOnly(bound.filter((format) => findsCurtain(DECODERS[format], frame)));
}

const theOnly = ([first, ...others]: DecodedFormat[]): DecodedFormat | null =>
  first !== undefined && others.length === 0 ? first : null;

function findsCurtain(decoder: Decoder, frame: Frame): boolean {
  let reading: Reading;
  try {
    reading = decoder.decode(frame);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
  return reading.contact !== null || reading.position !== null || reading.history.length > 0;
}
