import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type {
  SensorCredentials,
  SensorDraft,
  SensorPatch,
  SensorView,
} from '#contracts/http/register/sensor.ts';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import type { TicketKind } from '#pact/sensor-health.ts';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll, announceBridged, announceRevoked } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { lockRegister } from './community.ts';
import { given, records } from './records.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

const openTickets = sql<TicketKind[]>`
  array(select t.kind from ticket t where t.sensor_id = s.id and t.closed_at is null order by t.opened_at, t.kind)`;

const selectSensors = (db: Db | Tx) =>
  db
    .selectFrom('sensor as s')
    .innerJoin('sensor_state as st', 'st.sensor_id', 's.id')
    .leftJoin('household as h', 'h.id', 's.household_id')
    .select(['s.id', 's.household_id as householdId', 'h.community_id as communityId', 'h.code'])
    .select([
      'h.salutation',
      'h.building',
      'h.unit',
      'h.room',
      's.kind',
      's.reversed',
      's.polarity_tested_at as polarityTestedAt',
    ])
    .select(['s.silence_minutes as silenceMinutes', 's.open_percent as openPercent', 's.gateway'])
    .select([
      's.enrolled_at as enrolledAt',
      's.retired_at as retiredAt',
      'st.curtain',
      'st.curtain_at as curtainAt',
    ])
    .select(['st.last_seen_at as lastSeenAt', 'st.online', 'st.battery', 'st.firmware', 'st.quarantined'])
    .select(openTickets.as('tickets'))
    .select(
      sql<string | null>`(select min(d.id::text) from device d where d.sensor_id = s.id)`.as('deviceId'),
    );

type Row = Awaited<ReturnType<ReturnType<typeof selectSensors>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): SensorView => ({
  ...row,
  enrolledAt: iso(row.enrolledAt),
  retiredAt: isoOrNull(row.retiredAt),
  curtainAt: isoOrNull(row.curtainAt),
  lastSeenAt: isoOrNull(row.lastSeenAt),
  polarityTestedAt: isoOrNull(row.polarityTestedAt),
});

export async function findSensor(db: Db, id: string): Promise<SensorView | undefined> {
  const row = await selectSensors(db).where('s.id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

/** Sensors in use, those without a home last. */
export async function listSensors(
  db: Db,
  page: { communityId?: string | undefined; householdId?: string | undefined; limit: number; offset: number },
): Promise<{ items: SensorView[]; total: number }> {
  let query = selectSensors(db).where('s.retired_at', 'is', null);
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  if (page.householdId) query = query.where('s.household_id', '=', page.householdId);
  const total = await countOf(query);
  const rows = await query.orderBy('h.code').orderBy('s.id').limit(page.limit).offset(page.offset).execute();
  return { items: rows.map(viewOf), total };
}

/** A new sensor at a home, with the only sight of its secret. Without an id it gets one of its own. */
export async function createSensor(
  db: Db,
  key: Buffer,
  draft: SensorDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<SensorCredentials>> {
  const id = draft.id ?? createSensorId();
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const home = await findHome(tx, draft.householdId);
    if (!home) return refuse('not_found');
    const same = await tx.selectFrom('sensor').select('id').where('id', '=', id).executeTakeFirst();
    if (same) return refuse('id_taken');
    const [credentials] = await insertSensors(tx, key, [{ ...draft, id }], now);
    if (!credentials) throw new Error('a sensor that was just inserted has no credentials');
    await announceAll(tx, [home]);
    await recordAudit(tx, { actor: by, action: 'sensor.create', subjectKind: 'sensor', subjectId: id }, now);
    return saved(credentials);
  });
}

type NewSensor = Omit<SensorDraft, 'id'> & { id: string };

/** Inserts sensors together with their states. @returns their credentials, in order */
export async function insertSensors(
  tx: Tx,
  key: Buffer,
  sensors: readonly NewSensor[],
  now: Temporal.Instant,
): Promise<SensorCredentials[]> {
  const made = sensors.map((sensor) => {
    const secret = createSensorSecret();
    return { ...sensor, secret, hash: hashSensorSecret(key, sensor.id, secret).toString('hex') };
  });
  const rows = made.map(({ secret: _, ...row }) => row);
  await sql`
    insert into sensor (id, household_id, secret_hash, kind, silence_minutes, open_percent, gateway, enrolled_at)
    select u.id, u."householdId", decode(u.hash, 'hex'), coalesce(u.kind, 'contact'), coalesce(u."silenceMinutes", 90),
      coalesce(u."openPercent", 50), u.gateway, ${toDate(now)}
    from ${records(rows, 'id text, "householdId" uuid, hash text, kind text, "silenceMinutes" integer, "openPercent" smallint, gateway text')}`.execute(
    tx,
  );
  await sql`
    insert into sensor_state (sensor_id, household_id)
    select u.id, u."householdId" from ${records(rows, 'id text, "householdId" uuid')}`.execute(tx);
  return made.map(({ id, secret }) => ({ id, secret, topic: eventTopic(id) }));
}

/** Changes a sensor's settings, or pairs it with another home; what it reported before stays with the old one. */
export async function changeSensor(
  db: Db,
  id: string,
  patch: SensorPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<SensorView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const row = await selectSensors(tx).where('s.id', '=', id).executeTakeFirst();
    if (!row) return refuse('not_found');
    if (row.retiredAt) return refuse('retired');
    const { householdId, kind, silenceMinutes, openPercent, gateway } = patch;
    const home = householdId ? await findHome(tx, householdId) : undefined;
    if (householdId && !home) return refuse('not_found');
    if (home) await pairSensors(tx, [{ id, householdId: home.householdId }]);
    const settings = given({ kind, silence_minutes: silenceMinutes, open_percent: openPercent, gateway });
    if (Object.keys(settings).length > 0)
      await tx.updateTable('sensor').set(settings).where('id', '=', id).execute();
    await announceAll(tx, [...homesOf(row), ...(home ? [home] : [])]);
    await recordAudit(tx, { actor: by, action: 'sensor.change', subjectKind: 'sensor', subjectId: id }, now);
    const changed = await selectSensors(tx).where('s.id', '=', id).executeTakeFirstOrThrow();
    return saved(viewOf(changed));
  });
}

