import { afterAll, beforeAll, expect, it } from 'vitest';
import { URGENCY } from '#store/message/plan-message.ts';
import { readFailingProviders } from '#store/today/read-messages.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
beforeAll(async () => {
  town = await openScenario();
});
afterAll(() => town?.close());

it('sends every page once when the provider is back after ten minutes across the deadline, the urgent first', {
  timeout: 60_000,
}, async () => {
  const { phones, fake } = town;
  fake.network.setDown(true);
  await town.notice('+8613900700001', '今天的小结', URGENCY.daily);
  await town.notice('+8613900700002', '请换电池', URGENCY.notice);
  await town.pass({ minutes: 5 }, 10);

  // 8:00: three homes of one steward, and two of others.
  const three = await town.missForOneSteward(3);
  const others = await town.missThese([await town.seed.addHome(), await town.seed.addHome()]);
  await town.pass({ minutes: 2 }, 10);
  expect(await readFailingProviders(town.db)).toMatchObject([
    { name: 'twilio', channel: 'sms', waiting: 2 + 5 },
  ]);
  expect(fake.twilio.sent).toEqual([]);
  await town.pass({ minutes: 3 }, 10);

  fake.network.setDown(false);
  // The longest that anything waits for its next try, and before anybody is paged anew.
  await town.pass({ seconds: 30 }, 2);
  expect(await readFailingProviders(town.db)).toEqual([]);

  const everybody = [
    ...new Set([...three, ...others].flatMap(({ primaryId, backupId }) => [primaryId, backupId])),
  ];
  for (const personId of everybody) {
    const phone = await town.phoneOf(personId);
    const texts = fake.twilio.sent.filter(({ to }) => to === phone);
    expect(texts, phone).toHaveLength(1);
  }
  const steward = await town.phoneOf(three[0]!.primaryId);
  for (const { code } of three)
    expect(phones.incoming.find(({ to }) => to === steward)?.text).toContain(code);

  const order = fake.twilio.sent.map(({ to }) => to);
  expect(order.slice(-2)).toEqual(['+8613900700002', '+8613900700001']);
});
