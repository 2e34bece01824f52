import type { UnreadMessage } from '#contracts/http/register/sensor.ts';
import type { Db } from '../database.ts';
import { iso } from '../today/iso.ts';

const MOST_SHOWN = 10;
const PREVIEW_BYTES = 64;

/** The last messages of a sensor that could not be read, the newest first, each with the beginning of its payload. */
export async function listUnread(db: Db, sensorId: string): Promise<UnreadMessage[]> {
  const rows = await db
    .selectFrom('quarantine')
    .select(['received_at', 'topic', 'reason', 'payload', 'size'])
    .where('sensor_id', '=', sensorId)
    .orderBy('id', 'desc')
    .limit(MOST_SHOWN)
    .execute();
  return rows.map(({ received_at, topic, reason, payload, size }) => ({
    at: iso(received_at),
    topic,
    reason,
    size,
    preview: previewOf(payload.subarray(0, PREVIEW_BYTES)),
  }));
}

/** As text where it is plain text, else as hex. */
function previewOf(bytes: Buffer): string {
  const hex = `0x${bytes.toString('hex')}`;
  try {
    // As a stream, so that a character cut at the end is left out rather than refused.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return /\p{Cc}/u.test(text) ? hex : text;
  } catch (error) {
    if (error instanceof TypeError) return hex;
    throw error;
  }
}
