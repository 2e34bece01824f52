import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertCommand } from '#pact/alert.ts';
import { signedCallback } from '#sim/fake-provider/twilio-signature.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import type { SeededHome } from '#store/testing/seed.ts';
import { EIGHT } from '../testing/missed-morning.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

const ELDER = '+8613900777777';

let town: Scenario;
let home: SeededHome;
let primary: string;
let backup: string;

beforeEach(async () => {
  town = await openScenario();
  home = await town.seed.addHome();
  primary = await town.phoneOf(home.primaryId);
  backup = await town.phoneOf(home.backupId);
});
afterEach(() => town?.close());

const household = (values: { phone?: string; key_note?: string; entry_consent?: boolean }) =>
  town.db.updateTable('household').set(values).where('id', '=', home.id).execute();
const alert = () => town.alertOf(home.id);
const dayOf = async () =>
  (
    await town.db
      .selectFrom('pact_day')
      .select('closed_as')
      .where('household_id', '=', home.id)
      .executeTakeFirstOrThrow()
  ).closed_as;

/** Nobody opens: the day is judged by the real rules and the steward is paged. */
async function missTheDeadline(): Promise<void> {
  await openDays(town.db, Temporal.Instant.from(EIGHT).subtract({ hours: 2 }));
  town.clock.set(Temporal.Instant.from(EIGHT).add({ seconds: 1 }));
  await judgeDueDays(town.db, town.clock.now(), [], 100);
  await town.now();
}
async function pass(minutes: number): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 5) {
    await town.pass({ seconds: 5 }, 5);
    await weighSignals(town.db, town.clock.now(), 100);
  }
}

describe('while the steward walks', () => {
  beforeEach(() => household({ phone: ELDER }));
  const accepts = (...kinds: string[]) =>
    town.db.updateTable('pact').set({ accepts: kinds }).where('household_id', '=', home.id).execute();

  it('the elder is called, and a key is enough where the pact accepts it: everybody is stood down', async () => {
    await accepts('opened', 'seen', 'called');
    town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 20 });
    town.phones.of(ELDER).answersCall({ pressing: '1' });
    await missTheDeadline();
    await pass(2);
    expect(town.phones.expectCall(ELDER).text).toMatch(/王奶奶.*按1/);
    expect(await alert()).toMatchObject({ status: 'closed', closed_by: 'signal' });
    expect(await dayOf()).toBe('kept_late');
    town.phones.expectSms(primary, /不用再去/);
  });

  it('the elder is called again when an outcome was taken back and somebody sets out anew', async () => {
    town.phones
      .of(primary)
      .replies(`${home.code}1`, { afterSeconds: 20 })
      .replies(`${home.code}1`, { afterSeconds: 20 });
    await missTheDeadline();
    await pass(2);
    town.phones.expectCall(ELDER);
    const { id } = await alert();
    const say = (command: AlertCommand) => changeAlert(town.db, id, command, town.clock.now());
    await say({ kind: 'record_outcome', outcome: 'safe', by: undefined });
    await say({ kind: 'reopen', by: undefined });
    await say({ kind: 'acknowledge', by: home.backupId });
    await pass(2);
    town.phones.expectCall(ELDER);
  });

  it('a key changes nothing where the pact does not accept it, and the elder is not asked for one', async () => {
    await accepts('opened', 'seen');
    town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 20 });
    town.phones.of(ELDER).answersCall({ pressing: '1' });
    await missTheDeadline();
    await pass(2);
    expect(town.phones.expectCall(ELDER).text).not.toMatch(/按1/);
    expect(await alert()).toMatchObject({ status: 'acknowledged' });
  });

  describe('the elder asks to speak to somebody', () => {
    const onTheWay = () => town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 20 });
    const spoken = () =>
      town.db
        .selectFrom('alert_entry')
        .select(['person_id', 'detail'])
        .where('kind', '=', 'talked')
        .execute();

    it('whoever is on the way is called and put through, and says afterwards that all is well', async () => {
      await accepts('opened', 'seen', 'called');
      onTheWay().answersCall({ pressing: '12' });
      town.phones.of(ELDER).answersCall({ pressing: '2' }).speaksFor(40);
      await missTheDeadline();
      await pass(4);
      expect(town.phones.expectCall(primary).text).toMatch(
        /王奶奶,想和您说话.*接通,请按1.*正在接通.*平安,请按2/,
      );
      expect(await spoken()).toMatchObject([{ person_id: home.primaryId, detail: { seconds: 40 } }]);
      expect(await alert()).toMatchObject({ status: 'closed', closed_by: 'signal' });
      expect(await dayOf()).toBe('kept_late');
    });

    it('it stands nobody down where the pact wants the elder seen, and the steward hears that', async () => {
      await accepts('opened', 'seen');
      onTheWay().answersCall({ pressing: '12' });
      town.phones.of(ELDER).answersCall({ pressing: '2' });
      await missTheDeadline();
      await pass(4);
      expect(town.phones.expectCall(primary).text).toMatch(/约定要当面见到,请照常上门/);
      expect(await spoken()).toHaveLength(1);
      expect(await alert()).toMatchObject({ status: 'acknowledged' });
    });

    it('a talk of which nobody says how the elder is settles nothing', async () => {
      await accepts('opened', 'seen', 'called');
      onTheWay().answersCall({ pressing: '1' });
      town.phones.of(ELDER).answersCall({ pressing: '2' });
      await missTheDeadline();
      await pass(4);
      expect(await spoken()).toHaveLength(1);
      expect(await alert()).toMatchObject({ status: 'acknowledged' });
    });

    it('a few seconds are no talk, and well is not said before one', async () => {
      await accepts('opened', 'seen', 'called');
      onTheWay().answersCall({ pressing: '12' });
      town.phones.of(ELDER).answersCall({ pressing: '2' }).speaksFor(4);
      await missTheDeadline();
      await pass(4);
      expect(town.phones.expectCall(primary).text).toMatch(/没有说上话/);
      expect(await spoken()).toEqual([]);
      expect(await alert()).toMatchObject({ status: 'acknowledged' });
    });

    it('what is heard may be an emergency, and calls everybody', async () => {
      await accepts('opened', 'seen', 'called');
      onTheWay().answersCall({ pressing: '13' });
      town.phones.of(ELDER).answersCall({ pressing: '2' });
      await missTheDeadline();
      await pass(4);
      expect(await alert()).toMatchObject({ emergency_at: expect.any(Date) });
      town.phones.expectSms(backup, /急救/);
    });

    it('the end of a talk that comes twice is one talk, and a forged one is none', async () => {
      await accepts('opened', 'seen', 'called');
      onTheWay().answersCall({ pressing: '1' });
      town.phones.of(ELDER).answersCall({ pressing: '2' });
      await missTheDeadline();
      await pass(4);
      const { url, body } = town.fake.network.broughtBack.find(({ url: to }) =>
        to.includes('/voice-talked'),
      )!;
      const params = Object.fromEntries(new URLSearchParams(body));
      const say = (token: string, more: Record<string, string> = {}) => {
        const again = signedCallback(token, url, { ...params, ...more });
        return fetch(again.url, { method: 'POST', headers: again.headers, body: again.body });
      };
      expect((await say(town.account.authToken)).status).toBe(200);
      expect(await spoken()).toHaveLength(1);
      expect((await say('a-token-of-nobody', { CallSid: `CA${'e'.repeat(32)}` })).status).toBe(403);
      expect(await spoken()).toHaveLength(1);
    });
  });

  it('an elder who hears badly is not called, nor one whose pact says so', async () => {
    await town.db
      .insertInto('resident')
      .values({
        ...{ id: randomUUID(), household_id: home.id, name: '王秀英', hearing_weak: true },
        ...{ created_at: new Date(EIGHT), updated_at: new Date(EIGHT) },
      })
      .execute();
    town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 20 });
    await missTheDeadline();
    await pass(2);
    expect(() => town.phones.expectCall(ELDER)).toThrow();
  });
});

