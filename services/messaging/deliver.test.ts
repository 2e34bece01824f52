import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Gateway } from '#contracts/gateway.ts';
import { type FakeProviders, startFakeProvider } from '#sim/fake-provider/server.ts';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import { createDatabase } from '#store/connect.ts';
import { markAccepted } from '#store/message/record-delivery.ts';
import { recordReceipt } from '#store/message/record-receipt.ts';
import { takeDueMessages } from '#store/message/take-due-messages.ts';
import { deliverDue, LEASE_MS } from './deliver.ts';
import { createGateways, type Gateways } from './gateways.ts';
import { type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';
import { createTwilioSms } from './twilio/sms-gateway.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token-of-the-tests' };

let morning: MissedMorning;
let fake: FakeProviders;
let gateway: Gateway;
let gateways: Gateways;

beforeAll(async () => {
  morning = await openMissedMorning();
});
afterAll(async () => {
  await fake?.stop();
  await morning?.close();
});
beforeEach(async () => {
  await fake?.stop();
  await morning.forgetAlerts();
  fake = await startFakeProvider({ clock: morning.clock, twilio: ACCOUNT });
  gateway = createTwilioSms({ ...ACCOUNT, from: '+15005550006', apiUrl: fake.url, timeoutMs: 500 });
  gateways = createGateways([gateway]);
});

const deliver = (limit = 100) => deliverDue(morning.db, gateways, morning.clock, limit);
const take = (limit: number) =>
  takeDueMessages(morning.db, { channel: 'sms', limit, leaseMs: LEASE_MS }, morning.clock.now());
const passLease = () => morning.clock.advance({ milliseconds: LEASE_MS });

/** Delivers and lets time pass until nothing is waiting. */
async function deliverAll() {
  for (let round = 0; round < 20; round += 1) {
    await deliver();
    passLease();
  }
}
const sentTo = (phone: string) => fake.twilio.sent.filter(({ to }) => to === phone);

it('asks one question where nothing is due, and not one for each channel', async () => {
  const asked: string[] = [];
  const counted = createDatabase(morning.pool, ({ query }) => asked.push(query.sql));
  await morning.miss();
  await deliver();
  expect(await deliverDue(counted, gateways, morning.clock, 100)).toBe(0);
  expect(asked).toHaveLength(1);
});

