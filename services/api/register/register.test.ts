import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let communityId: string;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T02:10:00+08:00');
  const answer = await send('POST', '/communities', { name: '示范社区', timeZone: 'Asia/Shanghai' }, 201);
  communityId = answer.id;
});
afterAll(() => api.stop());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function send(
  method: Method,
  path: string,
  payload: object | undefined,
  status: number,
  as?: Record<string, string>,
) {
  const answer = await api.request({
    method,
    url: `/api/v1${path}`,
    ...(payload ? { payload } : {}),
    ...(as ? { as } : {}),
  });
  expect([method, path, answer.statusCode, answer.statusCode >= 400 ? answer.body : '']).toEqual([
    method,
    path,
    status,
    status >= 400 ? expect.any(String) : '',
  ]);
  return answer.body === '' ? undefined : answer.json();
}

const home = (code: string) => ({
  communityId,
  grid: '第一网格',
  code,
  salutation: '王奶奶',
  building: '3',
  room: '502',
  phone: '199 0000 0207',
});

const addHome = (code: string) => send('POST', '/households', home(code), 201);

test('an office enrols a home with its elder, steward, neighbour and sensor', async () => {
  const steward = await send(
    'POST',
    '/stewards',
    { communityId, name: '赵红梅', phone: '199 0000 0001' },
    201,
  );
  expect(steward).toMatchObject({ kind: 'steward', phone: '+8619900000001' });
  const neighbour = { communityId, kind: 'neighbour', name: '孙阿姨', phone: '+44 7400 123456' };
  const { id: neighbourId } = await send('POST', '/stewards', neighbour, 201);
  const made = await send(
    'POST',
    '/households',
    {
      ...home('07'),
      residents: [{ name: '王桂兰', birthYear: 1941, hearingWeak: true }],
      assignments: { primary: [steward.id], neighbour: [neighbourId] },
      pact: { deadline: '7:30' },
    },
    201,
  );
  expect(made).toMatchObject({
    phone: '+8619900000207',
    residents: [{ name: '王桂兰', hearingWeak: true }],
    people: [{ role: 'primary', name: '赵红梅' }, { role: 'neighbour' }],
    pact: { deadline: '07:30', fromOn: '2026-11-24' },
  });

  const sensor = await send('POST', '/sensors', { householdId: made.id, id: 'curtain-07' }, 201);
  expect(sensor).toMatchObject({ id: 'curtain-07', topic: 'pact/v1/curtain-07/event' });
  const { secret_hash: stored } = await api.db
    .selectFrom('sensor')
    .select('secret_hash')
    .where('id', '=', 'curtain-07')
    .executeTakeFirstOrThrow();
  expect(stored.equals(hashSensorSecret(api.ports.secret, 'curtain-07', sensor.secret))).toBe(true);
  const again = await send('GET', '/sensors/curtain-07', undefined, 200);
  expect(JSON.stringify(again)).not.toContain(sensor.secret);
});

test('a home says whom the office looks after there, and keeps it when its other particulars change', async () => {
  const made = await send(
    'POST',
    '/households',
    { ...home('36'), kind: 'elder_with_child', pact: null },
    201,
  );
  expect(made).toMatchObject({ kind: 'elder_with_child', pact: null });
  expect(await addHome('37')).toMatchObject({ kind: 'elder_alone' });
  expect(await send('PATCH', `/households/${made.id}`, { room: '503' }, 200)).toMatchObject({
    kind: 'elder_with_child',
  });
  const changed = await send('PATCH', `/households/${made.id}`, { kind: 'child_in_hardship' }, 200);
  expect(changed).toMatchObject({ kind: 'child_in_hardship' });
  await send('PATCH', `/households/${made.id}`, { kind: 'castle' }, 400);
  await send('DELETE', `/households/${made.id}`, undefined, 204);
  // The number goes to another home: whom the first one was for says nothing of it.
  expect(await addHome('36')).toMatchObject({ kind: 'elder_alone' });
});

