import { afterEach, expect, it } from 'vitest';
import { URGENCY } from '#store/message/plan-message.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
afterEach(() => town?.close());

const NOTICES = 60;
const planNotices = async () => {
  for (let n = 0; n < NOTICES; n += 1) {
    await town.notice(`+86139006${String(n).padStart(5, '0')}`, `提醒 ${n}`, URGENCY.notice);
  }
};

it('lets a first page pass sixty reminders that came before it', async () => {
  town = await openScenario({ perSecond: 100 });
  await planNotices();
  const home = await town.miss();
  await town.now();
  expect(town.fake.twilio.sent[0]?.to).toBe(await town.phoneOf(home.primaryId));
  expect(town.fake.twilio.sent).toHaveLength(NOTICES + 1);
});

it('lets a page that comes meanwhile wait for no more than what is taken ahead', async () => {
  const perSecond = 10;
  town = await openScenario({ perSecond });
  await planNotices();
  const sending = town.now();
  await expect.poll(() => town.fake.twilio.sent.length).toBeGreaterThan(0);
  const before = town.fake.twilio.sent.length;
  const home = await town.miss();
  await sending;
  await town.now();
  const phone = await town.phoneOf(home.primaryId);
  const place = town.fake.twilio.sent.findIndex(({ to }) => to === phone);
  expect(place - before).toBeLessThanOrEqual(3 * perSecond);
  expect(town.fake.twilio.sent).toHaveLength(NOTICES + 1);
});

it('drops nothing where the provider takes two a second, and the page goes first', async () => {
  town = await openScenario();
  town.fake.network.setRateLimit(2);
  await planNotices();
  const home = await town.miss();
  const phone = await town.phoneOf(home.primaryId);
  town.phones.of(phone).replies(`${home.code}2`, { afterSeconds: 10 });
  await town.pass({ minutes: 4 }, 1);
  const order = town.fake.twilio.sent.map(({ to }) => to);
  // Two requests a second are let in, and those of one moment race to the door.
  expect(order.indexOf(phone)).toBeLessThan(4);
  const reminders = town.fake.twilio.sent.filter(({ body }) => body.startsWith('提醒'));
  expect(reminders).toHaveLength(NOTICES);
  expect(new Set(reminders.map(({ to }) => to)).size).toBe(NOTICES);
});
