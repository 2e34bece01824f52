import { randomUUID } from 'node:crypto';
import type { SourceFormat } from '#contracts/bridge/formats.ts';
import { SOURCE_FORMATS } from '#contracts/bridge/formats.ts';
import type { Db } from '../../database.ts';
import type { Sighting } from '../setting.ts';

/** A source as the office has added it. @returns its id */
export async function addSource(
  db: Db,
  communityId: string,
  name: string,
  format: SourceFormat = 'zigbee2mqtt',
): Promise<string> {
  const id = randomUUID();
  const { kind } = SOURCE_FORMATS[format];
  await db
    .insertInto('source')
    .values({ id, community_id: communityId, name, kind, format, created_at: new Date() })
    .execute();
  return id;
}

/** A closed contact that a source has told of at an instant, with what the test is about. */
export const sightingOf = (
  sourceId: string,
  address: string,
  at: string,
  more: Partial<Sighting> = {},
): Sighting => ({
  ...{ sourceId, address, name: null, guess: null, receivedAt: Date.parse(at), networkAt: null },
  ...{ deviceAt: null, topic: `zigbee2mqtt/${address}`, retained: false, fPort: null, refusal: null },
  payload: Buffer.from('{"contact":true}'),
  reading: { contact: 'closed', position: null, battery: null },
  ...{ became: 'unpaired', missed: 0, restarted: false, direction: null },
  ...more,
});
