import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import { receiveReply } from './receive-reply.ts';
import { type MissedHome, type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';

let morning: MissedMorning;

beforeAll(async () => {
  morning = await openMissedMorning();
});
afterAll(async () => {
  await morning?.close();
});

/** The person's phone says `text`; resolves to the answer, where there is one. */
async function says(personId: string, text: string, providerId: string = randomUUID()) {
  const phone = await morning.phoneOf(personId);
  await receiveReply(morning.db, { provider: 'test', providerId, phone, text }, morning.clock.now());
  const answer = await morning.db
    .selectFrom('message as a')
    .innerJoin('message as r', 'r.id', 'a.in_reply_to')
    .select('a.text')
    .where('r.provider_id', '=', providerId)
    .executeTakeFirst();
  return answer?.text;
}
const factsOf = async ({ alertId }: MissedHome) =>
  (
    await morning.db
      .selectFrom('alert_entry')
      .select('kind')
      .where('alert_id', '=', alertId)
      .orderBy('id')
      .execute()
  ).map(({ kind }) => kind);
const statusOf = async ({ id }: MissedHome) => (await morning.alertOf(id)).status;

describe('a reply', () => {
  it('of 1 says that the steward goes, and for how long that holds', async () => {
    const home = await morning.miss();
    expect(await says(home.primaryId, `${home.code}1`)).toContain(`您去${home.code}号。请15分钟内报结果`);
    expect(await morning.alertOf(home.id)).toMatchObject({
      status: 'acknowledged',
      acknowledged_by: home.primaryId,
    });
  });

  it('of 2 records that the elder is safe, by whom, and closes', async () => {
    const home = await morning.miss();
    expect(await says(home.primaryId, `${home.code} 2`)).toContain('平安。谢谢');
    expect(await morning.alertOf(home.id)).toMatchObject({ status: 'closed', outcome: 'safe' });
    const visit = await morning.db
      .selectFrom('visit')
      .selectAll()
      .where('alert_id', '=', home.alertId)
      .execute();
    expect(visit).toMatchObject([{ person_id: home.primaryId, outcome: 'safe' }]);
  });

  it('of 3 calls everybody but the one who stands there', async () => {
    const home = await morning.miss();
    expect(await says(home.primaryId, `${home.code}3`)).toContain('急救已通知所有人。请马上拨120');
    const called = (await morning.pages(home.alertId)).filter(({ text }) => text.includes('急救:'));
    expect(new Set(called.map(({ person_id }) => person_id))).toEqual(
      new Set([home.backupId, ...home.neighbourIds, morning.seed.officeId]),
    );
  });

  it('of 4 passes on to the backup at once', async () => {
    const home = await morning.miss();
    expect(await says(home.primaryId, `${home.code}4`)).toContain('您去不了');
    expect((await morning.pages(home.alertId)).map(({ person_id }) => person_id)).toContain(home.backupId);
    expect(await statusOf(home)).toBe('open');
  });

  it('of 4 said twice pages nobody else, and is answered the same', async () => {
    const home = await morning.miss();
    const answer = await says(home.primaryId, `${home.code}4`);
    expect(await says(home.primaryId, `${home.code}4`)).toBe(answer);
    expect((await morning.pages(home.alertId)).map(({ person_id }) => person_id)).toEqual([
      home.primaryId,
      home.backupId,
    ]);
  });

  it('of 5 asks for somebody to look at the sensor, once, and resolves nothing', async () => {
    const home = await morning.miss();
    expect(await says(home.primaryId, `${home.code}5`)).toContain('设备要上门处理');
    await says(home.primaryId, `${home.code}5`);
    const tickets = await morning.db
      .selectFrom('ticket')
      .selectAll()
      .where('household_id', '=', home.id)
      .execute();
    expect(tickets).toMatchObject([{ kind: 'visit_asked', sensor_id: home.sensorId, due_on: '2026-11-25' }]);
    expect(await statusOf(home)).toBe('open');
  });

  it('of 5 works for a home without a sensor too', async () => {
    const home = await morning.miss({ sensor: false });
    await says(home.primaryId, `${home.code}5`);
    await says(home.primaryId, `${home.code}5`);
    const tickets = await morning.db
      .selectFrom('ticket')
      .selectAll()
      .where('household_id', '=', home.id)
      .execute();
    expect(tickets).toMatchObject([{ kind: 'visit_asked', sensor_id: null }]);
  });

  it('in a plain word speaks of the only home that waits', async () => {
    const home = await morning.miss();
    await says(home.primaryId, '我去');
    expect(await statusOf(home)).toBe('acknowledged');
  });
});

describe('the truth in the answer', () => {
  it('names who goes already to the one who comes second', async () => {
    const home = await morning.miss();
    morning.clock.advance({ minutes: 3 });
    await advanceDueAlerts(morning.db, morning.clock.now(), 1_000);
    await says(home.primaryId, `${home.code}1`);
    const { name } = await morning.db
      .selectFrom('person')
      .select('name')
      .where('id', '=', home.primaryId)
      .executeTakeFirstOrThrow();
    expect(await says(home.backupId, `${home.code}1`)).toContain(`${name}已在路上,您不用去`);
    expect(await morning.alertOf(home.id)).toMatchObject({ acknowledged_by: home.primaryId });
  });

  it('tells a late one that the alert is closed and that nothing was done', async () => {
    const home = await morning.miss();
    await says(home.primaryId, `${home.code}2`);
    const before = await factsOf(home);
    expect(await says(home.primaryId, `${home.code}3`)).toContain('您的回复没有记入。如有急情请拨120');
    expect(await factsOf(home)).toEqual(before);
  });

  it('names the home that the late one spoke of, not another that still waits', async () => {
    const home = await morning.miss();
    const other = await morning.miss();
    await morning.db
      .updateTable('message')
      .set({ phone: await morning.phoneOf(home.primaryId) })
      .where('alert_id', '=', other.alertId)
      .execute();
    await says(home.primaryId, `${home.code}2`);
    expect(await says(home.primaryId, `${home.code}1`)).toContain(`】${home.code}号这次已解除`);
    expect(await statusOf(other)).toBe('open');
  });

  it('is help where nothing was understood, and nothing is changed', async () => {
    const home = await morning.miss();
    for (const text of ['不平安', '没事吗', '071072', '']) {
      expect(await says(home.primaryId, text)).toContain('没看懂,未作改动');
    }
    expect(await factsOf(home)).toEqual(['opened', 'step_reached']);
  });

  it('asks for the number of one whom several homes wait for', async () => {
    const home = await morning.miss();
    const other = await morning.miss();
    const phone = await morning.phoneOf(home.primaryId);
    await morning.db.updateTable('message').set({ phone }).where('alert_id', '=', other.alertId).execute();
    expect(await says(home.primaryId, '平安')).toMatch(/您有2户待查/);
    expect([await statusOf(home), await statusOf(other)]).toEqual(['open', 'open']);
  });

  it('refuses a number that this phone was not called for', async () => {
    const home = await morning.miss();
    const other = await morning.miss();
    expect(await says(home.primaryId, `${other.code}2`)).toContain('没找到呼叫过您的这个门号');
    expect(await statusOf(other)).toBe('open');
  });

  it('tells a neighbour who was not called that nothing waits', async () => {
    const home = await morning.miss();
    expect(await says(home.neighbourIds[0]!, `${home.code}2`)).toContain('现在没有等您回复的住户');
    expect(await statusOf(home)).toBe('open');
  });
});

describe('what comes twice, or from nowhere', () => {
  it('a message that comes twice does and answers once', async () => {
    const home = await morning.miss();
    const phone = await morning.phoneOf(home.primaryId);
    await Promise.all([1, 2, 3].map(() => says(home.primaryId, `${home.code}4`, `doubled-${home.id}`)));
    expect(await morning.answers(phone)).toHaveLength(1);
    expect((await factsOf(home)).filter((kind) => kind === 'passed')).toHaveLength(1);
  });

  it('is wholly undone when it cannot be finished, so that it can come again', async () => {
    const home = await morning.miss();
    const failing = `failing-${home.id}`;
    await morning.db.schema.alterTable('visit').renameTo('visit_away').execute();
    await expect(says(home.primaryId, `${home.code}2`, failing)).rejects.toThrow();
    await morning.db.schema.alterTable('visit_away').renameTo('visit').execute();
    expect(await statusOf(home)).toBe('open');
    expect(await says(home.primaryId, `${home.code}2`, failing)).toContain('平安。谢谢');
    expect(await statusOf(home)).toBe('closed');
  });

  it('two stewards who go at the same moment: one goes, the other hears so', async () => {
    const home = await morning.miss();
    morning.clock.advance({ minutes: 3 });
    await advanceDueAlerts(morning.db, morning.clock.now(), 1_000);
    const answers = await Promise.all([
      says(home.primaryId, `${home.code}1`),
      says(home.backupId, `${home.code}1`),
    ]);
    expect(answers.filter((answer) => answer?.includes('已记:您去'))).toHaveLength(1);
    expect(answers.filter((answer) => answer?.includes('您不用去'))).toHaveLength(1);
  });

  it('a stranger is kept on record and answered, but cannot make us send for ever', async () => {
    const { db, clock } = morning;
    const phone = '+447700900123';
    for (let n = 0; n < 12; n += 1) {
      await receiveReply(
        db,
        { provider: 'test', providerId: `stranger-${n}`, phone, text: '072' },
        clock.now(),
      );
    }
    const kept = await db
      .selectFrom('message')
      .selectAll()
      .where('phone', '=', phone)
      .where('kind', '=', 'reply')
      .execute();
    expect(kept).toHaveLength(12);
    const answers = await morning.answers(phone);
    expect(answers).toHaveLength(5);
    expect(answers[0]?.text).toContain('您的号码没有登记');
    clock.advance({ hours: 2 });
    await receiveReply(
      db,
      { provider: 'test', providerId: 'stranger-later', phone, text: 'hi' },
      clock.now(),
    );
    expect(await morning.answers(phone)).toHaveLength(6);
  });

  it('many strangers together are bounded too', async () => {
    const { db, clock } = morning;
    clock.advance({ hours: 2 });
    for (let n = 0; n < 40; n += 1) {
      const message = {
        provider: 'test',
        providerId: `crowd-${n}`,
        phone: `+4477009${n + 10_000}`,
        text: '?',
      };
      await receiveReply(db, message, clock.now());
    }
    const answered = await db
      .selectFrom('message')
      .select('id')
      .where('kind', '=', 'answer')
      .where('community_id', 'is', null)
      .where('created_at', '=', new Date(clock.now().epochMilliseconds))
      .execute();
    expect(answered).toHaveLength(30);
  });

  it('one who works is always answered, however often', async () => {
    const home = await morning.miss();
    for (let n = 0; n < 7; n += 1) await says(home.primaryId, 'bla');
    const phone = await morning.phoneOf(home.primaryId);
    expect(await morning.answers(phone)).toHaveLength(5);
    expect(await says(home.primaryId, `${home.code}1`)).toContain('您去');
    expect(await morning.answers(phone)).toHaveLength(6);
  });

  it('one who has answered for six homes is helped at the first typo', async () => {
    const home = await morning.miss();
    for (let n = 0; n < 6; n += 1) await says(home.primaryId, `${home.code}4`);
    expect(await says(home.primaryId, 'bla')).toContain('没看懂,未作改动');
  });

  it('an alert that was closed meanwhile is not opened by a reply', async () => {
    const home = await morning.miss();
    await changeAlert(
      morning.db,
      home.alertId,
      { kind: 'signal', at: morning.clock.now(), closes: true },
      morning.clock.now(),
    );
    await says(home.primaryId, `${home.code}1`);
    expect(await statusOf(home)).toBe('closed');
  });
});
