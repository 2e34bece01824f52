import type pg from 'pg';
import { risesThrough } from '#pact/proof.ts';
import { EVENT_CHANNEL } from '../change-feed.ts';
import { type EventTime, settleTime } from './device-time.ts';
import { type IntakeMessage, type IntakeOutcome, RESEND_MS } from './intake.ts';

/**
 * Records messages of one sensor, in their order, with a look at what is stored around each. Slower than
 * `recordBatch` by far and without its blind spots; it runs for the few messages that need it.
 */
export async function recordClosely(
  pool: pg.Pool,
  messages: readonly IntakeMessage[],
): Promise<IntakeOutcome[]> {
  const sensorId = messages[0]?.sensorId;
  if (sensorId === undefined) return [];
  const client = await pool.connect();
  let failure: unknown;
  try {
    await client.query('begin');
    const state = await lockState(client, sensorId);
    const outcomes: IntakeOutcome[] = [];
    for (const message of messages) {
      outcomes.push(state ? await recordOne(client, state, withoutStrayPosition(message)) : 'unknown_sensor');
    }
    if (state) await saveState(client, state);
    await client.query('commit');
    return outcomes;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A connection in an unknown condition is thrown away, which rolls back too.
    client.release(failure !== undefined);
  }
}

/** Only what is said about the curtain moves its position. */
const withoutStrayPosition = (message: IntakeMessage): IntakeMessage =>
  message.type === 'tamper' || message.type === 'heartbeat' ? { ...message, position: null } : message;

type State = {
  sensor_id: string;
  household_id: string | null;
  open_percent: number;
  curtain: 'open' | 'closed' | 'unknown';
  curtain_at: Date | null;
  opened_at: Date | null;
  position: number | null;
  first_seen_at: Date | null;
  last_seen_at: Date | null;
  battery: number | null;
  rssi: number | null;
  firmware: string | null;
  last_seq: number | null;
  boot: number;
  tampered_at: Date | null;
  clock_wrong_at: Date | null;
  wakes: boolean;
};

async function lockState(client: pg.PoolClient, sensorId: string): Promise<State | undefined> {
  await client.query(
    `insert into sensor_state (sensor_id, household_id) select id, household_id from sensor where id = $1
     on conflict do nothing`,
    [sensorId],
  );
  const { rows } = await client.query<State>(
    `select s.*, x.open_percent, false as wakes from sensor_state s join sensor x on x.id = s.sensor_id
     where s.sensor_id = $1 for no key update of s`,
    [sensorId],
  );
  return rows[0];
}

async function recordOne(
  client: pg.PoolClient,
  state: State,
  message: IntakeMessage,
): Promise<IntakeOutcome> {
  const time = settleTime(message);
  const received = new Date(message.receivedAt);
  if (!message.retained) noteLife(state, message, time, received);
  if (message.type !== 'heartbeat') {
    if (await isStored(client, state, message, time)) return 'duplicate';
    await store(client, state, message, time);
  }
  if (message.battery !== null) state.battery = message.battery;
  if (message.rssi !== null) state.rssi = message.rssi;
  if (message.firmware !== null) state.firmware = message.firmware;
  if (message.seq !== null) state.last_seq = Math.max(state.last_seq ?? 0, message.seq);
  return 'recorded';
}

/** What a live message says of its sensor, whatever else it tells. Nobody buffers a heartbeat: an old one is a wrong clock. */
function noteLife(state: State, { type }: IntakeMessage, time: EventTime, received: Date): void {
  state.first_seen_at ??= received;
  state.last_seen_at = later(state.last_seen_at, received);
  const isWrong = time.source === 'device_refused' && (!time.isOfAnotherDay || type === 'heartbeat');
  if (isWrong) state.clock_wrong_at = later(state.clock_wrong_at, received);
  else if (time.source === 'device' && state.clock_wrong_at && received >= state.clock_wrong_at)
    state.clock_wrong_at = null;
}

const later = (known: Date | null, other: Date): Date => (known && known > other ? known : other);

type Stored = { received_at: Date; boot: number; same: boolean };

/** Whether this very message is stored. Evidence that its counter restarted moves the state to the next life. */
async function isStored(
  client: pg.PoolClient,
  state: State,
  message: IntakeMessage,
  time: EventTime,
): Promise<boolean> {
  const content = [
    message.sensorId,
    message.type,
    time.deviceAt === null ? null : new Date(time.deviceAt),
    message.position,
  ];
  if (time.source === 'device') {
    const { rowCount } = await client.query(
      `select 1 from event where sensor_id = $1 and type = $2 and device_at = $3
         and position is not distinct from $4 and at_source = 'device'`,
      content,
    );
    if (rowCount) return true;
  }
  const namesakes = await findNamesakes(client, message, time, content);
  const isRecent = (event: Stored) => event.received_at.getTime() > message.receivedAt - RESEND_MS;
  if (namesakes.some((event) => event.same && isRecent(event))) return true;
  if (namesakes.some((event) => event.boot === state.boot)) {
    state.boot += 1;
    state.last_seq = null;
  }
  return false;
}

