import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canaryPatienceMs } from '#pact/canary.ts';
import { checkCanaries, type FailedCanary } from '#store/canary/check-canaries.ts';
import { keepCanaries } from '#store/canary/keep-canaries.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { EIGHT } from '../testing/missed-morning.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

const eight = Temporal.Instant.from(EIGHT);

let town: Scenario;
let office: string;
beforeEach(async () => {
  town = await openScenario();
  office = await town.phoneOf(town.seed.officeId);
  const night = eight.subtract({ hours: 4 });
  await keepCanaries(town.db, night);
  await openDays(town.db, night);
  town.clock.set(eight.add({ seconds: 1 }));
  await judgeDueDays(town.db, town.clock.now(), [], 100);
});
afterEach(() => town?.close());

/** Time passes, and after each step somebody looks after the canary, as the sweep does. */
async function pass(seconds: number): Promise<FailedCanary[]> {
  const failed: FailedCanary[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await town.pass({ seconds: 1 });
    failed.push(...(await checkCanaries(town.db, town.clock.now(), canaryPatienceMs(1))));
  }
  return failed;
}
const verdict = async () =>
  (await town.db.selectFrom('canary_check').select('state').executeTakeFirst())?.state;

it('the office reads it a minute after the deadline at the latest, and nobody else hears of it', async () => {
  expect(await pass(60)).toEqual([]);
  town.phones.expectSms(office, /哨兵户演练/);
  town.phones.expectNothingElse();
  expect(await verdict()).toBe('proven');
});

it('a text that is swallowed becomes a call, which proves as much where a person takes it', async () => {
  town.phones.of(office).filtersOurs().answersCall();
  expect(await pass(60)).toEqual([]);
  town.phones.expectLostSms(office, /哨兵户演练/);
  town.phones.expectCall(office);
  expect(await verdict()).toBe('proven');
});

it('accepted is not enough: where nothing reaches the office, the round by hand is asked for, once', async () => {
  town.phones.of(office).filtersOurs().doesNotAnswer();
  const [failed, ...others] = await pass(180);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ communityId: town.seed.communityId, deadline: '8:00' });
  expect(await verdict()).toBe('failed');
});

it('a provider that is down at the deadline is no calm morning', async () => {
  town.fake.network.setDown(true);
  expect(await pass(70)).toHaveLength(1);
  expect(await verdict()).toBe('failed');
  town.fake.network.setDown(false);
  await pass(120);
  town.phones.expectSms(office, /哨兵户/);
});
