import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { isBrokerUrl, isInTheOpen } from '#contracts/bridge/broker-url.ts';
import { SOURCE_FORMATS } from '#contracts/bridge/formats.ts';
import type { SourceDraft, SourcePatch, SourceView } from '#contracts/http/register/source.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce, announceBridge } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockRegister } from '../register/community.ts';
import { given } from '../register/records.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { sealSecret } from './seal.ts';

/** How a source stands in the register; where it pushes to is the API's to know. */
export type StoredSource = Omit<SourceView, 'pushUrl'>;

const countDevices = (condition: string) =>
  sql<number>`(select count(*)::int from device d left join sensor s on s.id = d.sensor_id and s.retired_at is null
    where d.source_id = source.id and ${sql.raw(condition)})`;

/** Without its secret, which is written and never read out again. */
const selectSources = (db: Db | Tx) =>
  db
    .selectFrom('source')
    .select(['id', 'community_id as communityId', 'name', 'kind', 'format', 'url', 'username', 'topics'])
    .select(['mapping', 'announces', 'enabled', 'created_at as createdAt', 'state', 'state_at as stateAt'])
    .select([
      'problem',
      'last_message_at as lastMessageAt',
      'refused',
      'last_refusal as lastRefusal',
      'looks_like as looksLike',
    ])
    .select(({ eb }) => [eb('secret', 'is not', null).as('hasSecret'), eb('ca', 'is not', null).as('hasCa')])
    .select(countDevices('s.id is not null').as('paired'))
    .select(countDevices('s.id is null and d.ignored_at is null').as('unknown'))
    .where('removed_at', 'is', null);

type Row = Awaited<ReturnType<ReturnType<typeof selectSources>['executeTakeFirstOrThrow']>>;
const viewOf = ({ hasSecret, hasCa, ...row }: Row): StoredSource => ({
  ...row,
  hasSecret: Boolean(hasSecret),
  hasCa: Boolean(hasCa),
  isInTheOpen: row.url !== null && isInTheOpen(row.url),
  createdAt: iso(row.createdAt),
  stateAt: isoOrNull(row.stateAt),
  lastMessageAt: isoOrNull(row.lastMessageAt),
});

export async function findSource(db: Db, id: string): Promise<StoredSource | undefined> {
  const row = await selectSources(db).where('id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

/** By name. */
export async function listSources(
  db: Db,
  page: { communityId?: string | undefined; limit: number; offset: number },
): Promise<{ items: StoredSource[]; total: number }> {
  let query = selectSources(db);
  if (page.communityId) query = query.where('community_id', '=', page.communityId);
  const total = await countOf(query);
  const rows = await query.orderBy('name').orderBy('id').limit(page.limit).offset(page.offset).execute();
  return { items: rows.map(viewOf), total };
}

/** A new source. What pushes to us is given a secret where it brings none. @returns that secret, once */
export async function createSource(
  db: Db,
  key: Buffer,
  draft: SourceDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string; secret: string | null }>> {
  const { communityId, name, format } = draft;
  const { kind } = SOURCE_FORMATS[format];
  const made = kind === 'push' && !draft.secret ? createPushSecret() : null;
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    if (kind === 'mqtt' && !(draft.url && isBrokerUrl(draft.url))) return refuse('url_needed');
    const community = await tx
      .selectFrom('community')
      .select('id')
      .where('id', '=', communityId)
      .executeTakeFirst();
    if (!community) return refuse('not_found');
    if (await isNameTaken(tx, communityId, name)) return refuse('name_taken');
    const id = randomUUID();
    await tx
      .insertInto('source')
      .values({
        ...{ id, community_id: communityId, name, kind, format, created_at: toDate(now) },
        ...columnsOf(key, { ...draft, secret: made ?? draft.secret ?? null }),
        ...(kind === 'mqtt' ? {} : { url: null }),
      })
      .execute();
    await tell(tx, communityId, by, 'source.create', id, now);
    return saved({ id, secret: made });
  });
}

