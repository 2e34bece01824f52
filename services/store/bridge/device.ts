import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { DeviceCard, DevicePatch, DeviceView } from '#contracts/http/register/device.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce, announceBridge } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { given } from '../register/records.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { lastReports, listReports } from './device-report.ts';
import { isPolarityTold } from './load-settings.ts';

const selectDevices = (db: Db | Tx) =>
  db
    .selectFrom('device as d')
    .innerJoin('source as o', 'o.id', 'd.source_id')
    .leftJoin('sensor as s', (join) => join.onRef('s.id', '=', 'd.sensor_id').on('s.retired_at', 'is', null))
    .leftJoin('household as h', 'h.id', 's.household_id')
    .select(['d.id', 'o.community_id as communityId', 'd.source_id as sourceId', 'd.address', 'd.name'])
    .select('o.format as sourceFormat')
    .select(['d.format', 'd.guess', 'd.codec_id as codecId', 's.id as sensorId', 'h.id as householdId'])
    .select(['h.code', 'h.salutation', 'h.building', 'h.unit', 'h.room'])
    .select(['s.polarity_tested_at as testedAt', 'd.debounce_ms as debounceMs'])
    .select(['d.open_percent as openPercent', 'd.closed_percent as closedPercent'])
    .select([
      'd.motor_counts as motorCounts',
      'd.first_seen_at as firstSeenAt',
      'd.last_seen_at as lastSeenAt',
    ])
    .select([
      'd.messages',
      'd.refused',
      'd.last_refusal as lastRefusal',
      'd.last_refused_at as lastRefusedAt',
    ])
    .select(['d.missed', 'd.restarts', 'd.ignored_at as ignoredAt'])
    .where('o.removed_at', 'is', null);

export type DeviceRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['executeTakeFirstOrThrow']>>;

const viewOf = ({ testedAt, sourceFormat, ...row }: DeviceRow, last: DeviceView['last']): DeviceView => ({
  ...row,
  polarity: isPolarityTold(sourceFormat, row.format) ? 'told' : testedAt ? 'tested' : 'untested',
  firstSeenAt: iso(row.firstSeenAt),
  lastSeenAt: iso(row.lastSeenAt),
  lastRefusedAt: isoOrNull(row.lastRefusedAt),
  ignoredAt: isoOrNull(row.ignoredAt),
  last,
});

/** Those that nobody has paired first, the newest of them at the top; those of no interest last. */
export async function listDevices(
  db: Db,
  page: { communityId?: string | undefined; sourceId?: string | undefined; limit: number; offset: number },
): Promise<{ items: DeviceView[]; total: number }> {
  let query = selectDevices(db);
  if (page.communityId) query = query.where('o.community_id', '=', page.communityId);
  if (page.sourceId) query = query.where('d.source_id', '=', page.sourceId);
  const total = await countOf(query);
  const rows = await query
    .orderBy(sql`d.ignored_at is not null`)
    .orderBy(sql`s.id is not null`)
    .orderBy(sql`case when s.id is null then d.first_seen_at end desc`)
    .orderBy('h.code')
    .orderBy('d.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const last = await lastReports(
    db,
    rows.map(({ id }) => id),
  );
  return { items: rows.map((row) => viewOf(row, last.get(row.id) ?? null)), total };
}

/** One device with its last messages. */
export async function findDevice(db: Db, id: string): Promise<DeviceCard | undefined> {
  const row = await selectDevices(db).where('d.id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const reports = await listReports(db, id);
  return { ...viewOf(row, reports[0] ?? null), reports };
}

/** The device of a source in use, for a change of it. */
export async function lockDevice(tx: Tx, id: string): Promise<DeviceRow | undefined> {
  await sql`select from device where id = ${id} for update`.execute(tx);
  return selectDevices(tx).where('d.id', '=', id).executeTakeFirst();
}

/** Says how a device is to be read and what counts, or that it is of no interest; what is not given stays. */
export async function changeDevice(
  db: Db,
  id: string,
  patch: DevicePatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<DeviceCard>> {
  return db.transaction().execute(async (tx) => {
    const old = await lockDevice(tx, id);
    if (!old) return refuse('not_found');
    const { ignored, debounceMs, motorCounts } = patch;
    const format = patch.format === undefined ? old.format : patch.format;
    const codecId = format === 'codec' ? (patch.codecId === undefined ? old.codecId : patch.codecId) : null;
    if (format === 'codec' && !codecId) return refuse('codec_needed');
    if (codecId && !(await isCodecOf(tx, codecId, old.communityId))) return refuse('unknown_codec');
    const { openPercent = old.openPercent, closedPercent = old.closedPercent } = patch;
    if (closedPercent >= openPercent) return refuse('percents_crossed');
    await tx
      .updateTable('device')
      .set({
        ...{ format, codec_id: codecId, open_percent: openPercent, closed_percent: closedPercent },
        ...given({ debounce_ms: debounceMs, motor_counts: motorCounts }),
        ...(ignored === undefined ? {} : { ignored_at: ignored ? toDate(now) : null }),
      })
      .where('id', '=', id)
      .execute();
    if (format !== old.format || codecId !== old.codecId) await distrustPolarity(tx, old.sensorId);
    await tellDevice(tx, old.communityId, by, ignored ? 'device.ignore' : 'device.change', id, now);
    return saved((await findDevice(tx, id))!);
  });
}

/** What was found out of which value means open was found out by the former format. */
export const distrustPolarity = (tx: Tx, sensorId: string | null) =>
  sql`update sensor set polarity_tested_at = null where id = ${sensorId}`.execute(tx);

async function isCodecOf(tx: Tx, id: string, communityId: string): Promise<boolean> {
  const { rows } = await sql`
    select from codec where id = ${id} and community_id = ${communityId} and removed_at is null`.execute(tx);
  return rows.length > 0;
}

/** Tells the bridge and the boards of a change of a device, and writes down who made it. */
export async function tellDevice(
  tx: Tx,
  communityId: string,
  by: Author,
  action: string,
  id: string,
  now: Temporal.Instant,
): Promise<void> {
  await announceBridge(tx);
  await announce(tx, { communityId, householdIds: [] });
  await recordAudit(tx, { actor: by, action, subjectKind: 'device', subjectId: id }, now);
}