describe('a page on its way', () => {
  it('reaches the steward once and is known as accepted', async () => {
    const { alertId, primaryId } = await morning.miss();
    expect(await deliver()).toBe(1);
    expect(await deliver()).toBe(0);
    const [page] = await morning.pages(alertId);
    expect(page).toMatchObject({
      state: 'accepted',
      provider: 'twilio',
      provider_id: fake.twilio.sent[0]?.sid,
      attempts: 1,
    });
    expect(sentTo(await morning.phoneOf(primaryId))).toHaveLength(1);
  });

  it.each(['before sending', 'after sending, before recording', 'after recording'] as const)(
    'reaches the steward exactly once when we die %s',
    async (point) => {
      const { alertId } = await morning.miss();
      const { db, clock } = morning;
      const [taken] = await take(10);
      if (!taken) throw new Error('nothing was due');
      if (point !== 'before sending') {
        const sent = await gateway.send(taken);
        if (point === 'after recording' && sent.ok) {
          await markAccepted(db, [
            {
              key: taken.key,
              provider: 'twilio',
              providerId: sent.providerId,
              at: clock.now(),
              delivered: false,
              polled: false,
            },
          ]);
        }
      }
      expect(await deliver()).toBe(0); // The lease still holds: the dead one may be merely slow.
      passLease();
      await deliverAll();
      expect(fake.twilio.sent).toHaveLength(1);
      expect(await morning.pages(alertId)).toMatchObject([
        { state: 'accepted', provider_id: fake.twilio.sent[0]?.sid },
      ]);
    },
  );

  it('is not sent by one who slept through the lease', async () => {
    await morning.miss();
    const asleep: Gateway = {
      ...gateway,
      async find(dispatch, isAnothers) {
        morning.clock.advance({ milliseconds: LEASE_MS });
        return gateway.find(dispatch, isAnothers);
      },
    };
    await take(10);
    passLease();
    await deliverDue(morning.db, createGateways([asleep]), morning.clock, 10);
    expect(fake.twilio.sent).toHaveLength(0);
    await deliverAll();
    expect(fake.twilio.sent).toHaveLength(1);
  });

  it('is not doubled when the answer to it was lost', async () => {
    await morning.miss();
    fake.network.next({ kind: 'accept_and_hang_up' });
    await deliverAll();
    expect(fake.twilio.sent).toHaveLength(1);
    expect(fake.twilio.requests).toMatchObject({ create: 1 });
  });

  it('goes at once though it was planned by a clock that was an hour ahead, and its retries keep their pace', async () => {
    const { primaryId } = await morning.miss();
    const phone = await morning.phoneOf(primaryId);
    morning.clock.set(morning.clock.now().subtract({ hours: 1 }).toString());
    fake.network.next({ kind: 'refuse', status: 400, code: 29999 });
    expect(await deliver()).toBe(1);
    expect(await deliver(), 'tried once, it waits for its next try').toBe(0);
    morning.clock.advance({ seconds: 4 });
    expect(await deliver()).toBe(1);
    expect(sentTo(phone)).toHaveLength(1);
  });

  it('is found again after the provider took it and then was away for an hour', async () => {
    const { alertId } = await morning.miss();
    fake.network.next({ kind: 'accept_and_hang_up' });
    await deliver();
    fake.network.setDown(true);
    for (let minute = 0; minute < 60; minute += 1) {
      morning.clock.advance({ minutes: 1 });
      await deliver();
    }
    fake.network.setDown(false);
    await deliverAll();
    expect(fake.twilio.sent).toHaveLength(1);
    expect(await morning.pages(alertId)).toMatchObject([
      { state: 'accepted', provider_id: fake.twilio.sent[0]?.sid },
    ]);
  });

  it('goes out after the provider was away for ten minutes, once each', async () => {
    const homes = await Promise.all(Array.from({ length: 5 }, () => morning.miss()));
    fake.network.setDown(true);
    for (let second = 0; second < 600; second += 20) {
      await deliver();
      morning.clock.advance({ seconds: 20 });
    }
    fake.network.setDown(false);
    await deliverAll();
    expect(fake.twilio.sent).toHaveLength(homes.length);
    expect(new Set(fake.twilio.sent.map(({ to }) => to)).size).toBe(homes.length);
  });

  it('is tried again, ever slower, while the provider refuses', async () => {
    const { alertId } = await morning.miss();
    fake.network.next(
      ...Array.from({ length: 3 }, () => ({ kind: 'refuse', status: 400, code: 29999 }) as const),
    );
    const waits: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await deliver();
      const [page] = await morning.pages(alertId);
      expect(page).toMatchObject({ state: 'planned', failure: 'refused (29999)' });
      waits.push(page!.next_attempt_at!.getTime() - morning.clock.now().epochMilliseconds);
      morning.clock.set(page!.next_attempt_at!.toISOString());
    }
    expect(waits).toEqual([4_000, 8_000, 16_000]);
    await deliver();
    expect(fake.twilio.sent).toHaveLength(1);
    expect(fake.twilio.requests.list).toBe(0); // A plain refusal leaves nothing to ask about.
  });

  it.each([
    ['has no room for it', { kind: 'refuse', status: 429, code: 20429 }],
    ['refuses it for now', { kind: 'refuse', status: 400, code: 29999 }],
    ['hangs up on it', { kind: 'hang_up' }],
  ] as const)('is never given up while its alert is open and the provider %s', async (_, fate) => {
    const { alertId } = await morning.miss();
    for (let hour = 0; hour < 30; hour += 1) {
      fake.network.next(fate);
      await deliver();
      morning.clock.advance({ hours: 1 });
    }
    await deliver();
    expect(await morning.pages(alertId)).toMatchObject([{ state: 'accepted' }]);
  });

  it('is not sent any more once its alert is closed', async () => {
    const { alertId, primaryId } = await morning.miss();
    fake.network.next({ kind: 'refuse', status: 429, code: 20429 });
    await deliver();
    const outcome = { kind: 'record_outcome', outcome: 'safe', by: primaryId } as const;
    await changeAlert(morning.db, alertId, outcome, morning.clock.now());
    await deliverAll();
    expect(await morning.pages(alertId)).toMatchObject([{ state: 'failed', failure: 'stood_down' }]);
    expect(fake.twilio.sent).toHaveLength(0);
  });
});

