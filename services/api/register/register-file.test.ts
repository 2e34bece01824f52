import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let communityId: string;
let steward: string;
let home: string;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
async function send(method: Method, path: string, payload?: object) {
  const answer = await api.request({ method, url: `/api/v1${path}`, ...(payload ? { payload } : {}) });
  return answer.body === '' ? { status: answer.statusCode } : { status: answer.statusCode, ...answer.json() };
}

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:03:00+08:00');
  communityId = (await send('POST', '/communities', { name: '示范社区', timeZone: 'Asia/Shanghai' })).id;
  steward = (await send('POST', '/stewards', { communityId, name: '赵红梅', phone: '199 0000 0001' })).id;
  const residents = [{ name: '王桂兰', birthYear: 1941 }];
  const base = { communityId, grid: '第一网格', salutation: '王奶奶', building: '3', room: '502', residents };
  home = (await send('POST', '/households', { ...base, code: '07', unit: '2', phone: '139 0000 1234' })).id;
  const other = {
    ...base,
    code: '19',
    salutation: '李爷爷',
    building: '5',
    residents: [{ name: '李_百%分' }],
  };
  await send('POST', '/households', other);
  await send('PUT', `/households/${home}/people`, { primary: [steward] });
});
afterAll(() => api.stop());

const search = async (question: string) =>
  (await send('POST', '/households/search', { community: communityId, question })).items.map(
    ({ code }: { code: string }) => code,
  );
const history = async () => (await send('GET', `/households/${home}/history`)).items;

describe('a home is found', () => {
  it.each([
    ['by its number', '07', ['07']],
    ['by its number as people say it', '07号', ['07']],
    ['by a name', '桂兰', ['07']],
    ['by how the elder is called', '李爷爷', ['19']],
    ['by its address', '3栋2单元502', ['07']],
    ['by the last digits of its phone', '1234', ['07']],
    ['by its steward', '红梅', ['07']],
    ['by several words at once', '王 3栋 红梅', ['07']],
    ['by nothing that is only half there', '王 5栋', []],
    ['by a sign that means something to a database', '_百%', ['19']],
    ['with everything where nothing is asked', '', ['07', '19']],
  ])('%s', async (_, question, codes) => {
    expect(await search(question)).toEqual(codes);
  });

  it('without its words standing in a log or an audit entry', async () => {
    await search('桂兰');
    const entries = await api.db
      .selectFrom('audit_entry')
      .selectAll()
      .where('action', '=', 'households.search')
      .execute();
    expect(entries.length).toBeGreaterThan(0);
    expect(JSON.stringify(entries) + api.logs.join('')).not.toContain('桂兰');
  });
});

describe('the history of a home', () => {
  it('tells who changed what, from what to what, and of whom', async () => {
    await send('PATCH', `/households/${home}`, { salutation: '王老师', keyNote: '对门李姐' });
    const { residents } = await send('GET', `/households/${home}`);
    await send('PATCH', `/residents/${residents[0].id}`, {
      mobility: 'stick',
      doctor: '刘大夫 0391-3569001',
    });
    const { pact } = await send('GET', `/households/${home}`);
    await send('PATCH', `/pacts/${pact.id}`, { deadline: '08:30' });
    const [third, second, first] = await history();
    expect(third).toMatchObject({
      subject: 'pact',
      before: { deadline: '08:00' },
      after: { deadline: '08:30' },
    });
    expect(second).toMatchObject({
      ...{ subject: 'resident', about: '王桂兰', at: '2026-11-24T06:03:00.000Z', who: expect.any(String) },
      ...{
        before: { mobility: null, doctor: null },
        after: { mobility: 'stick', doctor: '刘大夫 0391-3569001' },
      },
    });
    expect(first).toMatchObject({
      ...{ subject: 'household', kind: 'update' },
      ...{
        before: { salutation: '王奶奶', key_note: null },
        after: { salutation: '王老师', key_note: '对门李姐' },
      },
    });
  });

  it('tells of people, leaves and sensors too, and of no secret', async () => {
    await send('PUT', `/households/${home}/people`, { primary: [] });
    await send('POST', '/leaves', { householdId: home, fromOn: '2026-12-01', untilOn: '2026-12-03' });
    await send('POST', '/sensors', { householdId: home, id: 'curtain-7' });
    const all = await history();
    expect(
      all.slice(0, 3).map(({ subject, kind }: { subject: string; kind: string }) => [subject, kind]),
    ).toEqual([
      ['sensor', 'insert'],
      ['leave', 'insert'],
      ['assignment', 'delete'],
    ]);
    expect(all[2]).toMatchObject({ about: '赵红梅', before: { role: 'primary' } });
    expect(JSON.stringify(all)).not.toMatch(/secret/);
  });

  it('has nothing of a change that was refused or taken back', async () => {
    const before = (await history()).length;
    expect((await send('PATCH', `/households/${home}`, { code: '19' })).status).toBe(409);
    expect(await history()).toHaveLength(before);
  });
});

describe('a note', () => {
  it('stands with its author and its day, and is struck instead of rewritten', async () => {
    const { notes } = await send('POST', `/households/${home}/notes`, { note: '早上爱听收音机' });
    expect(notes).toMatchObject([{ note: '早上爱听收音机', writtenBy: expect.any(String), struckAt: null }]);
    const struck = await send('POST', `/households/${home}/notes/${notes[0].id}/strike`);
    expect(struck.notes).toMatchObject([{ note: '早上爱听收音机', struckAt: expect.any(String) }]);
    expect((await send('POST', `/households/${home}/notes/${notes[0].id}/strike`)).status).toBe(404);
  });
});
