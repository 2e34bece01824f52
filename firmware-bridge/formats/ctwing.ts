import { Refused, type Said, type SourceReader, type Uplink } from '../model.ts';
import { readCommonNames } from './common-names.ts';
import { field, isObject, type Json, objectField, readJson } from './read-json.ts';
import { frame, gather, reading } from './said.ts';
import { addressOf, bytesOf, clockOf, nameOf } from './scalars.ts';

/**
 * CTWing (天翼物联, AEP), pushed by HTTP (its documents, "消息推送"). Only `dataReport` says anything of a curtain: the
 * device's bytes in `APPdata`, or the fields of its object model. Serial numbers are −1 in practice, so a message is
 * known again by device, time and payload.
 */
export const ctwing: SourceReader = {
  debounceMs: 0,
  read({ payload }): Said {
    const body = readJson(payload);
    return gather(isObject(body) ? [body] : body, readMessage);
  },
};

function readMessage(message: Json): Uplink[] {
  if (!isObject(message)) throw new Refused('not_an_object');
  if (field(message, 'messageType') !== 'dataReport') return [];
  const payload = objectField(message, 'payload');
  if (!payload) throw new Refused('field_missing');

  const address = addressOf(field(message, 'deviceId') ?? field(message, 'IMEI'));
  const timestamp = clockOf(field(message, 'timestamp'));
  const about = {
    address,
    model: nameOf(field(message, 'deviceType')),
    networkAt: timestamp,
    onceKey: timestamp === null ? null : `${address}/${timestamp}/${JSON.stringify(payload)}`,
  };
  const bytes = field(payload, 'APPdata');
  if (bytes !== undefined) return [frame(about, bytesOf(bytes), null)];
  return [reading(about, readCommonNames(objectField(payload, 'serviceData') ?? payload))];
}
