import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { SourceFormat } from '#contracts/bridge/formats.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { records } from '../register/records.ts';
import type { Sighting, SourceState } from './setting.ts';

/** Reports kept of each device: the newest, for whoever sets it up. */
export const MOST_REPORTS = 20;
/** Devices of a source that nobody has paired: a radio hears every beacon of the street. */
export const MOST_UNKNOWN = 1_000;
/** Where there is no room, an untouched device that was silent for so long makes room for a new one. */
const FORGET_HOURS = 24;
const MOST_BYTES = 2_048;

/**
 * Writes down what was seen of devices; new ones appear. Reports are bounded for each device, and unpaired devices
 * for each source: what does not fit is dropped and counted as refused. Boards are told of new devices; counts they
 * read while somebody looks.
 */
export async function noteSightings(
  db: Db,
  sightings: readonly Sighting[],
  now: Temporal.Instant,
): Promise<void> {
  if (sightings.length === 0) return;
  await db.transaction().execute(async (tx) => {
    const communities = await lockSources(tx, sightings);
    const noted = sightings.filter(({ sourceId }) => communities.has(sourceId));
    const addressed = lastOfEach(noted);
    const grown = await insertNew(tx, [...addressed.values()], now);
    await countDropped(tx, noted);
    await updateDevices(tx, noted);
    await insertReports(tx, noted);
    for (const communityId of new Set(grown.map((id) => communities.get(id)))) {
      if (communityId) await announce(tx, { communityId, householdIds: [] });
    }
  });
}

/** One bridge at a time counts the devices of a source. @returns the community of each source that is there */
async function lockSources(tx: Tx, sightings: readonly Sighting[]): Promise<Map<string, string>> {
  const ids = [...new Set(sightings.map(({ sourceId }) => sourceId))];
  const { rows } = await sql<{ id: string; communityId: string }>`
    select id, community_id as "communityId" from source
    where id = any (${ids}::uuid[]) and removed_at is null order by id for no key update`.execute(tx);
  return new Map(rows.map(({ id, communityId }) => [id, communityId]));
}

const lastOfEach = (sightings: readonly Sighting[]): Map<string, Sighting> =>
  new Map(sightings.map((sighting) => [`${sighting.sourceId} ${sighting.address}`, sighting]));

/** @returns the sources that have new devices */
async function insertNew(tx: Tx, seen: readonly Sighting[], now: Temporal.Instant): Promise<string[]> {
  const fresh = await findFresh(tx, seen);
  if (fresh.length === 0) return [];
  const sourceIds = [...new Set(fresh.map(({ sourceId }) => sourceId))];
  const room = await findRoom(tx, sourceIds);
  const crowded = sourceIds.filter(
    (id) => fresh.filter(({ sourceId }) => sourceId === id).length > (room.get(id) ?? 0),
  );
  if (crowded.length > 0) {
    await forgetSilent(tx, crowded, now);
    for (const [id, free] of await findRoom(tx, crowded)) room.set(id, free);
  }
  const fitting = fresh.filter(({ sourceId }) => {
    const free = room.get(sourceId) ?? 0;
    room.set(sourceId, free - 1);
    return free > 0;
  });
  const rows = fitting.map(({ sourceId, address, receivedAt }) => ({
    ...{ id: randomUUID(), sourceId, address, at: new Date(receivedAt) },
  }));
  await sql`
    insert into device (id, source_id, address, first_seen_at, last_seen_at, sensor_id, format)
    select u.id, u."sourceId", u.address, u.at, u.at, s.id, case when s.id is not null then 'as_told' end
    from ${records(rows, 'id uuid, "sourceId" uuid, address text, at timestamptz')}
    join source o on o.id = u."sourceId" left join ${signedIn}`.execute(tx);
  return [...new Set(fitting.map(({ sourceId }) => sourceId))];
}