/** Changes a source, or turns it off and on; what is not given stays as it is. */
export async function changeSource(
  db: Db,
  key: Buffer,
  id: string,
  patch: SourcePatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<StoredSource>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectSources(tx).where('id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    const { name, url } = patch;
    if (url !== undefined && (old.kind !== 'mqtt' || !isBrokerUrl(url))) return refuse('url_needed');
    // A secret that nobody may read must not be sent to another host either.
    if (url && old.hasSecret && patch.secret === undefined && hostOf(url) !== hostOf(old.url))
      return refuse('secret_needed');
    if (name && (await isNameTaken(tx, old.communityId, name, id))) return refuse('name_taken');
    // What the bridge said of it holds no longer; the new settings are to be tried first.
    const untried = { state: 'waiting' as const, state_at: null, problem: null };
    await tx
      .updateTable('source')
      .set({ ...columnsOf(key, patch), ...untried })
      .where('id', '=', id)
      .execute();
    if (name && name !== old.name) await renameGateway(tx, id, old.name, name);
    await tell(tx, old.communityId, by, 'source.change', id, now);
    return saved(viewOf(await selectSources(tx).where('id', '=', id).executeTakeFirstOrThrow()));
  });
}

/** A new secret for what pushes to us; the old one stops at once. @returns it, once */
export async function renewSourceSecret(
  db: Db,
  key: Buffer,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<string>> {
  return db.transaction().execute(async (tx) => {
    const old = await selectSources(tx).where('id', '=', id).where('kind', '=', 'push').executeTakeFirst();
    if (!old) return refuse('not_found');
    const secret = createPushSecret();
    await tx
      .updateTable('source')
      .set({ secret: sealSecret(key, secret) })
      .where('id', '=', id)
      .execute();
    await tell(tx, old.communityId, by, 'source.renew', id, now);
    return saved(secret);
  });
}

/**
 * Takes a source away. Its devices and their pairing stay for as long as nobody has brought it back: their homes are
 * not seen meanwhile, and are told as silent.
 */
export async function removeSource(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectSources(tx).where('id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    await tx
      .updateTable('source')
      .set({ removed_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await tell(tx, old.communityId, by, 'source.remove', id, now);
    return saved(undefined);
  });
}

/** The community of a source that was removed, for asking whether somebody may bring it back. */
export const findRemovedSource = (db: Db, id: string): Promise<{ communityId: string } | undefined> =>
  db
    .selectFrom('source')
    .select('community_id as communityId')
    .where('id', '=', id)
    .where('removed_at', 'is not', null)
    .executeTakeFirst();

/** Brings a source back as it was. */
export async function restoreSource(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<StoredSource>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await tx
      .selectFrom('source')
      .select(['community_id as communityId', 'name'])
      .where('id', '=', id)
      .where('removed_at', 'is not', null)
      .executeTakeFirst();
    if (!old) return refuse('not_removed');
    if (await isNameTaken(tx, old.communityId, old.name)) return refuse('name_taken');
    await tx.updateTable('source').set({ removed_at: null }).where('id', '=', id).execute();
    await tell(tx, old.communityId, by, 'source.restore', id, now);
    return saved(viewOf(await selectSources(tx).where('id', '=', id).executeTakeFirstOrThrow()));
  });
}

/** 32 letters and digits: what the consoles of carriers have room for. */
const createPushSecret = (): string => randomBytes(16).toString('hex');

const hostOf = (url: string | null): string | undefined => URL.parse(url ?? '')?.host;

function columnsOf(
  key: Buffer,
  { name, url, username, secret, topics, ca, announces, ...more }: SourcePatch,
) {
  const { mapping, enabled } = more;
  return given({
    ...{ name, url, username, topics, ca, announces, enabled },
    secret: typeof secret === 'string' ? sealSecret(key, secret) : secret,
    mapping: mapping ? JSON.stringify(mapping) : mapping,
  });
}

/** Its sensors go by its name as their gateway, as far as nobody has said another. */
const renameGateway = (tx: Tx, id: string, former: string, name: string) =>
  sql`
    update sensor s set gateway = ${name} from device d
    where d.source_id = ${id} and d.sensor_id = s.id and s.retired_at is null and s.gateway = ${former}`.execute(
    tx,
  );

async function isNameTaken(tx: Tx, communityId: string, name: string, except?: string): Promise<boolean> {
  const other = await selectSources(tx)
    .where('community_id', '=', communityId)
    .where('name', '=', name)
    .executeTakeFirst();
  return other !== undefined && other.id !== except;
}

async function tell(
  tx: Tx,
  communityId: string,
  by: Author,
  action: string,
  id: string,
  now: Temporal.Instant,
) {
  await announceBridge(tx);
  await announce(tx, { communityId, householdIds: [] });
  await recordAudit(tx, { actor: by, action, subjectKind: 'source', subjectId: id }, now);
}
