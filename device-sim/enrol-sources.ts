import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import { type DeviceFormat, SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import { isPolarityTold } from '#store/bridge/load-settings.ts';
import { createSource } from '#store/bridge/source.ts';
import type { Db } from '#store/database.ts';

export type DeviceToEnrol = {
  source: SourceFormat;
  address: string;
  format: DeviceFormat;
  sensorId: string;
  motorCounts: boolean;
};

export type EnrolSourcesOptions = {
  /** The server's key, which secrets are sealed by. */
  key: Buffer;
  /** Of the operator's broker, which lets everybody in. */
  url: string;
  /** How the operator has described the JSON of their own hook. */
  mapping: Mapping;
};

/** A source of the register, and what pushes to it are let in by. */
export type EnrolledSource = { id: string; secret: string };

/**
 * Adds one source for each format that the devices come by, as an office does, and pairs each device with its sensor
 * before anybody has heard of it; where it cannot be known which value means open, somebody has tried it.
 * @returns the sources by their format
 */
export async function enrolSources(
  db: Db,
  devices: readonly DeviceToEnrol[],
  { key, url, mapping }: EnrolSourcesOptions,
  now: Temporal.Instant,
): Promise<Map<SourceFormat, EnrolledSource>> {
  const at = new Date(now.epochMilliseconds);
  const { id: communityId } = await db.selectFrom('community').select('id').executeTakeFirstOrThrow();
  const sources = new Map<SourceFormat, EnrolledSource>();
  for (const format of new Set(devices.map(({ source }) => source))) {
    const draft = {
      ...{ communityId, name: format, format },
      ...(SOURCE_FORMATS[format].kind === 'mqtt' ? { url } : {}),
      ...(format === 'json_hook' ? { mapping } : {}),
    };
    const made = await createSource(db, key, draft, { kind: 'cli' }, now);
    if (!made.ok) throw new Error(`The register refused the source ${format}: ${made.reason}`);
    sources.set(format, { id: made.value.id, secret: made.value.secret ?? '' });
  }
  const rows = devices.map(({ source, address, format, sensorId, motorCounts }) => ({
    ...{ id: randomUUID(), source_id: sources.get(source)!.id, address, format },
    ...{ sensor_id: sensorId, motor_counts: motorCounts, first_seen_at: at, last_seen_at: at },
  }));
  await db.insertInto('device').values(rows).execute();
  const tested = devices.filter(({ source, format }) => !isPolarityTold(source, format));
  if (tested.length === 0) return sources;
  await db
    .updateTable('sensor')
    .set({ polarity_tested_at: at })
    .where(
      'id',
      'in',
      tested.map(({ sensorId }) => sensorId),
    )
    .execute();
  return sources;
}
