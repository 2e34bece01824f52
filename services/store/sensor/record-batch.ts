import type pg from 'pg';
import { EVENT_CHANNEL } from '../change-feed.ts';
import { isRace } from '../race.ts';
import { type AtSource, type EventTime, settleTime } from './device-time.ts';
import type { IntakeMessage } from './intake.ts';

/** Places in the batch, counted from 0. */
export type BatchResult = { duplicates: number[]; unsettled: number[] };

const RETAINED = 1;
const REDELIVERED = 2;
const OF_ANOTHER_DAY = 4;
const SOURCE_SHIFT = 3;
const SOURCES: readonly AtSource[] = ['device', 'received', 'device_refused'];

/**
 * Records messages of as many different sensors in one statement: moves the sensors' states, stores what is
 * new, wakes rules. Locks in the order of sensor ids, so that two batches never wait for each other
 * crosswise. What needs a closer look is left untouched and named in `unsettled`: a counter that seems to
 * have restarted, a position older than the newest, a refused clock without a number, a sensor without a state.
 *
 * Looking for what is known costs a third of it all and seldom finds anything. So it is done only where
 * `carefully` asks for it; else a message that is known breaks a unique index, and nothing is stored.
 * @param pool of the broker's own: the plans of its connections are settled here
 * @throws a unique violation: carefully too, when another broker stores the same event at this very moment
 */
