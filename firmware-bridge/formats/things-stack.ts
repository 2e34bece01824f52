import { Refused, type Said, type SourceReader } from '../model.ts';
import { field, listField, objectField, readObject } from './read-json.ts';
import { frame, NOTHING_SAID, reading, saying } from './said.ts';
import {
  addressOf,
  bestRssi,
  bytesOf,
  countOf,
  devEuiOf,
  instantOf,
  nameOf,
  namesOf,
  numberOf,
} from './scalars.ts';

// Open source builds leave out the tenant.
const TOPIC = /^v3\/[^/@]+(?:@[^/]+)?\/devices\/[^/]+\/up$/;

/**
 * The Things Stack v3 (The Things Industries' documents, "Data formats" and "MQTT"). Fields that are empty, 0 or false
 * are left out. The inner `received_at` is that of the network server; the outer one is of the server that passes it on.
 */
export const thingsStack: SourceReader = {
  debounceMs: 0,
  read({ topic, payload }): Said {
    if (!TOPIC.test(topic)) return NOTHING_SAID;
    const message = readObject(payload);
    // What the console makes up when somebody tries a decoder.
    if (field(message, 'simulated') === true) throw new Refused('simulated');
    const uplink = objectField(message, 'uplink_message');
    if (!uplink) throw new Refused('field_missing');

    const ids = objectField(message, 'end_device_ids');
    const devEui = field(ids, 'dev_eui');
    const address = devEui === undefined ? addressOf(field(ids, 'device_id')) : devEuiOf(devEui);
    const frameCounter = countOf(field(uplink, 'f_cnt') ?? 0);
    const session = nameOf(field(uplink, 'session_key_id'));
    const versions = objectField(uplink, 'version_ids');
    const about = {
      address,
      name: nameOf(field(ids, 'device_id')),
      model: namesOf(field(versions, 'brand_id'), field(versions, 'model_id')),
      // Without its session a counter begins anew at every join.
      onceKey: session === null ? null : `${address}/${session}/${frameCounter}`,
      frameCounter,
      networkAt: instantOf(field(uplink, 'received_at')) ?? instantOf(field(message, 'received_at')),
      rssi: bestRssi(listField(uplink, 'rx_metadata').map((gateway) => field(gateway, 'rssi'))),
    };
    const data = field(uplink, 'frm_payload');
    if (data === undefined || data === '') return saying(reading(about, {}));
    return saying(frame(about, bytesOf(data), numberOf(field(uplink, 'f_port'), 0, 255)));
  },
};
