import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DECODERS } from '#bridge/decoders/registry.ts';
import type { Reading } from '#bridge/model.ts';
import { encodeTbdw100 } from './browan.ts';
import { encodeBthome } from './bthome.ts';
import { encodeLds02, encodeLds03a, encodeLds03aLog } from './dragino.ts';
import type { DeviceFrame } from './frame.ts';
import { encodeDw10 } from './merryiot.ts';
import { encodeEm300Mcs, encodeEm300McsHistory, encodeWs301 } from './milesight.ts';
import { encodeR311a } from './netvox.ts';

/** What a device can mean, over the whole range of each of its fields. */
const meant = fc.record({
  isOpen: fc.boolean(),
  battery: fc.integer({ min: 0, max: 100 }),
  volts: fc.integer({ min: 25, max: 36 }).map((tenths) => tenths / 10),
  celsius: fc.integer({ min: -32, max: 60 }),
  humidity: fc.integer({ min: 0, max: 100 }),
  openings: fc.nat(0xff_ffff),
  events: fc.integer({ min: 1, max: 0xff_ffff }),
  lastOpenMinutes: fc.nat(0xff_ffff),
  minutesSince: fc.nat(0xffff),
  isTampered: fc.boolean(),
  // Whole seconds of this century.
  at: fc.integer({ min: Date.UTC(2021, 0, 1) / 1_000, max: 0xffff_ffff }).map((seconds) => seconds * 1_000),
  packetId: fc.nat(0xff),
});
type Meant = typeof meant extends fc.Arbitrary<infer T> ? T : never;
type Pair = (says: Meant) => { frame: DeviceFrame; reading: Partial<Reading> };

const contactOf = ({ isOpen }: Meant) => ({ contact: isOpen ? ('open' as const) : ('closed' as const) });

const PAIRS: Partial<Record<keyof typeof DECODERS, readonly Pair[]>> = {
  milesight_ws301: [
    (says) => ({ frame: encodeWs301(says), reading: { ...contactOf(says), battery: says.battery } }),
  ],
  milesight_em300_mcs: [
    (says) => ({
      frame: encodeEm300Mcs({ ...says, climate: says }),
      reading: { ...contactOf(says), battery: says.battery, history: [] },
    }),
    (says) => ({
      frame: encodeEm300McsHistory([says, { ...says, isOpen: !says.isOpen }]),
      reading: {
        contact: null,
        history: [
          { at: says.at, ...contactOf(says) },
          { at: says.at, ...contactOf({ ...says, isOpen: !says.isOpen }) },
        ],
      },
    }),
  ],
  dragino_lds02: [
    (says) => ({ frame: encodeLds02(says), reading: { ...contactOf(says), openings: says.openings } }),
  ],
  dragino_lds03a: [
    (says) => ({
      frame: encodeLds03a(says),
      reading: { ...contactOf(says), openings: says.openings, deviceAt: says.at },
    }),
    (says) => ({
      frame: encodeLds03aLog([says, says]),
      reading: { contact: null, openings: null, history: Array(2).fill({ at: says.at, ...contactOf(says) }) },
    }),
  ],
  browan_tbdw100: [
    (says) => ({
      frame: encodeTbdw100(says),
      reading: { ...contactOf(says), events: says.events, minutesSince: says.minutesSince },
    }),
  ],
  merryiot_dw10: [
    (says) => ({
      frame: encodeDw10(says),
      reading: { ...contactOf(says), events: says.events, tamper: says.isTampered },
    }),
  ],
  netvox_r311a: [
    ({ isOpen, ...says }) => ({
      frame: encodeR311a({ ...says, isOn: isOpen, isLow: says.isTampered }),
      reading: { contact: isOpen ? 'open' : 'closed', batteryLow: says.isTampered },
    }),
  ],
  bthome_v2: [
    (says) => ({
      frame: {
        fPort: 0,
        bytes: encodeBthome({ ...says, window: says.isOpen }, { onlyOnTrigger: says.isTampered }),
      },
      reading: { ...contactOf(says), battery: says.battery },
    }),
  ],
};

test.each(Object.entries(PAIRS))('the bridge reads of %s what the device meant', (format, pairs) => {
  const decoder = DECODERS[format as keyof typeof DECODERS];
  fc.assert(
    fc.property(meant, (says) => {
      for (const pair of pairs) {
        const { frame, reading } = pair(says);
        expect(decoder.decode(frame)).toMatchObject(reading);
      }
    }),
    { numRuns: 200 },
  );
});
