import { createPool } from '#store/connect.ts';
import type { IntakeMessage } from './intake.ts';

/** 07:30 in Jiaozuo. */
export const MORNING = Date.parse('2026-11-24T07:30:00+08:00');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A message of sensor `a`, received when it was sent and without a clock of its own, unless told otherwise. */
export const message = (fields: Partial<IntakeMessage>): IntakeMessage => ({
  sensorId: 'a',
  type: 'opened',
  receivedAt: MORNING,
  deviceAt: null,
  seq: null,
  position: null,
  battery: null,
  rssi: null,
  firmware: null,
  retained: false,
  redelivered: false,
  ...fields,
});

/** A pool on a test's database, with sensors enrolled. */
export async function openSensors(url: string, ids: readonly string[] = ['a', 'b']) {
  const pool = createPool({ connectionString: url, size: 8, name: 'test', onError: () => undefined });
  const enrol = async (): Promise<void> => {
    await pool.query('truncate event, quarantine, sensor_state, ticket, sensor restart identity cascade');
    await pool.query(
      `insert into sensor (id, secret_hash, enrolled_at) select id, '\\x00', $2::timestamptz from unnest($1::text[]) id`,
      [ids, new Date(MORNING - 24 * HOUR)],
    );
  };
  const events = async (): Promise<StoredEvent[]> =>
    (await pool.query<StoredEvent>('select * from event order by sensor_id, id')).rows;
  const stateOf = async (id: string): Promise<StoredState | undefined> =>
    (await pool.query<StoredState>('select * from sensor_state where sensor_id = $1', [id])).rows[0];
  await enrol();
  return { pool, enrol, events, stateOf };
}

export type StoredEvent = {
  sensor_id: string;
  household_id: string | null;
  type: string;
  at: Date;
  at_source: string;
  device_at: Date | null;
  received_at: Date;
  seq: number | null;
  boot: number;
  position: number | null;
  retained: boolean;
  opening: boolean;
  judged: boolean;
};

export type StoredState = {
  curtain: string;
  curtain_at: Date | null;
  opened_at: Date | null;
  position: number | null;
  first_seen_at: Date | null;
  last_seen_at: Date | null;
  online: boolean;
  battery: number | null;
  rssi: number | null;
  firmware: string | null;
  last_seq: number | null;
  boot: number;
  tampered_at: Date | null;
  clock_wrong_at: Date | null;
  quarantined: number;
};
