import { isSensorId } from '#contracts/mqtt/topics.ts';
import type { Said, SourceReader } from '../model.ts';
import { esphome } from './esphome.ts';
import { gather, NOTHING_SAID } from './said.ts';
import { addressOf } from './scalars.ts';
import { shelly } from './shelly.ts';
import { tasmota } from './tasmota.ts';

/** Stands for the sensor while a maker's reader reads, so that no id can be taken for a part of a topic. */
const NODE = 'x';

const MAKERS: readonly { has: RegExp; reader: SourceReader }[] = [
  // FullTopic `pact/v1/{sensorId}/%prefix%/`.
  { has: /^(?:tele|stat)\/[^/]+$/, reader: tasmota },
  // Topic prefix `pact/v1/{sensorId}`.
  { has: /^(?:online|events\/rpc)$/, reader: shelly },
  { has: /^(?:status$|binary_sensor\/|cover\/)/, reader: esphome },
];

/**
 * Devices of Tasmota, Shelly and ESPHome that sign in to our own broker as a sensor and speak their maker's format under
 * `pact/v1/{sensorId}/…`. The address is the sensor's id for Tasmota's first switch, Shelly's `cover:0` and ESPHome's
 * entities `contact` and `curtain`; everything else of the device follows after a colon, so that a button or a second
 * door is never taken for the curtain. Nothing in a payload can speak for another sensor.
 */
export const makerAtBroker: SourceReader = {
  debounceMs: 1_000,
  read(arrival): Said {
    const match = /^pact\/v1\/([^/]+)\/(.+)$/.exec(arrival.topic);
    const [, sensorId = '', rest = ''] = match ?? [];
    const maker = MAKERS.find(({ has }) => has.test(rest));
    if (!maker || !isSensorId(sensorId)) return NOTHING_SAID;
    const said = maker.reader.read({ ...arrival, topic: `${NODE}/${rest}` });
    const own = gather(said.uplinks, (uplink) => [
      { ...uplink, address: addressOf(sensorId + uplink.address.slice(NODE.length)), name: null },
    ]);
    return { ...said, uplinks: own.uplinks, refusals: [...said.refusals, ...own.refusals] };
  },
};