/** Stored events under the same number; for a message without one, under the same refused time. */
async function findNamesakes(
  client: pg.PoolClient,
  message: IntakeMessage,
  time: EventTime,
  content: unknown[],
): Promise<Stored[]> {
  const same = 'type = $2 and device_at is not distinct from $3 and position is not distinct from $4';
  if (message.seq !== null) {
    const { rows } = await client.query<Stored>(
      `select received_at, boot, ${same} as same from event where sensor_id = $1 and seq = $5`,
      [...content, message.seq],
    );
    return rows;
  }
  if (time.source !== 'device_refused' || time.deviceAt === null) return [];
  const { rows } = await client.query<Stored>(
    `select received_at, boot, true as same from event where sensor_id = $1 and ${same}
       and device_at is not null and at_source = 'device_refused' and seq is null`,
    content,
  );
  return rows;
}

async function store(client: pg.PoolClient, state: State, message: IntakeMessage, time: EventTime) {
  const at = new Date(time.at);
  const isNewest = state.curtain_at === null || at >= state.curtain_at;
  const { type, position } = message;
  let opening = false;
  if (type === 'opened') {
    const isAnonymous = message.seq === null && time.deviceAt === null;
    opening = !(message.redelivered && isAnonymous && state.curtain === 'open');
  } else if (type === 'position' && position !== null) {
    const previous = isNewest ? state.position : await findPosition(client, message.sensorId, at);
    opening = risesThrough(previous ?? undefined, position, state.open_percent);
    if (!isNewest && !time.isOfAnotherDay) await openSuccessor(client, state, position, at);
  }
  opening &&= !message.retained && !time.isOfAnotherDay;
  await client.query(INSERT, [
    state.sensor_id,
    state.household_id,
    type,
    at,
    time.source,
    time.deviceAt === null ? null : new Date(time.deviceAt),
    new Date(message.receivedAt),
    message.seq,
    state.boot,
    position,
    message.battery,
    message.retained,
    opening,
  ]);
  if (type === 'tamper') {
    state.tampered_at = later(state.tampered_at, at);
    return;
  }
  if (time.isOfAnotherDay) return;
  state.wakes = true;
  if (opening) state.opened_at = later(state.opened_at, at);
  if (!isNewest) return;
  if (type === 'position') state.curtain = (position ?? 0) >= state.open_percent ? 'open' : 'closed';
  else state.curtain = type === 'opened' ? 'open' : 'closed';
  if (position !== null) state.position = position;
  state.curtain_at = at;
}

const INSERT = `
insert into event (sensor_id, household_id, type, at, at_source, device_at, received_at, seq, boot, position,
  battery, retained, opening, judged)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, not $13)`;

/** Where the curtain stood just before `at`, by the device's own times; of one second, the last that arrived. */
async function findPosition(client: pg.PoolClient, sensorId: string, at: Date): Promise<number | null> {
  const { rows } = await client.query<{ position: number }>(
    `select position from event where sensor_id = $1 and type = 'position' and device_at < $2 and at_source = 'device'
     order by device_at desc, id desc limit 1`,
    [sensorId, at],
  );
  return rows[0]?.position ?? null;
}

/** A low position that arrives late can show that the one after it, stored before, was an opening. */
async function openSuccessor(client: pg.PoolClient, state: State, position: number, at: Date): Promise<void> {
  if (position >= state.open_percent) return;
  const { rows } = await client.query<{ at: Date }>(
    `update event set opening = true, judged = false
     where id = (
       select id from event where sensor_id = $1 and type = 'position' and device_at > $2 and at_source = 'device'
       order by device_at, id limit 1)
     and not opening and not retained and position >= $3
     returning at`,
    [state.sensor_id, at, state.open_percent],
  );
  for (const row of rows) state.opened_at = later(state.opened_at, row.at);
}

async function saveState(client: pg.PoolClient, state: State): Promise<void> {
  await client.query(
    `update sensor_state set curtain = $2, curtain_at = $3, opened_at = $4, position = $5, first_seen_at = $6,
       last_seen_at = $7, battery = $8, rssi = $9, firmware = $10, last_seq = $11, boot = $12, tampered_at = $13,
       clock_wrong_at = $14
     where sensor_id = $1`,
    [
      state.sensor_id,
      state.curtain,
      state.curtain_at,
      state.opened_at,
      state.position,
      state.first_seen_at,
      state.last_seen_at,
      state.battery,
      state.rssi,
      state.firmware,
      state.last_seq,
      state.boot,
      state.tampered_at,
      state.clock_wrong_at,
    ],
  );
  if (state.wakes) await client.query(`select pg_notify('${EVENT_CHANNEL}', '')`);
}
