import { sql } from 'kysely';
import { UNTOLD_POLARITY, UNTOLD_SOURCES } from '#contracts/bridge/formats.ts';
import type { Db } from '../database.ts';
import { openSecret } from './seal.ts';
import type { BridgeSettings, CodecSetting } from './setting.ts';

/**
 * All that the bridge needs: sources in use, their devices, codecs. A device is paired while its sensor is in use.
 * @throws where a source's secret was sealed by another key
 */
export async function loadBridgeSettings(db: Db, key: Buffer): Promise<BridgeSettings> {
  const sources = await db
    .selectFrom('source')
    .select(['id', 'community_id as communityId', 'name', 'kind', 'format', 'url', 'username', 'secret'])
    .select(['topics', 'ca', 'mapping', 'announces'])
    .where('enabled', '=', true)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
  const devices = await db
    .selectFrom('device as d')
    .innerJoin('source as o', 'o.id', 'd.source_id')
    .leftJoin('sensor as s', (join) => join.onRef('s.id', '=', 'd.sensor_id').on('s.retired_at', 'is', null))
    .select(['d.id', 'd.source_id as sourceId', 'd.address', 'd.format', 'd.codec_id as codecId'])
    .select(['s.id as sensorId', 's.household_id as householdId', 's.polarity_tested_at as testedAt'])
    .select('d.debounce_ms as debounceMs')
    .select(['d.open_percent as openPercent', 'd.closed_percent as closedPercent'])
    .select(['d.motor_counts as motorCounts', 'o.format as sourceFormat'])
    .where('o.enabled', '=', true)
    .where('o.removed_at', 'is', null)
    .where('d.ignored_at', 'is', null)
    .orderBy('d.id')
    .execute();
  const codecs = await sql<CodecSetting>`
    select id, code, sha256, mapping from codec where removed_at is null order by id`.execute(db);
  return {
    sources: sources.map(({ secret, ...source }) => ({
      ...source,
      secret: secret && openSecret(key, secret),
    })),
    devices: devices.map(({ testedAt, sourceFormat, ...device }) => ({
      ...device,
      polarityKnown: isPolarityTold(sourceFormat, device.format) || testedAt !== null,
    })),
    codecs: codecs.rows,
  };
}

/**
 * Whether documents say which value of a device means open: those of its own format or, where the source tells all
 * itself, those of the source.
 */
export const isPolarityTold = (source: string, format: string | null): boolean =>
  format === null || format === 'as_told'
    ? !UNTOLD_SOURCES.some((untold) => untold === source)
    : !UNTOLD_POLARITY.some((untold) => untold === format);
