import type { Gateway } from '#contracts/gateway.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#store/database.ts';
import { acceptIntoOutbox, findInOutbox } from '#store/message/outbox.ts';

/** Keeps every message in the database, where a person at the board reads it and may answer as that phone. */
export const createOutboxGateway = (db: Db, clock: Clock): Gateway => ({
  name: 'outbox',
  channel: 'sms',
  leaseMs: 2_000,
  async send({ key, phone, text }) {
    return { ok: true, providerId: await acceptIntoOutbox(db, { id: key, phone, text }, clock.now()) };
  },
  async find({ key }) {
    const providerId = await findInOutbox(db, key);
    return providerId ? { providerId } : undefined;
  },
});