test('the card of a sensor shows why what it sent cannot be read, and the payload to the office only', async () => {
  const { id } = await addHome('35');
  const sensor = await send('POST', '/sensors', { householdId: id, id: 'curtain-35' }, 201);
  expect((await send('GET', '/sensors/curtain-35', undefined, 200)).unread).toEqual([]);
  const unread = (minute: number, payload: Buffer) => ({
    sensor_id: sensor.id,
    received_at: new Date(`2026-11-24T06:${minute}:00+08:00`),
    topic: sensor.topic,
    reason: 'not_json',
    payload,
    size: payload.length,
  });
  await api.db
    .insertInto('quarantine')
    .values([
      ...Array.from({ length: 9 }, (_, n) => unread(10 + n, Buffer.from('{'))),
      unread(30, Buffer.from(`${'帘'.repeat(30)}geheim`)),
      unread(31, Buffer.from([0xff, 0x00, 0x41])),
    ])
    .execute();
  await api.db
    .updateTable('sensor_state')
    .set({ quarantined: 11 })
    .where('sensor_id', '=', sensor.id)
    .execute();
  const { unread: shown } = await send('GET', '/sensors/curtain-35', undefined, 200);
  expect(shown).toHaveLength(10);
  expect(shown.slice(0, 2)).toEqual([
    { reason: 'not_json', topic: sensor.topic, size: 3, at: '2026-11-23T22:31:00.000Z', preview: '0xff0041' },
    {
      reason: 'not_json',
      topic: sensor.topic,
      size: 96,
      at: '2026-11-23T22:30:00.000Z',
      preview: '帘'.repeat(21),
    },
  ]);
  const program = await send('GET', '/sensors/curtain-35', undefined, 200, await asProgram(api));
  expect(program.unread[0]).toMatchObject({ reason: 'not_json', preview: null });
  const { homes } = await send('GET', `/today?community=${communityId}`, undefined, 200);
  const told = homes.map((one: { code: string; unread: unknown }) => [one.code, one.unread]);
  expect(told).toContainEqual(['35', { count: 11, lastReason: 'not_json' }]);
  expect(told).toContainEqual(['07', null]);
});

test('a new secret ends the old one', async () => {
  const { id } = await addHome('08');
  const first = await send('POST', '/sensors', { householdId: id, kind: 'position' }, 201);
  const second = await send('POST', `/sensors/${first.id}/secret`, undefined, 200);
  expect(second.secret).not.toBe(first.secret);
});

test('everybody who reads the file of a home is in the audit log', async () => {
  const { id } = await addHome('09');
  const program = await asProgram(api);
  await send('GET', `/households/${id}`, undefined, 200, program);
  const last = await api.db
    .selectFrom('audit_entry')
    .select(['actor_kind', 'action', 'subject_id'])
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(last).toEqual({ actor_kind: 'token', action: 'household.read', subject_id: id });
});

test('an account of one community finds nothing of another', async () => {
  const { id } = await addHome('10');
  const other = await send('POST', '/communities', { name: '邻社区', timeZone: 'Asia/Shanghai' }, 201);
  const as = await api.signInAs({ communityId: other.id });
  await send('GET', `/households/${id}`, undefined, 404, as);
  await send('PATCH', `/households/${id}`, { room: '1' }, 404, as);
  await send('DELETE', `/households/${id}`, undefined, 404, as);
  await send('POST', '/households', home('99'), 404, as);
  await send('POST', '/sensors', { householdId: id }, 404, as);
  await send('POST', '/leaves', { householdId: id, fromOn: '2026-11-24', untilOn: '2026-11-25' }, 404, as);
  await send('POST', '/communities', { name: '第三', timeZone: 'Asia/Shanghai' }, 403, as);
  expect(await send('GET', '/households', undefined, 200, as)).toEqual({ items: [], total: 0 });
  await send('POST', '/stewards', { communityId, name: '钱建国', phone: '19900000002' }, 404, as);
  await send('GET', `/households?community=${communityId}`, undefined, 404, as);
  // A refusal that comes after the deed is none.
  expect((await send('GET', '/households?code=99', undefined, 200)).total).toBe(0);
  expect((await send('GET', '/stewards', undefined, 200)).items).not.toContainEqual(
    expect.objectContaining({ name: '钱建国' }),
  );
});

