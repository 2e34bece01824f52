import { type Decoder, NOTHING_READ } from '../model.ts';
import { isLow } from './battery.ts';
import { ByteReader, contactOf, demandLength } from './bytes.ts';
import { portOf } from './ports.ts';

const STATUS = 100;
/** How it is set up, told in answer to a downlink, and what it is made of, told at its start. */
const PORTS = [STATUS, 204, 222] as const;

/**
 * Browan (Tabs) TBDW100, 8 bytes, little-endian: status (bit 0 open), battery, board temperature, minutes since the last
 * event (2), events since it started (3). An event is an opening or a closing; the counter falls when it restarts. With
 * no event yet the minutes are those since its start and say nothing of the contact.
 *
 * Sources: Browan TBDW100 reference manual, 4.1.2; browanofficial/Sensor-Decoder, tabs_sensor/
 * Decoder_tabssensor_forTTN_v4.1.txt; TheThingsNetwork/lorawan-devices, vendor/browan/tbdw100.js.
 */
export const browanTbdw100: Decoder = {
  fPorts: PORTS,
  models: /(?<![a-z0-9])tbdw100(?!\d)/i,
  decode(frame) {
    if (portOf(frame, PORTS) !== STATUS) return NOTHING_READ;
    demandLength(frame.bytes, 8);
    const reader = new ByteReader(frame.bytes);
    const status = reader.u8();
    const volts = (25 + (reader.u8() & 0x0f)) / 10;
    reader.skip(1);
    const minutes = reader.le(2);
    const events = reader.le(3);
    return {
      ...NOTHING_READ,
      contact: contactOf((status & 1) === 1),
      events,
      minutesSince: events === 0 ? null : minutes,
      batteryLow: isLow(volts, 'li_socl2'),
    };
  },
};
