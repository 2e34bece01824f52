import type { Said, SourceReader } from '../model.ts';
import { field, type JsonObject, listField, objectField, readObject } from './read-json.ts';
import { frame, NOTHING_SAID, reading, saying } from './said.ts';
import { bestRssi, bytesOf, countOf, devEuiOf, instantOf, nameOf, numberOf, percentOf } from './scalars.ts';

const TOPIC = /^(?:.+\/)?application\/[^/]+\/device\/([^/]+)\/event\/(up|status)$/;

/**
 * ChirpStack v4, by its MQTT integration with JSON (ChirpStack's documents, "Integrations: Event types"; the JSON is
 * that of Protocol Buffers, which leaves out fields that are 0, false or empty). The device's own decoded `object` is
 * not used: what a frame means is our decoder's business.
 */
export const chirpstack: SourceReader = {
  debounceMs: 0,
  read({ topic, payload }): Said {
    const match = TOPIC.exec(topic);
    if (!match) return NOTHING_SAID;
    const event = readObject(payload);
    const about = aboutDevice(event, match[1]);
    return saying(match[2] === 'up' ? readUp(about, event) : readStatus(about, event));
  },
};

function aboutDevice(event: JsonObject, devEui: string | undefined) {
  const info = objectField(event, 'deviceInfo');
  return {
    address: devEuiOf(field(info, 'devEui') ?? devEui),
    name: nameOf(field(info, 'deviceName')),
    model: nameOf(field(info, 'deviceProfileName')),
    onceKey: nameOf(field(event, 'deduplicationId')),
    networkAt: instantOf(field(event, 'time')),
  };
}

function readUp(device: ReturnType<typeof aboutDevice>, event: JsonObject) {
  const about = {
    ...device,
    // Left out where it is 0: the first uplink after a join.
    frameCounter: countOf(field(event, 'fCnt') ?? 0),
    rssi: bestRssi(listField(event, 'rxInfo').map((gateway) => field(gateway, 'rssi'))),
  };
  const data = field(event, 'data');
  // An uplink may carry answers to the network alone; the device was heard all the same.
  if (data === undefined || data === '') return reading(about, {});
  return frame(about, bytesOf(data), numberOf(field(event, 'fPort'), 0, 255));
}

/** The answer to the network's own question (DevStatusAns). A device on mains, or that cannot measure, tells no level. */
function readStatus(device: ReturnType<typeof aboutDevice>, event: JsonObject) {
  const untold =
    field(event, 'externalPowerSource') === true || field(event, 'batteryLevelUnavailable') === true;
  return reading(device, { battery: untold ? null : percentOf(field(event, 'batteryLevel')) });
}
