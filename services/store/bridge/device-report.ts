import { sql } from 'kysely';
import type { DeviceReport } from '#contracts/http/register/device.ts';
import type { Db, Tx } from '../database.ts';
import { iso, isoOrNull } from '../today/iso.ts';

type Row = Pick<
  DeviceReport,
  'id' | 'retained' | 'fPort' | 'contact' | 'position' | 'battery' | 'refusal' | 'became'
> & { deviceId: string; receivedAt: Date; networkAt: Date | null; deviceAt: Date | null; topic: string } & {
  payload: Buffer;
};

const columns = sql`
  r.id, r.device_id as "deviceId", r.received_at as "receivedAt", r.network_at as "networkAt", r.device_at as "deviceAt",
  r.topic, r.retained, r.payload, r.f_port as "fPort", r.contact, r.position, r.battery, r.refusal, r.became`;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Everything that a line of text has no room for. */
const UNPRINTABLE = /[^\P{C}\n\t]/u;

function readText(payload: Buffer): string | undefined {
  try {
    const text = UTF8.decode(payload);
    return text === '' || UNPRINTABLE.test(text) ? undefined : text;
  } catch (error) {
    // What is no UTF-8 is bytes, and shown as such.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function viewOf({ deviceId: _, payload, ...row }: Row): DeviceReport {
  const text = readText(payload);
  return {
    ...row,
    receivedAt: iso(row.receivedAt),
    networkAt: isoOrNull(row.networkAt),
    deviceAt: isoOrNull(row.deviceAt),
    payload: text ?? payload.toString('hex'),
    isText: text !== undefined,
  };
}

/** What a device has said last, the newest first. */
export async function listReports(db: Db | Tx, deviceId: string): Promise<DeviceReport[]> {
  const { rows } = await sql<Row>`
    select ${columns} from device_report r where r.device_id = ${deviceId} order by r.id desc`.execute(db);
  return rows.map(viewOf);
}

/** The last message of each of these devices. */
export async function lastReports(db: Db, deviceIds: readonly string[]): Promise<Map<string, DeviceReport>> {
  const { rows } = await sql<Row>`
    select ${columns} from unnest(${deviceIds}::uuid[]) as i(id)
    cross join lateral (select * from device_report where device_id = i.id order by id desc limit 1) r`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.deviceId, viewOf(row)]));
}
