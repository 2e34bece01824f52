import type { Vector } from '../vectors.ts';

/** allthingstalk/device-types ELSYS/EMS/Door; lorawan-devices vendor/elsys/ems-door-codec.yaml and ems-codec.yaml. */
export const ELSYS: Vector[] = [
  {
    means: 'AllThingsTalk: acceleration, 3.599 V, 2036 pulses, digital 1',
    hex: '03013FFA 070E0F 0B000007F4 0D01 0F00',
    fPort: 5,
    says: { batteryLow: false, events: 2_036, contact: 'closed' },
  },
  { means: 'AllThingsTalk: a change alone', hex: '0D00', fPort: 5, says: { contact: 'open' } },
  {
    means: 'lorawan-devices: EMS Door without its input',
    hex: '03012705 0A1101 0B000A0011',
    fPort: 1,
    says: { events: 655_377 },
  },
  {
    means: 'lorawan-devices: EMS without its input',
    hex: '0100E2 0229 03012705 0A1101 1211 0A2111',
    fPort: 1,
    says: {},
  },
  { means: 'an empty battery', hex: '070BB8 0D00', fPort: 5, says: { contact: 'open', batteryLow: true } },
];
