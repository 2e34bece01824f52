import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { CodecDraft, CodecFile, CodecView } from '#contracts/http/register/codec.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceBridge } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { iso, isoOrNull } from '../today/iso.ts';

const selectCodecs = (db: Db | Tx) =>
  db
    .selectFrom('codec as k')
    .select(['k.id', 'k.community_id as communityId', 'k.name', 'k.sha256', 'k.mapping'])
    .select(['k.created_at as createdAt', 'k.stopped_at as stoppedAt', 'k.stopped_for as stoppedFor'])
    .select([
      sql<number>`k.stopped_count::int`.as('stoppedCount'),
      sql<number>`octet_length(k.code)`.as('bytes'),
      sql<number>`(select count(*) from device d join source o on o.id = d.source_id
        where d.codec_id = k.id and d.ignored_at is null and o.removed_at is null)::int`.as('devices'),
    ])
    .where('k.removed_at', 'is', null);

type Row = Awaited<ReturnType<ReturnType<typeof selectCodecs>['executeTakeFirstOrThrow']>>;
const viewOf = (row: Row): CodecView => ({
  ...row,
  createdAt: iso(row.createdAt),
  stoppedAt: isoOrNull(row.stoppedAt),
});

export async function listCodecs(
  db: Db,
  page: { communityId?: string | undefined; limit: number; offset: number },
): Promise<{ items: CodecView[]; total: number }> {
  let query = selectCodecs(db);
  if (page.communityId) query = query.where('k.community_id', '=', page.communityId);
  const total = await countOf(query);
  const rows = await query.orderBy('k.name').orderBy('k.id').limit(page.limit).offset(page.offset).execute();
  return { items: rows.map(viewOf), total };
}

/** A codec with its code. */
export async function findCodec(db: Db, id: string): Promise<CodecFile | undefined> {
  const row = await selectCodecs(db).select('k.code').where('k.id', '=', id).executeTakeFirst();
  return row && { ...viewOf(row), code: row.code };
}

/**
 * Keeps a codec, pinned by the hash of its code. Another one of the same name is replaced: this is a new codec, and the
 * devices that the former one read are read by it from now on.
 */
export async function createCodec(
  db: Db,
  draft: CodecDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  const { communityId, name, code, mapping } = draft;
  return db.transaction().execute(async (tx) => {
    // Two who replace the same codec at once come one after the other.
    const community = await sql`select from community where id = ${communityId} for update`.execute(tx);
    if (community.rows.length === 0) return refuse('not_found');
    const former = await tx
      .updateTable('codec')
      .set({ removed_at: toDate(now) })
      .where('community_id', '=', communityId)
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    const id = randomUUID();
    await tx
      .insertInto('codec')
      .values({
        ...{ id, community_id: communityId, name, code, mapping: JSON.stringify(mapping) },
        ...{ sha256: createHash('sha256').update(code).digest('hex'), created_at: toDate(now) },
      })
      .execute();
    if (former) await sql`update device set codec_id = ${id} where codec_id = ${former.id}`.execute(tx);
    await announceBridge(tx);
    await audit(tx, by, 'codec.create', id, now);
    return saved({ id });
  });
}

/** Only once no device is read by it. */
export async function removeCodec(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await sql`select from codec where id = ${id} for update`.execute(tx);
    const old = await selectCodecs(tx).where('k.id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    if (old.devices > 0) return refuse('codec_in_use');
    await tx
      .updateTable('codec')
      .set({ removed_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await announceBridge(tx);
    await audit(tx, by, 'codec.remove', id, now);
    return saved(undefined);
  });
}

/** Notes that the bridge had to stop a codec, for its card. */
export async function noteCodecStop(
  db: Db,
  id: string,
  reason: Refusal,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('codec')
    .set({ stopped_at: toDate(now), stopped_for: reason, stopped_count: sql`stopped_count + 1` })
    .where('id', '=', id)
    .execute();
}

const audit = (tx: Tx, by: Author, action: string, id: string, now: Temporal.Instant) =>
  recordAudit(tx, { actor: by, action, subjectKind: 'codec', subjectId: id }, now);
