import type { Said, SourceReader } from '../model.ts';
import { field, readObject, readText } from './read-json.ts';
import { gatewayIs, isOnline, NOTHING_SAID, reading, saying } from './said.ts';
import { booleanOf, macOf, nameOf, namesOf, percentOf, rssiOf } from './scalars.ts';

/**
 * OpenMQTTGateway and Theengs Gateway (their documents, and the Theengs decoder's devices). `open` is the sensor;
 * `cont` says of which kind the decoder is and never changes. What has no model is a stranger's phone or headphones and
 * is not even noted. Advertisements repeat the state for as long as the sensor lives.
 */
export const openmqttgateway: SourceReader = {
  debounceMs: 1_000,
  read({ topic, payload }): Said {
    if (payload.length === 0) return NOTHING_SAID;
    if (/^[^/]+\/[^/]+\/LWT$/.test(topic)) return gatewayIs(isOnline(readText(payload)));
    const match = /^[^/]+\/[^/]+\/BTtoMQTT\/([^/]+)$/.exec(topic);
    if (!match) return NOTHING_SAID;
    const heard = readObject(payload);
    if (field(heard, 'model_id') === undefined) return NOTHING_SAID;
    const open = booleanOf(field(heard, 'open'));
    const about = {
      address: macOf(match[1]),
      name: nameOf(field(heard, 'name')),
      model: namesOf(field(heard, 'brand'), field(heard, 'model'), field(heard, 'model_id')),
      rssi: rssiOf(field(heard, 'rssi')),
    };
    return saying(
      reading(about, {
        contact: open === null ? null : open ? 'open' : 'closed',
        battery: percentOf(field(heard, 'batt')),
        tamper: booleanOf(field(heard, 'tamper')),
      }),
    );
  },
};
