import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { KEEP_DAYS } from '#pact/retention.ts';
import { keepNoLonger } from '#store/retention/retention-run.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';
import { dump, findWords } from './testing/dump.ts';

const STEWARD_PHONE = '+8613905550001';
let api: ApiUnderTest;
let as: Record<string, string>;
let communityId: string;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:00:00+08:00');
});
afterAll(() => api.stop());
beforeEach(async () => {
  await at('2026-11-24T14:00:00+08:00');
  await api.db.deleteFrom('retention_run').execute();
  const made = await send('POST', '/communities', {
    name: `社区-${randomUUID().slice(0, 8)}`,
    timeZone: 'Asia/Shanghai',
  });
  communityId = made.id;
});

async function at(time: string) {
  api.clock.set(time);
  as = await api.signInAs({ role: 'admin' });
}
const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH', path: string, payload?: object) => {
  const answer = await api.request({ method, url: `/api/v1${path}`, as, ...(payload ? { payload } : {}) });
  if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.body}`);
  return answer.body === '' ? {} : answer.json();
};
const person = async (kind: string, name: string, phone: string): Promise<string> =>
  (await send('POST', '/stewards', { communityId, kind, name, phone })).id;
const homeOf = async (code: string, name: string): Promise<string> =>
  (
    await send('POST', '/households', {
      ...{ communityId, grid: '一格', code, salutation: '王奶奶', building: '3', room: `${code}1` },
      residents: [{ name }],
    })
  ).id;
const takeOut = (path: string) => send('DELETE', path);
const erase = (path: string) => send('POST', `${path}/erase`);
const personRow = (id: string) =>
  api.db.selectFrom('person').select(['name', 'phone']).where('id', '=', id).executeTakeFirstOrThrow();

it('leaves alone who bears the same name or number and is in the register, and the pages that are on their way', async () => {
  const steward = await person('steward', '赵红梅', STEWARD_PHONE);
  const neighbour = await person('neighbour', '赵红梅', STEWARD_PHONE);
  const leaving = await homeOf('07', '王桂兰');
  const staying = await homeOf('08', '王桂兰');
  await send('PUT', `/households/${leaving}/people`, { primary: [steward], neighbour: [neighbour] });
  await send('PUT', `/households/${staying}/people`, { primary: [steward] });
  await send('POST', `/households/${staying}/notes`, { note: '王桂兰爱吃面' });
  await takeOut(`/households/${leaving}`);
  await at('2029-11-24T14:00:00+08:00');
  const page = {
    ...{ id: randomUUID(), community_id: communityId, direction: 'out' as const, kind: 'page' as const },
    ...{
      person_id: steward,
      channel: 'sms',
      phone: STEWARD_PHONE,
      text: '08号王奶奶没拉帘',
      language: 'zh-CN' as const,
    },
    ...{
      state: 'planned' as const,
      created_at: new Date('2029-11-24T06:00:00Z'),
      next_attempt_at: new Date(),
    },
  };
  await api.db.insertInto('message').values(page).execute();
  await erase(`/households/${leaving}`);
  expect(await personRow(neighbour)).toEqual({ name: '', phone: `erased:${neighbour}` });
  expect(await personRow(steward)).toEqual({ name: '赵红梅', phone: STEWARD_PHONE });
  const kept = await api.db
    .selectFrom('message')
    .select(['phone', 'text', 'state'])
    .where('id', '=', page.id)
    .executeTakeFirst();
  expect(kept).toEqual({ phone: STEWARD_PHONE, text: page.text, state: 'planned' });
  const file = await send('GET', `/households/${staying}`);
  expect(file.notes).toMatchObject([{ note: '王桂兰爱吃面' }]);
  expect(file.residents).toMatchObject([{ name: '王桂兰' }]);
});

it('keeps a family until the last home that may come back is erased', async () => {
  const family = await person('family', '夏侯明远', '+8613905550002');
  const [first, second] = [await homeOf('07', '甲'), await homeOf('08', '乙')];
  for (const id of [first, second]) await send('PUT', `/households/${id}/people`, { family: [family] });
  await takeOut(`/households/${first}`);
  await at('2027-01-01T09:00:00+08:00');
  await takeOut(`/households/${second}`);
  await at('2029-12-01T09:00:00+08:00');
  await erase(`/households/${first}`);
  expect(await personRow(family)).toMatchObject({ name: '夏侯明远' });
  await at('2030-01-01T09:00:00+08:00');
  await erase(`/households/${second}`);
  expect(await personRow(family)).toMatchObject({ name: '' });
});

it('erases a resident and a steward who have left, and takes their names out of what others wrote', async () => {
  const steward = await person('steward', '司徒建国', '+8613905550003');
  const home = await homeOf('07', '公孙大娘');
  const { residents } = await send('GET', `/households/${home}`);
  const other = await send('POST', '/residents', {
    householdId: home,
    name: '皇甫老先生',
    phone: '+8613905550004',
  });
  await send('POST', `/households/${home}/notes`, { note: '司徒建国说皇甫老先生搬去139 0555 0004找他' });
  await takeOut(`/residents/${other.id}`);
  await takeOut(`/stewards/${steward}`);
  const removed = await send('GET', `/register/removed?community=${communityId}`);
  expect(removed).toMatchObject({
    mayErase: true,
    residents: [{ name: '皇甫老先生' }],
    people: [{ name: '司徒建国' }],
  });
  await at('2029-11-24T14:00:00+08:00');
  await erase(`/residents/${other.id}`);
  await erase(`/stewards/${steward}`);
  const words = ['司徒建国', '皇甫老先生', '13905550003', '13905550004', '139 0555 0004'];
  expect(findWords(await dump(api.databaseUrl), words)).toEqual([]);
  const file = await send('GET', `/households/${home}`);
  expect(file.notes).toMatchObject([{ note: '□说□搬去□找他' }]);
  expect(file.residents).toMatchObject([{ name: residents[0].name }]);
});

it('refuses a home whose alert is open, and the night goes round it', async () => {
  const home = await homeOf('07', '端木先生');
  await takeOut(`/households/${home}`);
  const alert = {
    ...{ id: randomUUID(), household_id: home, community_id: communityId, on_date: '2026-11-24' },
    ...{ reason: 'no_signal', deadline_at: new Date(), opened_at: new Date(), status: 'open' as const },
    ...{ ladder: '{}', next_step_at: new Date('2040-01-01T00:00:00Z') },
  };
  await api.db.insertInto('alert').values(alert).execute();
  await at('2029-11-24T14:00:00+08:00');
  await expect(erase(`/households/${home}`)).rejects.toThrow('alert_open');
  expect(await keepNoLonger(api.db, KEEP_DAYS, api.clock.now())).toMatchObject({ homes: 0 });
  await api.db.deleteFrom('alert').where('id', '=', alert.id).execute();
});

it('sends nothing any more that still waited for the family of a home that is erased', async () => {
  const family = await person('family', '钟离小满', '+8613905550006');
  const home = await homeOf('07', '钟离老太');
  await send('PUT', `/households/${home}/people`, { family: [family] });
  await takeOut(`/households/${home}`);
  await at('2029-11-24T14:00:00+08:00');
  const notice = {
    ...{ id: randomUUID(), community_id: communityId, direction: 'out' as const, kind: 'notice' as const },
    ...{ person_id: family, channel: 'sms', phone: '+8613905550006', text: '钟离老太今天平安' },
    ...{ content: '{"kind":"notice"}', state: 'planned' as const, next_attempt_at: new Date() },
    created_at: new Date('2029-11-24T06:00:00Z'),
  };
  await api.db.insertInto('message').values(notice).execute();
  await erase(`/households/${home}`);
  const kept = await api.db
    .selectFrom('message')
    .select(['phone', 'text', 'content', 'state', 'failure', 'next_attempt_at'])
    .where('id', '=', notice.id)
    .executeTakeFirst();
  expect(kept).toEqual({
    ...{ phone: '', text: '', content: null, state: 'failed', failure: 'erased', next_attempt_at: null },
  });
});

it('names the homes that withdrew so long ago, and that nobody has taken out of the register', async () => {
  const home = await homeOf('07', '闻人老伯');
  await send('POST', `/households/${home}/consents`, { purpose: 'pact', signedOn: '2026-11-20' });
  const { consents } = await send('GET', `/households/${home}/enrolment`);
  await send('POST', `/consents/${consents[0].id}/withdraw`, { on: '2026-11-24' });
  const overdue = async () => (await send('GET', `/retention?community=${communityId}`)).overdue;
  // The pact was to begin on the day after, and has had none.
  await at('2029-11-22T14:00:00+08:00');
  expect(await overdue()).toEqual([]);
  await at('2029-11-23T14:00:00+08:00');
  expect(await overdue()).toMatchObject([{ householdId: home, code: '07', endedOn: '2026-11-23' }]);
  // Somebody is there still, for another reason than the pact.
  const visit = { household_id: home, outcome: 'safe', recorded_at: new Date() };
  await api.db
    .insertInto('visit')
    .values({ id: randomUUID(), visited_at: new Date('2029-05-01T02:00:00Z'), ...visit })
    .execute();
  expect(await overdue()).toEqual([]);
});
