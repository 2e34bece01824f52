import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { CurtainNews, PolarityResult, PolarityTest } from '#contracts/http/register/sensor.ts';
import { judgePolarity, POLARITY_TEST_MINUTES } from '#pact/polarity.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { isPolarityTold } from '../bridge/load-settings.ts';
import { announceAll, announceBridged, announceRevoked } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { iso } from '../today/iso.ts';

const MOST_NEWS = 5;

/**
 * What a sensor has said of its curtain since an event, the newest first; without one only where it stands now, to
 * be asked from. What was buffered, or kept by a broker, is no news.
 */
export async function readCurtainNews(
  db: Db,
  sensorId: string,
  after: number | undefined,
): Promise<CurtainNews> {
  const said = (await isUntold(db, sensorId)) ? saidByDevice(sensorId) : saidBySensor(sensorId);
  const { rows } = await sql<Said & { at: Date }>`
    select id, type, position, received_at as at from ${said} said
    where type is not null and not retained and at >= received_at - interval '2 minutes'
      and ${after === undefined ? sql`true` : sql`id > ${after}`}
    order by received_at desc, id desc limit ${MOST_NEWS}`.execute(db);
  return {
    upto: rows[0]?.id ?? after ?? 0,
    items: after === undefined ? [] : rows.map((row) => ({ ...row, at: iso(row.at) })),
  };
}

type Said = { id: number; type: 'opened' | 'closed' | 'position'; position: number | null };

const saidBySensor = (sensorId: string) => sql`(
  select id, type, position, at, received_at, retained, household_id
  from event where sensor_id = ${sensorId} and type in ('opened', 'closed', 'position'))`;

/** What the bridge read of a device before anybody knew which of its values means open: raw, and never turned round. */
const saidByDevice = (sensorId: string) => sql`(
  select r.id, case r.contact when 'open' then 'opened' when 'closed' then 'closed'
      else case when r.position is not null then 'position' end end as type,
    r.position, coalesce(r.network_at, r.received_at) as at, r.received_at, r.retained, s.household_id
  from device_report r join device d on d.id = r.device_id join sensor s on s.id = d.sensor_id
  where s.id = ${sensorId} and r.refusal is null and r.became is distinct from 'duplicate')`;

/** Whether only heartbeats come of it, because no document says which of its values means open and nobody has tested it. */
async function isUntold(db: Db | Tx, sensorId: string): Promise<boolean> {
  const { rows } = await sql<{ source: string; format: string | null }>`
    select o.format as source, d.format from device d
    join sensor s on s.id = d.sensor_id join source o on o.id = d.source_id
    where s.id = ${sensorId} and s.polarity_tested_at is null`.execute(db);
  return rows.some(({ source, format }) => !isPolarityTold(source, format));
}

/**
 * Ends a polarity test: what the sensor said of the curtain that somebody saw open, and then of the same curtain
 * closed, says whether it is mounted the other way round. If so it is turned round from its next connection on, which
 * it is made to begin; what it was taken to have said of its curtain is turned round with it, and no earlier day.
 */
export async function settlePolarity(
  db: Db,
  id: string,
  test: PolarityTest,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<PolarityResult>> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{
      householdId: string | null;
      communityId: string | null;
      reversed: boolean;
      testedAt: Date | null;
    }>`
      select s.household_id as "householdId", h.community_id as "communityId", s.reversed,
        s.polarity_tested_at as "testedAt"
      from sensor s left join household h on h.id = s.household_id
      where s.id = ${id} and s.retired_at is null for update of s`.execute(tx);
    const sensor = rows[0];
    if (!sensor) return refuse('not_found');
    const since = toDate(now.subtract({ minutes: POLARITY_TEST_MINUTES }));
    const untold = await isUntold(tx, id);
    const said = untold ? saidByDevice(id) : saidBySensor(id);
    const [open, closed] = await findReports(
      tx,
      said,
      test,
      sensor.householdId,
      latest(since, sensor.testedAt),
    );
    if (!open || !closed) return refuse('test_outdated');
    const result = judgePolarity(open, closed);
    if (result === 'unclear') return refuse('polarity_unclear');
    // What a sensor said has been turned round already where that was so before; what a device said has not.
    const reversed = (result === 'reversed') !== (sensor.reversed && !untold);
    await tx
      .updateTable('sensor')
      .set({ reversed, polarity_tested_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await announceBridged(tx, [id]);
    if (reversed !== sensor.reversed) {
      await turnStateRound(tx, id);
      await announceRevoked(tx, id);
    }
    const { householdId, communityId } = sensor;
    if (householdId && communityId) await announceAll(tx, [{ householdId, communityId }]);
    await recordAudit(
      tx,
      { actor: by, action: 'sensor.polarity', subjectKind: 'sensor', subjectId: id },
      now,
    );
    return saved({ result, reversed });
  });
}

const latest = (a: Date, b: Date | null): Date => (b && b > a ? b : a);

/** The two reports, where both are the sensor's own at its present home and younger than its last test. */
async function findReports(
  tx: Tx,
  said: RawBuilder<unknown>,
  { openEventId, closedEventId }: PolarityTest,
  householdId: string | null,
  since: Date,
) {
  const { rows } = await sql<Said>`
    select id, type, position from ${said} said
    where id = any (${[openEventId, closedEventId]}::bigint[]) and household_id is not distinct from ${householdId}::uuid
      and type is not null and not retained and received_at > ${since}`.execute(tx);
  const find = (eventId: number) => rows.find((row) => row.id === eventId);
  return openEventId < closedEventId ? [find(openEventId), find(closedEventId)] : [];
}

async function turnStateRound(tx: Tx, id: string): Promise<void> {
  await sql`
    update sensor_state set position = 100 - position, opened_at = null, opening = false,
      curtain = case curtain when 'open' then 'closed' when 'closed' then 'open' else curtain end
    where sensor_id = ${id}`.execute(tx);
}