test('nobody smuggles a field past the form', async () => {
  const { id } = await addHome('11');
  const patch = { room: '503', removed_at: '2026-01-01T00:00:00Z', community_id: id };
  await send('PATCH', `/households/${id}`, patch, 400);
  const [pact] = (await send('GET', '/pacts', undefined, 200)).items;
  await send('PATCH', `/pacts/${pact.id}`, { deadline: '08:30', householdId: id }, 400);
});

test('a deadline before the earliest time is refused, with what is wrong', async () => {
  const { pact } = await addHome('12');
  const { error } = await send('PATCH', `/pacts/${pact.id}`, { deadline: '03:00' }, 422);
  expect(error).toMatchObject({
    code: 'PACT_INVALID',
    details: { reason: 'pact_invalid', problems: ['deadline_before_earliest'] },
  });
  const kept = await send('PATCH', `/pacts/${pact.id}`, { deadline: '09:00', weekdays: [1, 2, 3] }, 200);
  expect(kept).toMatchObject({ deadline: '09:00', weekdays: [1, 2, 3], earliest: '04:00' });
});

test('a year of birth that nobody can have is refused wherever a person is written down', async () => {
  const { id } = await addHome('31');
  for (const birthYear of [2027, 2090, 1899]) {
    const { error } = await send('POST', '/residents', { householdId: id, name: '王桂兰', birthYear }, 422);
    expect(error).toMatchObject({
      code: 'REGISTER_INVALID',
      details: { reason: 'impossible_year', from: 1906, to: 2026 },
    });
    const residents = [{ name: '王桂兰', birthYear }];
    await send('POST', '/households', { ...home('32'), residents }, 422);
  }
  const born = { householdId: id, name: '王桂兰', birthYear: 1906 };
  const { id: residentId } = await send('POST', '/residents', born, 201);
  await send('PATCH', `/residents/${residentId}`, { birthYear: 2090 }, 422);
  await send('PATCH', `/residents/${residentId}`, { birthYear: 2026 }, 200);
  await send('PATCH', `/residents/${residentId}`, { birthYear: null }, 200);
});

test('half a character is no part of a name', async () => {
  const { id } = await addHome('33');
  const { error } = await send('POST', '/residents', { householdId: id, name: '王\ud800兰' }, 400);
  expect(error.details.problems).toEqual([{ path: 'body/name', message: 'has half a character in it' }]);
  await send('POST', '/households', { ...home('34'), residents: [{ name: '\udc00' }] }, 400);
  await send('POST', '/residents', { householdId: id, name: '王𠮷兰' }, 201);
});

test('a number that gets no text message is no steward’s number', async () => {
  const landline = { communityId, name: '钱建国', phone: '0391-3569001' };
  const refused = await send('POST', '/stewards', landline, 422);
  expect(refused.error).toMatchObject({ code: 'REGISTER_INVALID', details: { reason: 'not_a_mobile' } });
  expect(JSON.stringify(refused)).not.toContain('3569001');
  await send('POST', '/stewards', { ...landline, kind: 'family' }, 201);
  await send('POST', '/stewards', { ...landline, phone: '1234' }, 422);
});

test('names that no text message could carry are refused', async () => {
  await send('POST', '/households', { ...home('13'), salutation: '住在三楼的王奶奶' }, 400);
  await send('POST', '/households', { ...home('13'), salutation: 'Mrs Whitfield' }, 201);
  await send('POST', '/households', { ...home('130000') }, 400);
});

