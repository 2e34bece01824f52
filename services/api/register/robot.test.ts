import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let communityId: string;
let robotId: string;
let stewardId: string;
const URL = 'https://oapi.dingtalk.com/robot/send?access_token=of-the-group';
const SECRET = 'SEC-of-the-group';

const send = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
  api.request({ method, url: `/api/v1${path}`, ...(payload ? { payload } : {}) });
const made = async (path: string, payload: object) => {
  const answer = await send('POST', path, payload);
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json();
};

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T02:10:00+08:00');
  communityId = (await made('/communities', { name: '示范社区', timeZone: 'Asia/Shanghai' })).id;
  const robot = { communityId, name: '一网格群', format: 'dingtalk', url: URL, secret: SECRET };
  robotId = (await made('/robots', robot)).id;
  stewardId = (await made('/stewards', { communityId, name: '赵红梅', phone: '199 0000 0001' })).id;
});
afterAll(() => api?.stop());

test('a robot’s address and secret are never shown again', async () => {
  const shown = [await send('GET', '/robots'), await send('GET', `/robots/${robotId}`)];
  shown.push(await send('PATCH', `/robots/${robotId}`, { name: '第一网格' }));
  for (const answer of shown) {
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('dingtalk');
    expect(answer.body).not.toMatch(/of-the-group/);
  }
  expect(shown[1]!.json()).toMatchObject({ isSigned: true });
  const kept = await api.db.selectFrom('robot').select(['url', 'secret']).executeTakeFirst();
  expect(kept).toEqual({ url: URL, secret: SECRET });
});

test.each([
  ['http://oapi.dingtalk.com/x', 'dingtalk'],
  ['https://user:pass@inside/x', 'feishu'],
  ['file:///etc/passwd', 'wecom'],
])('an address like %s is refused', async (url, format) => {
  const answer = await send('POST', '/robots', { communityId, name: '别的群', format, url });
  expect(answer.statusCode).toBe(400);
});

test('a robot of our own kind needs a secret, and two need two names', async () => {
  const json = { communityId, name: '值班系统', format: 'json', url: 'https://duty.example/hook' };
  expect((await send('POST', '/robots', json)).json().error.details.reason).toBe('robot_unsigned');
  const twice = { communityId, name: '第一网格', format: 'wecom', url: 'https://qyapi.example/x' };
  expect((await send('POST', '/robots', twice)).statusCode).toBe(409);
});

test('a steward is reached in a group of the same community only', async () => {
  const path = `/stewards/${stewardId}`;
  expect((await send('GET', path)).json()).toMatchObject({ channels: ['sms', 'voice'], robotId: null });
  const noRobot = await send('PATCH', path, { channels: ['robot', 'sms'] });
  expect(noRobot.json().error.details.reason).toBe('robot_needed');

  const other = await made('/communities', { name: '另一社区', timeZone: 'Asia/Shanghai' });
  const foreign = { communityId: other.id, name: '群', format: 'wecom', url: 'https://qyapi.example/y' };
  const { id } = await made('/robots', foreign);
  const wrong = await send('PATCH', path, { channels: ['robot'], robotId: id });
  expect(wrong.json().error.details.reason).toBe('unknown_robot');

  const right = await send('PATCH', path, { channels: ['robot', 'sms'], robotId });
  expect([right.statusCode, right.json()]).toMatchObject([200, { channels: ['robot', 'sms'], robotId }]);
  expect((await send('PATCH', path, { robotId: null })).json().error.details.reason).toBe('robot_needed');
});

test('a robot is tested by a message like any other, and removed once nobody needs it', async () => {
  expect((await send('POST', `/robots/${robotId}/test`)).statusCode).toBe(202);
  const [message] = (await send('GET', '/messages')).json().items;
  expect(message).toMatchObject({ channel: 'robot', state: 'planned' });
  expect((await send('DELETE', `/robots/${robotId}`)).json().error.details.reason).toBe('robot_in_use');
  await send('PATCH', `/stewards/${stewardId}`, { channels: ['sms'], robotId: null });
  expect((await send('DELETE', `/robots/${robotId}`)).statusCode).toBe(204);
  expect((await send('GET', `/robots/${robotId}`)).statusCode).toBe(404);
  const kept = await api.db.selectFrom('robot').select(['url', 'secret']).where('id', '=', robotId).execute();
  expect(kept).toEqual([{ url: '', secret: null }]);
  const audit = await api.db
    .selectFrom('audit_entry')
    .select('action')
    .where('subject_id', '=', robotId)
    .orderBy('at')
    .execute();
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['robot.create', 'robot.change', 'robot.test', 'robot.remove']),
  );
});

test('an office of another community sees none of it', async () => {
  const own = await made('/communities', { name: '第三社区', timeZone: 'Asia/Shanghai' });
  const robot = { communityId, name: '隔壁群', format: 'feishu', url: 'https://open.feishu.cn/x' };
  const { id } = await made('/robots', robot);
  const as = await api.signInAs({ communityId: own.id });
  for (const [method, path] of [
    ['GET', `/robots/${id}`],
    ['POST', `/robots/${id}/test`],
    ['DELETE', `/robots/${id}`],
  ] as const) {
    const answer = await api.request({ method, url: `/api/v1${path}`, as });
    expect([method, answer.statusCode]).toEqual([method, 404]);
  }
});
