import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
beforeEach(async () => {
  town = await openScenario();
});
afterEach(() => town?.close());

describe('an SMS', () => {
  it('is known as delivered once the phone has it, and answered by its code', async () => {
    const home = await town.miss();
    const phone = await town.phoneOf(home.primaryId);
    town.phones.of(phone).replies(`${home.code}1`, { afterSeconds: 40 });
    await town.now();
    await town.pass({ seconds: 50 });
    town.phones.expectSms(phone, /未拉帘/);
    town.phones.expectSms(phone, /已记/);
    town.phones.expectNothingElse();
    expect((await town.alertOf(home.id)).status).toBe('acknowledged');
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
  });

  it('that lies in a phone and is not answered holds nobody back: the backup is paged in their time', async () => {
    const home = await town.miss();
    await town.now();
    await town.pass({ minutes: 3, seconds: 5 });
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
    town.phones.expectSms(await town.phoneOf(home.backupId), /未/);
  });

  it('to a phone that is off moves to a call of the same person, and the ladder moves on beside it', async () => {
    const home = await town.miss();
    const [primary, backup] = [await town.phoneOf(home.primaryId), await town.phoneOf(home.backupId)];
    // Its SMS do not come through, but it rings.
    town.phones.of(primary).isOff().answersCall({ pressing: '4' });
    await town.now();
    await town.pass({ seconds: 20 });
    town.phones.expectLostSms(primary);
    town.phones.expectCall(primary, /没有拉开窗帘/);
    town.phones.expectSms(backup, /未/);
    expect((await town.messages(home.alertId)).slice(0, 1)).toMatchObject([
      { channel: 'sms', state: 'failed', failure: 'phone_unreachable' },
    ]);
  });

  it.each([
    ['is nobody’s', (t: Scenario, phone: string) => t.phones.of(phone).isUnknown(), 'number_unknown'],
    ['is a landline', (t: Scenario, phone: string) => t.phones.of(phone).isLandline(), 'number_not_mobile'],
    ['filters ours', (t: Scenario, phone: string) => t.phones.of(phone).filtersOurs(), 'filtered'],
    ['said STOP', (t: Scenario, phone: string) => t.phones.of(phone).saidStop(), 'opted_out (21610)'],
  ])('to a number that %s pages the backup at once', async (_, prepare, failure) => {
    const home = await town.miss();
    prepare(town, await town.phoneOf(home.primaryId));
    await town.now();
    await town.pass({ seconds: 5 });
    town.phones.expectSms(await town.phoneOf(home.backupId), /未/);
    expect((await town.messages(home.alertId))[0]).toMatchObject({ state: 'failed', failure });
  });

  it('whose callbacks are all lost is asked for after a minute', async () => {
    town.fake.network.spoilCallbacks({ lost: 1 });
    const home = await town.miss();
    await town.now();
    await town.pass({ seconds: 58 });
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'accepted' });
    await town.pass({ seconds: 4 });
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
    expect(town.fake.twilio.requests.fetch).toBe(1);
  });

  it('that did not arrive moves the ladder even when the callback is lost', async () => {
    town.fake.network.spoilCallbacks({ lost: 1 });
    const home = await town.miss();
    town.phones.of(await town.phoneOf(home.primaryId)).isOff();
    await town.now();
    await town.pass({ seconds: 65 });
    town.phones.expectSms(await town.phoneOf(home.backupId), /未/);
  });
});
