import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import { type DeviceFormat, SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import type { Db } from '#store/database.ts';

export type DeviceToEnrol = {
  source: SourceFormat;
  address: string;
  format: DeviceFormat;
  sensorId: string;
  motorCounts: boolean;
};

/**
 * Writes one source for each format that the devices come by, and pairs each device with its sensor, as an office does
 * on the board. The operator's broker lets everybody in.
 */
export async function enrolSources(
  db: Db,
  devices: readonly DeviceToEnrol[],
  { url }: { url: string },
  now: Temporal.Instant,
): Promise<void> {
  const at = new Date(now.epochMilliseconds);
  const { id: communityId } = await db.selectFrom('community').select('id').executeTakeFirstOrThrow();
  const formats = [...new Set(devices.map(({ source }) => source))];
  const sources = formats.map((format) => {
    const { kind } = SOURCE_FORMATS[format];
    return {
      ...{ id: randomUUID(), community_id: communityId, name: format, kind, format, created_at: at },
      url: kind === 'mqtt' ? url : null,
    };
  });
  await db.insertInto('source').values(sources).execute();
  const rows = devices.map(({ source, address, format, sensorId, motorCounts }) => ({
    ...{ id: randomUUID(), source_id: sources.find((one) => one.format === source)!.id, address, format },
    ...{ sensor_id: sensorId, motor_counts: motorCounts, first_seen_at: at, last_seen_at: at },
  }));
  await db.insertInto('device').values(rows).execute();
}