/** A device at our own broker has signed in as the sensor that it is. */
const signedIn = sql`(
    select s.id, h.community_id from sensor s left join household h on h.id = s.household_id where s.retired_at is null
  ) s on o.kind = 'broker' and s.id = u.address and coalesce(s.community_id, o.community_id) = o.community_id`;

async function findFresh(tx: Tx, seen: readonly Sighting[]): Promise<Sighting[]> {
  const rows = seen.map(({ sourceId, address }, n) => ({ sourceId, address, n }));
  const { rows: fresh } = await sql<{ n: number }>`
    select u.n from ${records(rows, '"sourceId" uuid, address text, n integer')}
    where not exists (select from device d where d.source_id = u."sourceId" and d.address = u.address)
    order by u.n`.execute(tx);
  return fresh.flatMap(({ n }) => seen[n] ?? []);
}

const isUnpaired = sql`not exists (select from sensor s where s.id = d.sensor_id and s.retired_at is null)`;

async function findRoom(tx: Tx, sourceIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; unpaired: number }>`
    select i.id, (select count(*)::int from device d where d.source_id = i.id and ${isUnpaired}) as unpaired
    from unnest(${sourceIds}::uuid[]) as i(id)`.execute(tx);
  return new Map(rows.map(({ id, unpaired }) => [id, MOST_UNKNOWN - unpaired]));
}

/** What somebody has paired, set up or ignored is not forgotten. */
async function forgetSilent(tx: Tx, sourceIds: readonly string[], now: Temporal.Instant): Promise<void> {
  const silentSince = toDate(now.subtract({ hours: FORGET_HOURS }));
  const untouched = sql`
    select d.id from device d where d.source_id = any (${sourceIds}::uuid[]) and d.sensor_id is null
      and d.format is null and d.ignored_at is null and d.last_seen_at < ${silentSince}`;
  await sql`delete from device_report where device_id in (${untouched})`.execute(tx);
  await sql`delete from device where id in (${untouched})`.execute(tx);
}

async function countDropped(tx: Tx, noted: readonly Sighting[]): Promise<void> {
  const rows = noted.map(({ sourceId, address }) => ({ sourceId, address }));
  await sql`
    update source o set refused = o.refused + x.n, last_refusal = 'too_many_devices'
    from (select u."sourceId", count(*) as n from ${records(rows, '"sourceId" uuid, address text')}
      where not exists (select from device d where d.source_id = u."sourceId" and d.address = u.address)
      group by 1) x
    where o.id = x."sourceId"`.execute(tx);
}

async function updateDevices(tx: Tx, noted: readonly Sighting[]): Promise<void> {
  const rows = noted.map((sighting, n) => ({
    ...{ n, sourceId: sighting.sourceId, address: sighting.address, name: sighting.name },
    ...{ guess: sighting.guess, at: new Date(sighting.receivedAt), refusal: sighting.refusal },
    ...{ missed: sighting.missed, restarted: sighting.restarted, direction: sighting.direction },
  }));
  const last = (column: string) =>
    sql.raw(`(array_agg(u.${column} order by u.n desc) filter (where u.${column} is not null))[1]`);
  await sql`
    update device d set name = coalesce(x.name, d.name), guess = coalesce(x.guess, d.guess),
      told_direction = coalesce(x.direction, d.told_direction),
      first_seen_at = least(d.first_seen_at, x.first_at), last_seen_at = greatest(d.last_seen_at, x.last_at),
      messages = d.messages + x.messages, refused = d.refused + x.refused,
      last_refusal = coalesce(x.refusal, d.last_refusal), last_refused_at = greatest(d.last_refused_at, x.refused_at),
      missed = d.missed + x.missed, restarts = d.restarts + x.restarts
    from (
      select u."sourceId", u.address, ${last('name')} as name, ${last('guess')} as guess, ${last('refusal')} as refusal,
        ${last('direction')} as direction,
        min(u.at) as first_at, max(u.at) as last_at, count(*) as messages,
        count(u.refusal) as refused, max(u.at) filter (where u.refusal is not null) as refused_at,
        sum(u.missed) as missed, count(*) filter (where u.restarted) as restarts
      from ${records(rows, 'n integer, "sourceId" uuid, address text, name text, guess text, at timestamptz, refusal text, missed integer, restarted boolean, direction text')}
      group by 1, 2) x
    where d.source_id = x."sourceId" and d.address = x.address`.execute(tx);
}

