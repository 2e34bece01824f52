import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeAlert } from '#store/alert/change-alert.ts';
import { recordProviderHealth, registerProviders } from '#store/message/provider-health.ts';
import { markAccepted } from '#store/message/record-delivery.ts';
import { recordReceipt, takeUnreceipted } from '#store/message/record-receipt.ts';
import { takeDueMessages } from '#store/message/take-due-messages.ts';
import { pressKey } from '../press-key.ts';
import { type MissedMorning, openMissedMorning } from '../testing/missed-morning.ts';

let morning: MissedMorning;
beforeAll(async () => {
  morning = await openMissedMorning();
});
afterAll(() => morning?.close());

it('pages that wait for one person are one list, whoever takes them at the same moment', async () => {
  const { db, clock } = morning;
  for (let round = 0; round < 12; round += 1) {
    await morning.forgetAlerts();
    const first = await morning.seed.addHome();
    const homes = [first];
    while (homes.length < 5) {
      const home = await morning.seed.addHome();
      await db
        .updateTable('assignment')
        .set({ person_id: first.primaryId })
        .where('household_id', '=', home.id)
        .where('role', '=', 'primary')
        .execute();
      homes.push(home);
    }
    await morning.missThese(homes);
    const take = () => takeDueMessages(db, { channel: 'sms', limit: 2, leaseMs: 30_000 }, clock.now());
    const taken = (await Promise.all([take(), take(), take()])).flat();
    expect([round, taken.map(({ isList }) => isList)]).toEqual([round, [true]]);
  }
});

it('a failed page, a key in a call and an outcome from the board never wait for each other in a circle', async () => {
  const { db, clock } = morning;
  await Promise.all(Array.from({ length: 24 }, () => morning.miss()));
  await db.updateTable('message').set({ channel: 'voice' }).execute();
  const due = await takeDueMessages(db, { channel: 'voice', limit: 100, leaseMs: 30_000 }, clock.now());
  const known = due.map(({ key }) => ({ key, provider: 'p', providerId: `id-${key}` }));
  const at = clock.now();
  await markAccepted(
    db,
    known.map((one) => ({ ...one, at, delivered: false, polled: true })),
  );
  // All that may happen to one alert at once, alert by alert, so that they really meet.
  const all = [];
  for (const one of known) {
    const { alert_id: alertId, person_id: by } = await db
      .selectFrom('message')
      .select(['alert_id', 'person_id'])
      .where('id', '=', one.key)
      .executeTakeFirstOrThrow();
    const work = [
      () => pressKey(db, { ...one, digit: '1' }, at, 'zh-CN'),
      () => recordReceipt(db, { ...one, state: 'failed', reason: 'busy' }, at),
      () => pressKey(db, { ...one, digit: '4' }, at, 'zh-CN'),
      () => changeAlert(db, alertId ?? '', { kind: 'note', note: '听见收音机' }, at),
      () =>
        changeAlert(db, alertId ?? '', { kind: 'record_outcome', outcome: 'safe', by: by ?? undefined }, at),
    ];
    all.push(...(await Promise.allSettled(work.map((start) => start()))));
  }
  expect(all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
});

it('a list’s acceptance, its receipts, a poll and a provider that is well again never wait for each other in a circle', async () => {
  const { db, clock } = morning;
  await morning.forgetAlerts();
  const first = await morning.seed.addHome();
  const homes = [first];
  while (homes.length < 36) homes.push(await morning.seed.addHome());
  await db
    .updateTable('assignment')
    .set({ person_id: first.primaryId })
    .where('role', '=', 'primary')
    .where(
      'household_id',
      'in',
      homes.map(({ id }) => id),
    )
    .execute();
  await morning.missThese(homes);
  const at = clock.now();
  await registerProviders(db, [{ name: 'p', channel: 'sms' }]);
  const taken = await takeDueMessages(db, { channel: 'sms', limit: 100, leaseMs: 30_000 }, at);
  const lists = taken.filter(({ isList }) => isList).map(({ key }) => key);
  expect(lists.length).toBeGreaterThan(4);
  const known = lists.map((key) => ({ key, provider: 'p', providerId: `list-${key}` }));
  const failures: string[] = [];
  for (let round = 0; round < 25; round += 1) {
    // As they were before the provider answered; rows that are written anew lie in another order each time.
    for (const key of lists) {
      await db
        .updateTable('message')
        .set({ state: 'sending', failure: 'timeout', next_attempt_at: new Date(at.epochMilliseconds - 1) })
        .where('envelope_id', '=', key)
        .where('id', round % 2 ? '!=' : '=', key)
        .execute();
      await db
        .updateTable('message')
        .set({ state: 'sending', failure: 'timeout', next_attempt_at: new Date(at.epochMilliseconds + 1) })
        .where('envelope_id', '=', key)
        .where('id', round % 2 ? '=' : '!=', key)
        .execute();
    }
    const work = [
      markAccepted(
        db,
        known.map((one) => ({ ...one, at, delivered: false, polled: true })),
      ),
      ...known.map((one) => recordReceipt(db, { ...one, state: 'accepted' }, at)),
      takeUnreceipted(db, at.add({ minutes: 2 }), 100),
      recordProviderHealth(db, { name: 'p', failure: undefined }, at),
      ...known.map((one) => recordReceipt(db, { ...one, state: 'delivered' }, at)),
    ];
    const ends = await Promise.allSettled(work);
    failures.push(...ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])));
  }
  expect(failures).toEqual([]);
  const states = await db
    .selectFrom('message')
    .select('state')
    .distinct()
    .where('envelope_id', 'in', lists)
    .execute();
  expect(states).toEqual([{ state: 'delivered' }]);
}, 120_000);