describe('two who deliver at once', () => {
  it('send each page once', async () => {
    for (let n = 0; n < 60; n += 1) await morning.miss();
    const counts = await Promise.all([deliver(), deliver(), deliver()]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(60);
    expect(new Set(fake.twilio.sent.map(({ to }) => to)).size).toBe(60);
    expect(fake.twilio.sent).toHaveLength(60);
  });

  it('take no more than they were asked to', async () => {
    for (let n = 0; n < 5; n += 1) await morning.miss();
    expect(await deliver(3)).toBe(3);
    expect(fake.twilio.sent).toHaveLength(3);
  });
});

describe('two answers in the same words', () => {
  it('are two messages, also when one of them was never recorded', async () => {
    const at = () => new Date(morning.clock.now().epochMilliseconds);
    const answer = async () =>
      morning.db
        .insertInto('message')
        .values({
          ...{ id: randomUUID(), direction: 'out', kind: 'answer', channel: 'sms', phone: '+8613900009998' },
          ...{ text: '【窗帘之约】没看懂', state: 'planned', created_at: at(), next_attempt_at: at() },
        } as const)
        .execute();
    await answer();
    await deliver();
    await answer();
    await take(1);
    await deliverAll();
    expect(fake.twilio.sent).toHaveLength(2);
    const states = await morning.db.selectFrom('message').select(['state', 'provider_id']).execute();
    expect(states.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    expect(new Set(states.map((message) => message.provider_id)).size).toBe(2);
  });

  it.each(['at the same moment', 'while a receipt says whose it is'] as const)(
    'are two messages, also when the same one of the provider’s is found for both %s',
    async (when) => {
      const at = () => new Date(morning.clock.now().epochMilliseconds);
      const [mistaken, right] = [randomUUID(), randomUUID()];
      const text = '【窗帘之约】没看懂';
      const answer = { direction: 'out', kind: 'answer', channel: 'sms', phone: '+8613900009998' } as const;
      await morning.db
        .insertInto('message')
        .values(
          [mistaken, right].map((id) => ({
            ...{ ...answer, id, text, state: 'planned' as const, created_at: at(), next_attempt_at: at() },
          })),
        )
        .execute();
      const taken = await take(2);
      const sent = taken.find(({ key }) => key === right);
      if (!sent) throw new Error('it was not due');
      await gateway.send({ ...sent, content: { kind: 'plain', text } });
      passLease();
      const { db, clock } = morning;
      const both = Promise.withResolvers<void>();
      let asked = 0;
      const meeting: Gateway = {
        ...gateway,
        async find(dispatch, isAnothers) {
          const found = await gateway.find(dispatch, isAnothers);
          asked += 1;
          if (asked === 2) both.resolve();
          if (asked <= 2) await both.promise;
          if (found && when !== 'at the same moment' && dispatch.key === mistaken)
            await recordReceipt(
              db,
              { ...found, provider: 'twilio', key: right, state: 'accepted' },
              clock.now(),
            );
          return found;
        },
      };
      for (let round = 0; round < 3; round += 1) {
        await deliverDue(db, createGateways([meeting]), clock, 100);
        passLease();
      }
      expect(fake.twilio.sent).toHaveLength(2);
      const states = await db.selectFrom('message').select(['state', 'provider_id']).execute();
      expect(states.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
      expect(new Set(states.map((message) => message.provider_id)).size).toBe(2);
    },
  );
});

describe('a page that will never arrive', () => {
  it('moves the ladder at once', async () => {
    const home = await morning.miss();
    fake.twilio.refuse(await morning.phoneOf(home.primaryId), 400, 21610);
    morning.clock.advance({ seconds: 2 });
    await deliver();
    expect(await morning.pages(home.alertId)).toMatchObject([
      { state: 'failed', failure: 'opted_out (21610)' },
    ]);
    expect((await morning.alertOf(home.id)).next_step_at).toEqual(
      new Date(morning.clock.now().epochMilliseconds),
    );
    await advanceDueAlerts(morning.db, morning.clock.now(), 10);
    await deliver();
    expect(sentTo(await morning.phoneOf(home.backupId))).toHaveLength(1);
  });

  it('moves nothing when somebody goes already', async () => {
    const home = await morning.miss();
    fake.twilio.refuse(await morning.phoneOf(home.primaryId), 400, 21610);
    await changeAlert(
      morning.db,
      home.alertId,
      { kind: 'acknowledge', by: home.backupId },
      morning.clock.now(),
    );
    const before = (await morning.alertOf(home.id)).next_step_at;
    await deliver();
    expect((await morning.alertOf(home.id)).next_step_at).toEqual(before);
  });

  it('moves nothing at the last step, so that a dead office phone is no endless loop', async () => {
    const home = await morning.miss();
    fake.twilio.refuse(await morning.phoneOf(morning.seed.officeId), 400, 21211);
    for (const minutes of [3, 3, 4]) {
      morning.clock.advance({ minutes });
      await advanceDueAlerts(morning.db, morning.clock.now(), 10);
    }
    const before = (await morning.alertOf(home.id)).next_step_at;
    await deliver();
    expect((await morning.pages(home.alertId)).at(-1)).toMatchObject({ state: 'failed' });
    expect((await morning.alertOf(home.id)).next_step_at).toEqual(before);
  });

  it('moves nothing when it was of a step long left behind', async () => {
    const home = await morning.miss();
    fake.twilio.refuse(await morning.phoneOf(home.primaryId), 400, 21610);
    const [late] = await take(1);
    morning.clock.advance({ minutes: 3 });
    await advanceDueAlerts(morning.db, morning.clock.now(), 10);
    await morning.db.updateTable('message').set({ state: 'accepted' }).where('step', '=', 1).execute();
    const before = (await morning.alertOf(home.id)).next_step_at;
    await deliverAll();
    expect(await morning.pages(home.alertId)).toContainEqual(
      expect.objectContaining({ id: late?.key, state: 'failed' }),
    );
    expect((await morning.alertOf(home.id)).next_step_at).toEqual(before);
  });
});
