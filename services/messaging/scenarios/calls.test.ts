import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
let home: Awaited<ReturnType<Scenario['miss']>>;
let primary: string;

beforeEach(async () => {
  town = await openScenario();
  home = await town.miss();
  primary = await town.phoneOf(home.primaryId);
  // Nobody reads SMS any more: the steward is reached by a call or not at all.
  town.phones.of(primary).isLandline();
});
afterEach(() => town?.close());

const callTo = async (personId: string) =>
  (await town.messages(home.alertId)).find((one) => one.channel === 'voice' && one.personId === personId);
async function untilCalled(seconds = 30) {
  await town.now();
  await town.pass({ seconds });
}

describe('a call', () => {
  it('says which home it is about, slowly and twice, where no key is pressed', async () => {
    town.phones.of(primary).answersCall();
    await untilCalled(60);
    const { text } = town.phones.expectCall(primary);
    expect(text.match(new RegExp(`${[...home.code].join(' ')}号,王奶奶,3栋2单元501`, 'g'))).toHaveLength(2);
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'delivered' });
    expect((await town.alertOf(home.id)).status).toBe('open');
  });

  it('takes 1 for "I go"', async () => {
    town.phones.of(primary).answersCall({ pressing: '1' });
    await untilCalled();
    expect((await town.alertOf(home.id)).status).toBe('acknowledged');
    expect(town.phones.expectCall(primary).text).toMatch(/已记|谢谢您/);
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'delivered' });
  });

  it('takes 2 for "safe"', async () => {
    town.phones.of(primary).answersCall({ pressing: '2' });
    await untilCalled();
    expect(await town.alertOf(home.id)).toMatchObject({ status: 'closed' });
  });

  it('takes 3 for an emergency and calls everybody', async () => {
    town.phones.of(primary).answersCall({ pressing: '3' });
    await untilCalled();
    expect((await town.alertOf(home.id)).emergency_at).not.toBeNull();
    town.phones.expectSms(await town.phoneOf(town.seed.officeId), /急救|120/);
  });

  it('takes 4 for "cannot go" and asks the next', async () => {
    town.phones.of(primary).answersCall({ pressing: '4' });
    await untilCalled();
    town.phones.expectSms(await town.phoneOf(home.neighbourIds[0]!), /未/);
    expect((await town.alertOf(home.id)).status).toBe('open');
  });

  it('takes a key that means nothing for nothing', async () => {
    town.phones.of(primary).answersCall({ pressing: '9' });
    await untilCalled();
    expect(town.phones.expectCall(primary).text).toContain('没有听清');
    expect((await town.alertOf(home.id)).status).toBe('open');
  });

  it.each([
    ['to a phone that is engaged', (t: Scenario, p: string) => t.phones.of(p).isBusy(), 'busy', 20],
    ['that a voicemail takes', (t: Scenario, p: string) => t.phones.of(p).hasVoicemail(), 'voicemail', 25],
    ['that nobody takes', (t: Scenario, p: string) => t.phones.of(p).doesNotAnswer(), 'not_answered', 35],
    ['to a dead phone', (t: Scenario, p: string) => t.phones.of(p).isOff(), 'call_failed', 20],
  ])('%s has failed, and the ladder moves on', async (_, prepare, failure, seconds) => {
    // At the first step only the call is left to fail.
    await town.db
      .updateTable('person')
      .set({ channels: ['voice'] })
      .where('id', '=', home.primaryId)
      .execute();
    prepare(town, primary);
    await untilCalled(seconds);
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'failed', failure });
    town.phones.expectSms(await town.phoneOf(home.backupId), /未/);
  });

  it('rings for 25 seconds and no longer', async () => {
    town.phones.of(primary).answersCall({ afterSeconds: 26 });
    await untilCalled(45);
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'failed', failure: 'not_answered' });
  });

  it('that was answered while we were away has told nobody anything', async () => {
    town.phones.of(primary).answersCall();
    await town.now();
    await town.pass({ seconds: 6 });
    await town.cutOff(() => town.passWithoutUs({ seconds: 30 }));
    await town.pass({ seconds: 90 });
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'failed', failure: 'call_unheard' });
  });

  it('is asked for where its callbacks are lost', async () => {
    town.phones.of(primary).isBusy();
    await town.now();
    town.fake.network.spoilCallbacks({ lost: 1 });
    await town.pass({ seconds: 130 }, 5);
    expect(await callTo(home.primaryId)).toMatchObject({ state: 'failed', failure: 'busy' });
  });

  it('says that it is settled, and asks for nothing, once the home is seen to', async () => {
    town.phones.of(primary).answersCall({ afterSeconds: 15 });
    await town.now();
    await town.pass({ seconds: 8 });
    const phone = await town.phoneOf(home.backupId);
    town.phones.write(phone, `${home.code}2`);
    await town.pass({ seconds: 30 });
    const { text, call } = town.phones.expectCall(primary);
    expect(text).toMatch(/已经有人办好了,您不用再去/);
    expect(call?.state()).toBe('ended');
  });
});