/**
 * Pairs sensors with homes. What the device knew of its last curtain says nothing of the new one, so its
 * state begins as unknown (invariant 5), and so does the way in which it is mounted.
 */
export async function pairSensors(
  tx: Tx,
  pairs: readonly { id: string; householdId: string }[],
): Promise<void> {
  const pairing = records(pairs, 'id text, "householdId" uuid');
  await sql`
    update sensor_state s set household_id = u."householdId", curtain = 'unknown', curtain_at = null, opened_at = null,
      position = null, first_seen_at = null, last_seen_at = null
    from ${pairing} where s.sensor_id = u.id and s.household_id is distinct from u."householdId"`.execute(tx);
  const { rows } = await sql<{ id: string; wasReversed: boolean }>`
    update sensor s set household_id = u."householdId", reversed = false, polarity_tested_at = null
    from ${pairing}, sensor before
    where s.id = u.id and before.id = s.id and s.household_id is distinct from u."householdId"
    returning s.id, before.reversed as "wasReversed"`.execute(tx);
  for (const { id, wasReversed } of rows) if (wasReversed) await announceRevoked(tx, id);
  await announceBridged(
    tx,
    rows.map(({ id }) => id),
  );
}

/** A new secret for a device that was reset or whose secret got about; the old one stops at once. */
export async function renewSensorSecret(
  db: Db,
  key: Buffer,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<SensorCredentials>> {
  return db.transaction().execute(async (tx) => {
    const secret = createSensorSecret();
    const changed = await tx
      .updateTable('sensor')
      .set({ secret_hash: hashSensorSecret(key, id, secret) })
      .where('id', '=', id)
      .where('retired_at', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) return refuse('not_found');
    await announceRevoked(tx, id);
    await recordAudit(tx, { actor: by, action: 'sensor.renew', subjectKind: 'sensor', subjectId: id }, now);
    return saved({ id, secret, topic: eventTopic(id) });
  });
}

/** Ends a sensor: it may no longer sign in, and its home is judged without it. */
export async function retireSensor(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const row = await selectSensors(tx).where('s.id', '=', id).executeTakeFirst();
    if (!row) return refuse('not_found');
    if (row.retiredAt) return refuse('retired');
    await endSensor(tx, id, now);
    await announceAll(tx, homesOf(row));
    await recordAudit(tx, { actor: by, action: 'sensor.retire', subjectKind: 'sensor', subjectId: id }, now);
    return saved(undefined);
  });
}

/**
 * Puts another device in a sensor's place in one step: paired with the same home under the same settings, the old one
 * retired with what was wrong with it. The home's days go on; its curtain is unknown until the new one has spoken,
 * and how that one is mounted nobody has tested.
 */
export async function replaceSensor(
  db: Db,
  key: Buffer,
  oldId: string,
  newId: string | undefined,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<SensorCredentials>> {
  const id = newId ?? createSensorId();
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectSensors(tx).where('s.id', '=', oldId).executeTakeFirst();
    if (!old) return refuse('not_found');
    if (old.retiredAt) return refuse('retired');
    const { householdId, kind, silenceMinutes, openPercent, gateway } = old;
    if (!householdId) return refuse('no_home');
    const same = await tx.selectFrom('sensor').select('id').where('id', '=', id).executeTakeFirst();
    if (same) return refuse('id_taken');
    await endSensor(tx, oldId, now);
    const settings = { kind, silenceMinutes, openPercent, gateway };
    const [credentials] = await insertSensors(tx, key, [{ id, householdId, ...settings }], now);
    if (!credentials) throw new Error('a sensor that was just inserted has no credentials');
    await announceAll(tx, homesOf(old));
    await recordAudit(
      tx,
      { actor: by, action: 'sensor.replace', subjectKind: 'sensor', subjectId: oldId },
      now,
    );
    return saved(credentials);
  });
}

/** Retires a sensor inside a change that is told by its caller. */
export async function endSensor(tx: Tx, id: string, now: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('sensor')
    .set({ retired_at: toDate(now) })
    .where('id', '=', id)
    .execute();
  await tx
    .updateTable('ticket')
    .set({ closed_at: toDate(now) })
    .where('sensor_id', '=', id)
    .where('closed_at', 'is', null)
    .execute();
  await announceRevoked(tx, id);
  await announceBridged(tx, [id]);
}

export const createSensorId = (): string => `s-${randomBytes(6).toString('hex')}`;

const findHome = (tx: Tx, id: string) =>
  tx
    .selectFrom('household')
    .select(['id as householdId', 'community_id as communityId'])
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .where('is_canary', '=', false)
    .executeTakeFirst();

const homesOf = ({ householdId, communityId }: Row) =>
  householdId && communityId ? [{ householdId, communityId }] : [];
