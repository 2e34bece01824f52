import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAliyunWebhooks } from '../aliyun/webhooks.ts';
import { aliyunAccount } from '../testing/aliyun-account.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
beforeEach(async () => {
  town = await openScenario({}, { aliyun: true });
});
afterEach(() => town?.close());

const push = (kind: 'report' | 'reply', entries: unknown, pushes = town.pushes) =>
  town.post(
    `${new URL(pushes).pathname}/${kind}`,
    { 'content-type': 'application/json' },
    JSON.stringify(entries),
  );

describe('in mainland China', () => {
  it('a page goes by Aliyun, in the registered words, and one to another country by Twilio', async () => {
    const [here, abroad] = [await town.miss(), await town.seed.addHome()];
    const phone = await town.phoneOf(here.primaryId);
    await town.db
      .updateTable('person')
      .set({ phone: '+447400123456' })
      .where('id', '=', abroad.primaryId)
      .execute();
    await town.missThese([abroad]);
    await town.now();
    await town.pass({ seconds: 3 });
    expect(town.fake.aliyun.sent.map((sms) => sms.phone)).toEqual([phone.replace('+86', '')]);
    expect(town.fake.twilio.sent.map(({ to }) => to)).toEqual(['+447400123456']);
    town.phones.expectSms(
      phone,
      new RegExp(`^【窗帘之约】8:00未拉帘:${here.code}号.*。回户号加1出发2平安3急救4去不了$`),
    );
    town.phones.expectSms('+447400123456', /未拉帘/);
    town.phones.expectNothingElse();
    expect((await town.pages(here.alertId))[0]).toMatchObject({ state: 'delivered', provider: 'aliyun' });
  });

  it('a phone that is off moves the ladder by the carrier’s report', async () => {
    const home = await town.miss();
    town.phones.of(await town.phoneOf(home.primaryId)).isOff();
    await town.now();
    await town.pass({ seconds: 10 });
    town.phones.expectLostSms(await town.phoneOf(home.primaryId));
    town.phones.expectSms(await town.phoneOf(home.backupId), /尚无人确认/);
    expect((await town.messages(home.alertId))[0]).toMatchObject({
      state: 'failed',
      failure: 'phone_unreachable',
    });
  });

  it('a page whose report is lost is asked for after a minute', async () => {
    town.fake.network.spoilCallbacks({ lost: 1 });
    const home = await town.miss();
    await town.now();
    await town.pass({ seconds: 62 });
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
  });

  it('a phone that has had its day’s SMS is called instead, and others are paged', async () => {
    const home = await town.miss();
    town.fake.aliyun.refuseNext('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50');
    const [primary, backup] = [await town.phoneOf(home.primaryId), await town.phoneOf(home.backupId)];
    town.phones.of(primary).answersCall({ pressing: '1' });
    await town.now();
    await town.pass({ seconds: 20 });
    town.phones.expectCall(primary);
    town.phones.expectSms(backup, /尚无人确认/);
    expect((await town.alertOf(home.id)).status).toBe('acknowledged');
  });
});

describe('a push of Aliyun', () => {
  it('brings a reply, which is done and answered', async () => {
    const home = await town.miss();
    const phone = await town.phoneOf(home.primaryId);
    town.phones.of(phone).replies(`${home.code}1`, { afterSeconds: 40 });
    await town.now();
    await town.pass({ seconds: 50 });
    town.phones.expectSms(phone, /未拉帘/);
    town.phones.expectSms(phone, /^【窗帘之约】回复您:已记:您去/);
    expect((await town.alertOf(home.id)).status).toBe('acknowledged');
  });

  it('that is brought twice is one reply', async () => {
    town.fake.network.spoilCallbacks({ doubled: 1 });
    const home = await town.miss();
    const phone = await town.phoneOf(home.primaryId);
    town.phones.of(phone).replies(`${home.code}2`);
    await town.now();
    await town.pass({ seconds: 30 });
    expect(await town.answers(phone)).toHaveLength(1);
  });

  it('is refused when it is forged, and changes nothing', async () => {
    const home = await town.miss();
    const phone = (await town.phoneOf(home.primaryId)).replace('+86', '');
    await town.now();
    const reply = [{ phone_number: phone, content: `${home.code}2`, send_time: '', sequence_id: 7 }];
    const wrong = town.pushes.replace(/[^/]+$/, 'a'.repeat(36));
    for (const kind of ['reply', 'report'] as const) {
      const answer = await push(kind, reply, wrong);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ error: { code: 'SIGNATURE_INVALID' } });
    }
    expect((await town.alertOf(home.id)).status).toBe('open');
  });

  it('is taken as far as it is good', async () => {
    const home = await town.miss();
    await town.now();
    const { outId } = town.fake.aliyun.sent[0]!;
    const report = (more: object) => ({ phone_number: '1', success: true, err_code: 'DELIVERED', ...more });
    const answer = await push('report', [
      null,
      'nonsense',
      {},
      report({ out_id: 'somebody-else’s' }),
      report({ out_id: randomUUID() }),
      report({ out_id: 17 }),
      report({ out_id: outId, success: 'perhaps' }),
      report({ out_id: outId }),
    ]);
    expect([answer.status, await answer.json()]).toEqual([200, { code: 0, msg: '成功' }]);
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
    expect((await push('report', { out_id: outId })).status).toBe(400);
  });

  it('is called for again when one of it could not be kept, and the others are kept', async () => {
    const taken: string[] = [];
    const inbox = {
      receive: async ({ text }: { text: string }) => {
        if (text === 'lost') throw new Error('the database is away');
        taken.push(text);
      },
    };
    const reply = createAliyunWebhooks(aliyunAccount(''), inbox as never)[1]!;
    const rawBody = JSON.stringify(
      ['first', 'lost', 'last'].map((content) => ({ phone_number: '13900001111', content })),
    );
    const url = `${town.pushes}/reply`;
    await expect(reply.handle({ url, rawBody, headers: {}, params: {} })).rejects.toThrow('away');
    expect(taken).toEqual(['first', 'last']);
  });

  it('brings what no database keeps, without it', async () => {
    const home = await town.miss();
    const phone = await town.phoneOf(home.primaryId);
    await town.now();
    const entry = { phone_number: phone.replace('+86', ''), content: `${home.code}1\u0000` };
    expect((await push('reply', [entry])).status).toBe(200);
    expect((await town.alertOf(home.id)).status).toBe('acknowledged');
  });
});