async function insertReports(tx: Tx, noted: readonly Sighting[]): Promise<void> {
  const kept = [...Map.groupBy(noted, (one) => `${one.sourceId} ${one.address}`).values()].flatMap((those) =>
    those.slice(-MOST_REPORTS),
  );
  const at = (ms: number | null) => ms && new Date(ms);
  const rows = kept.map((sighting, n) => ({
    ...{ n, sourceId: sighting.sourceId, address: sighting.address, receivedAt: at(sighting.receivedAt) },
    ...{ networkAt: at(sighting.networkAt), deviceAt: at(sighting.deviceAt), topic: sighting.topic },
    ...{ retained: sighting.retained, fPort: sighting.fPort, refusal: sighting.refusal },
    payload: Buffer.from(sighting.payload.subarray(0, MOST_BYTES)).toString('hex'),
    ...{ contact: sighting.reading?.contact ?? null, position: sighting.reading?.position ?? null },
    ...{ battery: sighting.reading?.battery ?? null, became: sighting.became },
  }));
  const { rows: touched } = await sql<{ id: string }>`
    insert into device_report (device_id, received_at, network_at, device_at, topic, retained, payload, f_port,
      contact, position, battery, refusal, became)
    select d.id, u."receivedAt", u."networkAt", u."deviceAt", u.topic, u.retained, decode(u.payload, 'hex'), u."fPort",
      u.contact, round(u.position), round(u.battery), u.refusal, u.became
    from ${records(rows, 'n integer, "sourceId" uuid, address text, "receivedAt" timestamptz, "networkAt" timestamptz, "deviceAt" timestamptz, topic text, retained boolean, payload text, "fPort" integer, contact text, position numeric, battery numeric, refusal text, became text')}
    join device d on d.source_id = u."sourceId" and d.address = u.address
    order by u.n returning device_id as id`.execute(tx);
  const deviceIds = [...new Set(touched.map(({ id }) => id))];
  await sql`
    delete from device_report r using unnest(${deviceIds}::uuid[]) as i(id)
    where r.device_id = i.id and r.id <= (
      select o.id from device_report o where o.device_id = i.id order by o.id desc offset ${MOST_REPORTS} limit 1)`.execute(
    tx,
  );
}

/** How a source stands; `refused` counts what has been refused since the last note. */
export type SourceNote = {
  state: SourceState;
  problem: string | null;
  lastMessageAt: number | null;
  refused: number;
  lastRefusal: string | null;
  /** Another format that its messages look like. */
  looksLike: SourceFormat | null;
};

/** Writes down how a source stands. Boards are told where that has changed. */
export async function noteSourceState(
  db: Db,
  sourceId: string,
  { state, problem, lastMessageAt, refused, lastRefusal, looksLike }: SourceNote,
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ communityId: string; isNews: boolean }>`
      update source o set state = ${state}, problem = ${problem},
        state_at = case when o.state = ${state} then coalesce(o.state_at, ${toDate(now)}) else ${toDate(now)} end,
        last_message_at = greatest(o.last_message_at, ${lastMessageAt === null ? null : new Date(lastMessageAt)}::timestamptz),
        refused = o.refused + ${refused}, last_refusal = coalesce(${lastRefusal}, o.last_refusal), looks_like = ${looksLike}
      from source before where o.id = ${sourceId} and before.id = o.id and o.removed_at is null
      returning o.community_id as "communityId",
        (before.state, before.problem) is distinct from (o.state, o.problem) as "isNews"`.execute(tx);
    const [source] = rows;
    if (source?.isNews) await announce(tx, { communityId: source.communityId, householdIds: [] });
  });
}