export async function recordBatch(
  pool: pg.Pool,
  batch: readonly IntakeMessage[],
  carefully: boolean,
): Promise<BatchResult> {
  const client = await pool.connect();
  let broken = false;
  try {
    await settlePlans(client);
    const { rows } = await client.query<{
      seen: number[] | null;
      duplicates: number[] | null;
    }>({ ...(carefully ? CAREFUL : QUICK), values: encode(batch) });
    const result = rows[0];
    if (!result) throw new Error('an aggregate without GROUP BY always has a row');
    // By the statement's own word: asked again, a state may be there that it has not seen.
    const seen = result.seen && new Set(result.seen);
    const unsettled = seen
      ? batch
          .keys()
          .filter((place) => !seen.has(place))
          .toArray()
      : [];
    return { duplicates: result.duplicates ?? [], unsettled };
  } catch (error) {
    // In any condition then: a query that timed out still runs on its connection.
    broken = !isRace(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

const settled = new WeakSet<pg.PoolClient>();

/**
 * The planner knows neither how many messages a batch has nor that every look-up must go by index, and a
 * scan of all sensors for each batch is ten times as dear as the batch. One plan for all sizes, by index.
 */
async function settlePlans(client: pg.PoolClient): Promise<void> {
  if (settled.has(client)) return;
  await client.query(
    `set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off;
     set enable_mergejoin = off; set enable_bitmapscan = off; set jit = off`,
  );
  settled.add(client);
}

/** Array literals made by hand: the driver's own quoting of every element costs more than the rest of intake. */
function encode(batch: readonly IntakeMessage[]): string[] {
  const times = batch.map(settleTime);
  const column = (read: (message: IntakeMessage, index: number) => string | number | null): string =>
    `{${batch.map((message, index) => read(message, index) ?? 'NULL').join(',')}}`;
  return [
    column((message) => `"${message.sensorId}"`),
    column((message) => message.type),
    column((message) => message.receivedAt),
    column((_, index) => times[index]?.deviceAt ?? null),
    column((message) => message.seq),
    column((message) => message.position),
    column((message) => message.battery),
    column((message) => message.rssi),
    column((message) => (message.firmware === null ? null : quote(message.firmware))),
    column((message, index) => flagsOf(message, times[index])),
  ];
}

const flagsOf = (message: IntakeMessage, time: EventTime | undefined): number =>
  (message.retained ? RETAINED : 0) |
  (message.redelivered ? REDELIVERED : 0) |
  (time?.isOfAnotherDay ? OF_ANOTHER_DAY : 0) |
  (SOURCES.indexOf(time?.source ?? 'received') << SOURCE_SHIFT);

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const SAME_NUMBER = 'e.sensor_id = m.sensor_id and e.seq = m.seq';
const SENT_AGAIN = `e.type = m.type and e.device_at is not distinct from m.device_at
  and e.position is not distinct from m.position and e.received_at > m.received_at - interval '48 hours'`;
const IS_KNOWN = `m.type <> 'heartbeat' and (
  m.at_source = 'device' and exists (select from event e where e.sensor_id = m.sensor_id and e.type = m.type
    and e.device_at = m.device_at and e.position is not distinct from m.position and e.at_source = 'device')
  or m.seq is not null and exists (select from event e where ${SAME_NUMBER} and ${SENT_AGAIN}))`;
const IS_NEWEST = '(s.curtain_at is null or m.at >= s.curtain_at)';
const IS_OPENING = `(not m.retained and not m.is_of_another_day and (
  m.type = 'opened' and not (m.is_anonymous_again and s.curtain = 'open')
  or m.type = 'position' and s.position < m.threshold and m.position >= m.threshold)) is true`;

// States are moved first and say what was an opening, so that each is looked up and locked once: doing it before
// cost a seventh of it all. Before PostgreSQL 18 RETURNING sees new values only, hence `sensor_state.opening`.
function textOf(carefully: boolean): string {
  // A message that is known says that its sensor lives and nothing else.
  const news = (column: string, change: string): string =>
    `${column} = ${carefully ? `case when m.known then s.${column} else ${change} end` : change}`;
  // A counter that has restarted before is looked up always: the index does not reach across its lives.
  const restarts = carefully
    ? `exists (select from event e where ${SAME_NUMBER} and e.boot = s.boot)`
    : `s.boot > 0 and exists (select from event e where ${SAME_NUMBER} and (e.boot = s.boot or ${SENT_AGAIN}))`;
  return `
with m as (
  select m.*, ${carefully ? IS_KNOWN : 'false'} as known,
    case when m.is_of_another_day then null else case m.type when 'opened' then 'open' when 'closed' then 'closed'
      when 'position' then case when m.position >= m.threshold then 'open' else 'closed' end end end as curtain
  from (
    select m.sensor_id, m.type, m.seq, m.battery, m.rssi, m.firmware, (m.n - 1)::int as n,
      to_timestamp(m.received / 1000.0::float8) as received_at, to_timestamp(m.device / 1000.0::float8) as device_at,
      to_timestamp(case when m.flags >> ${SOURCE_SHIFT} = 0 then m.device else m.received end / 1000.0::float8) as at,
      case m.flags >> ${SOURCE_SHIFT} when 0 then 'device' when 1 then 'received' else 'device_refused' end as at_source,
      case when m.type in ('opened', 'closed', 'position') then m.position end as position,
      m.flags & ${RETAINED} <> 0 as retained, m.flags & ${OF_ANOTHER_DAY} <> 0 as is_of_another_day,
      m.flags & ${REDELIVERED} <> 0 and m.seq is null and m.device is null as is_anonymous_again,
      case when m.type = 'position' then (select x.open_percent from sensor x where x.id = m.sensor_id) end as threshold
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::smallint[], $7::smallint[],
      $8::smallint[], $9::text[], $10::smallint[])
      with ordinality as m(sensor_id, type, received, device, seq, position, battery, rssi, firmware, flags, n)
  ) m
  order by m.sensor_id
), moved as (
  update sensor_state s set
    first_seen_at = case when m.retained then s.first_seen_at else coalesce(s.first_seen_at, m.received_at) end,
    last_seen_at = case when m.retained then s.last_seen_at else greatest(s.last_seen_at, m.received_at) end,
    ${news('curtain', `case when m.curtain is not null and ${IS_NEWEST} then m.curtain else s.curtain end`)},
    ${news('position', `case when m.position is not null and not m.is_of_another_day and ${IS_NEWEST} then m.position else s.position end`)},
    ${news('curtain_at', 'case when m.curtain is not null then greatest(s.curtain_at, m.at) else s.curtain_at end')},
    ${news('opening', IS_OPENING)},
    ${news('opened_at', `case when ${IS_OPENING} then greatest(s.opened_at, m.at) else s.opened_at end`)},
    ${news('battery', 'coalesce(m.battery, s.battery)')},
    ${news('rssi', 'coalesce(m.rssi, s.rssi)')},
    ${news('firmware', 'coalesce(m.firmware, s.firmware)')},
    ${news('last_seq', 'greatest(s.last_seq, m.seq)')},
    ${news('tampered_at', `case when m.type = 'tamper' then greatest(s.tampered_at, m.at) else s.tampered_at end`)},
    clock_wrong_at = case when m.retained then s.clock_wrong_at
      when m.at_source = 'device_refused' and (not m.is_of_another_day or m.type = 'heartbeat') then greatest(s.clock_wrong_at, m.received_at)
      when m.at_source = 'device' and m.received_at >= s.clock_wrong_at then null else s.clock_wrong_at end
  from m
  where s.sensor_id = m.sensor_id and (m.known or m.type = 'heartbeat' or (
    not (m.at_source = 'device_refused' and m.seq is null and m.device_at is not null)
    and (m.type <> 'position' or ${IS_NEWEST})
    and (m.seq is null or not (${restarts}))))
  returning m.*, s.household_id, s.boot, s.opening
), stored as (
  insert into event (sensor_id, household_id, type, at, at_source, device_at, received_at, seq, boot, position, battery,
    retained, opening, judged)
  select sensor_id, household_id, type, at, at_source, device_at, received_at, seq, boot, position, battery,
    retained, opening, not opening
  from moved where not known and type <> 'heartbeat'
)
select case when count(*) < cardinality($1::text[]) then coalesce(array_agg(n), '{}') end as seen,
  array_agg(n) filter (where known) as duplicates,
  case when bool_or(not known and curtain is not null) then pg_notify('${EVENT_CHANNEL}', '') end as woken
from moved`;
}

const QUICK = { name: 'pact-record-quickly', text: textOf(false) };
const CAREFUL = { name: 'pact-record-carefully', text: textOf(true) };