test('two homes with one number are one too many', async () => {
  await addHome('14');
  const { error } = await send('POST', '/households', home('14'), 409);
  expect(error).toMatchObject({ code: 'CONFLICT', details: { reason: 'code_taken' } });
});

test('an elder is added, changed and taken out; the past of the home stays', async () => {
  const { id } = await addHome('15');
  const resident = await send(
    'POST',
    '/residents',
    { householdId: id, name: '何玉珍', livesAlone: false },
    201,
  );
  await send('PATCH', `/residents/${resident.id}`, { birthYear: 1939, note: '听收音机' }, 200);
  const { items } = await send('GET', `/residents?household=${id}`, undefined, 200);
  expect(items).toMatchObject([{ name: '何玉珍', birthYear: 1939, livesAlone: false }]);
  await send('DELETE', `/residents/${resident.id}`, undefined, 204);
  await send('GET', `/residents/${resident.id}`, undefined, 404);
});

test('a leave is told and taken back', async () => {
  const { id } = await addHome('16');
  const leave = await send(
    'POST',
    '/leaves',
    { householdId: id, fromOn: '2026-11-24', untilOn: '2026-11-26' },
    201,
  );
  const listed = await send('GET', '/leaves?since=2026-11-24', undefined, 200);
  expect(listed.items.map((item: { id: string }) => item.id)).toContain(leave.id);
  await send('DELETE', `/leaves/${leave.id}`, undefined, 204);
  await send('DELETE', `/leaves/${leave.id}`, undefined, 409);
});

test('a ladder is written by the office, but not an empty one', async () => {
  const { items } = await send('GET', `/ladders?community=${communityId}`, undefined, 200);
  expect(items).toMatchObject([{ name: 'default', repeatMinutes: 15 }]);
  const { error } = await send('PATCH', `/ladders/${items[0].id}`, { steps: [] }, 422);
  expect(error.details.problems).toEqual(['ladder_empty']);
  const steps = [{ afterMinutes: 0, to: [{ role: 'office', channel: 'sms' }] }];
  const ladder = { communityId, name: '夜间', steps, repeatMinutes: 10, acknowledgementMinutes: 20 };
  expect(await send('POST', '/ladders', ladder, 201)).toMatchObject(ladder);
});

test('a ticket gets an owner and is closed once', async () => {
  const { id: householdId } = await addHome('17');
  const ticket = {
    id: crypto.randomUUID(),
    household_id: householdId,
    kind: 'visit_asked' as const,
    opened_at: new Date('2026-11-24T00:00:00Z'),
    due_on: '2026-11-25',
  };
  await api.db.insertInto('ticket').values(ticket).execute();
  const { items } = await send('GET', '/tickets', undefined, 200);
  expect(items).toMatchObject([{ id: ticket.id, code: '17', dueOn: '2026-11-25' }]);
  const owner = await send('POST', '/stewards', { communityId, name: '冯大姐', phone: '19900000104' }, 201);
  const owned = await send('PATCH', `/tickets/${ticket.id}`, { ownerId: owner.id, note: '带电池' }, 200);
  expect(owned).toMatchObject({ owner: '冯大姐', note: '带电池', closedAt: null });
  await send('PATCH', `/tickets/${ticket.id}`, { closed: true }, 200);
  await send('PATCH', `/tickets/${ticket.id}`, { closed: true }, 409);
  expect((await send('GET', '/tickets', undefined, 200)).items).toEqual([]);
});

test('lists are read page by page', async () => {
  const { total } = await send('GET', '/households', undefined, 200);
  const page = await send('GET', '/households?limit=2&offset=1', undefined, 200);
  expect(page.items).toHaveLength(2);
  expect(page.total).toBe(total);
  await send('GET', '/households?limit=5000', undefined, 400);
});
