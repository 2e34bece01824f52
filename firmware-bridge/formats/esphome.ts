import { type Reading, Refused, type Said, type SourceReader } from '../model.ts';
import { field, parseJson, readText } from './read-json.ts';
import { isOnline, NOTHING_SAID, presence, reading, saying } from './said.ts';
import { addressOf, percentOf } from './scalars.ts';

/** Entities of these ids are what the node is there for. */
const ITSELF = new Set(['contact', 'curtain']);

/**
 * ESPHome by MQTT (its documents, "MQTT Client Component"; mqtt_cover.cpp). The node's topic prefix is its address, and
 * that of its entities `contact` and `curtain`; any other entity follows after a colon, so that a motion sensor on the
 * same board is never taken for the curtain. The node's last will is at `status`. Publishes are kept by default, so every
 * connection replays them: the arrival's retain flag says so. By the device classes door, window and opening, ON is open.
 */
export const esphome: SourceReader = {
  debounceMs: 1_000,
  read({ topic, payload }): Said {
    if (topic.startsWith('homeassistant/') || payload.length === 0) return NOTHING_SAID;
    const entity = /^(.+)\/(binary_sensor|cover)\/([^/]+)(\/position)?\/state$/.exec(topic);
    if (entity) {
      const [, node = '', kind, id = ''] = entity;
      const address = addressOf(ITSELF.has(id) ? node : `${node}:${id}`);
      const text = readText(payload).trim();
      const isCover = kind === 'cover';
      const read = entity[4]
        ? isCover
          ? readPosition(text)
          : null
        : isCover
          ? readCover(text)
          : readBinary(text);
      return read ? saying(reading({ address, name: address }, read)) : NOTHING_SAID;
    }
    const node = /^(.+)\/status$/.exec(topic)?.[1];
    if (node === undefined) return NOTHING_SAID;
    return saying(presence({ address: addressOf(node), name: node }, isOnline(readText(payload))));
  },
};

/** @throws Refused where it is neither ON nor OFF */
function readBinary(text: string): Partial<Reading> {
  if (text !== 'ON' && text !== 'OFF') throw new Refused('bad_value');
  return { contact: text === 'ON' ? 'open' : 'closed' };
}

/**
 * A word, or since 2026 JSON that has the position beside it. A cover that tells its position is `open` from 1 % on; what
 * is open enough is asked of the position alone. So only `closed` and the moves are taken from the word.
 */
function readCover(text: string): Partial<Reading> {
  if (!text.startsWith('{')) return readWord(text);
  const state = parseJson(text);
  return { ...readWord(String(field(state, 'state'))), position: percentOf(field(state, 'position')) };
}

/** @throws Refused where it is none of ESPHome's words */
function readWord(word: string): Partial<Reading> {
  switch (word.toLowerCase()) {
    case 'opening':
    case 'closing':
      return { moving: true };
    case 'open':
      return { moving: false };
    case 'closed':
      return { contact: 'closed', moving: false };
    case 'unknown':
      return {};
    default:
      throw new Refused('bad_value');
  }
}

/** @throws Refused where it is no percentage */
function readPosition(text: string): Partial<Reading> {
  const position = /^\d+(?:\.\d+)?$/.test(text) ? percentOf(Number(text)) : null;
  if (position === null) throw new Refused('bad_value');
  return { position };
}