describe('somebody at the door', () => {
  it('says so in words, and has a quarter of an hour from there', async () => {
    town.phones.of(primary).replies(`${home.code}1`).replies(`${home.code}到了`, { afterSeconds: 200 });
    await missTheDeadline();
    await pass(5);
    expect(await alert()).toMatchObject({ status: 'acknowledged', arrived_at: expect.any(Date) });
    town.phones.expectSms(primary, /已记:您到.*号/);
  });

  it('relieves whoever had set out, who hears of it at once', async () => {
    town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 200 });
    town.phones.of(backup).replies(`${home.code}到了`, { afterSeconds: 60 });
    await missTheDeadline();
    await pass(6);
    expect(await alert()).toMatchObject({ acknowledged_by: home.backupId, arrived_at: expect.any(Date) });
    town.phones.expectSms(primary, /已有人到.*您不用再赶去/);
  });
});

describe('a promise that runs out', () => {
  it('pages the backup and tells the first', async () => {
    town.phones.of(primary).replies(`${home.code}1`, { afterSeconds: 20 });
    await missTheDeadline();
    await pass(14);
    expect(() => town.phones.expectSms(backup, /./)).toThrow();
    await pass(3);
    town.phones.expectSms(backup, /请您替去/);
    town.phones.expectSms(primary, /到时未报结果,已另请人去/);
  });
});

describe('an emergency', () => {
  const daughter = { id: '', phone: '+8613900888888' };
  beforeEach(async () => {
    daughter.id = randomUUID();
    await town.db
      .insertInto('person')
      .values({
        ...{ ...daughter, community_id: town.seed.communityId, kind: 'family', name: '女儿' },
        ...{ created_at: new Date(EIGHT), updated_at: new Date(EIGHT) },
      })
      .execute();
    await town.db
      .insertInto('assignment')
      .values({ household_id: home.id, person_id: daughter.id, role: 'family' })
      .execute();
  });

  it('calls those whom the text does not reach, though somebody is at the door already', async () => {
    town.phones.of(daughter.phone).filtersOurs().answersCall();
    town.phones.of(primary).replies(`${home.code}1`).replies(`${home.code}3`, { afterSeconds: 60 });
    await missTheDeadline();
    await pass(3);
    expect(await alert()).toMatchObject({ status: 'acknowledged', emergency_at: expect.any(Date) });
    town.phones.expectLostSms(daughter.phone, /急救/);
    expect(town.phones.expectCall(daughter.phone).text).toMatch(/急救/);
  });

  it('reaches everybody on the ladder, the family and the office at once, and says how to get in', async () => {
    await household({ key_note: '对门李姐', entry_consent: true });
    town.phones.of(primary).replies(`${home.code}3`, { afterSeconds: 20 });
    await missTheDeadline();
    await pass(1);
    const others = [home.backupId, ...home.neighbourIds, town.seed.officeId];
    const phones = [daughter.phone, ...(await Promise.all(others.map(town.phoneOf)))];
    for (const phone of phones) {
      const { text } = town.phones.expectSms(phone, /急救:.*钥匙:对门李姐,可破门.*120/);
      expect(text.length).toBeLessThanOrEqual(70);
    }
    expect((await alert()).status).toBe('open');
  });
});
