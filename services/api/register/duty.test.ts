import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let seed: Seed;
let li: string;
let wang: string;

/** A Tuesday evening. */
beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T18:00:00+08:00');
  seed = await seedCommunity(api.db);
  const home = await seed.addHome({ code: '7' });
  [li, wang] = [home.primaryId, home.backupId];
  await api.db.deleteFrom('assignment').where('role', '=', 'neighbour').execute();
});
afterAll(() => api.stop());

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

async function send(method: Method, path: string, payload?: object, as?: Record<string, string>) {
  const answer = await api.request({
    method,
    url: `/api/v1${path}`,
    ...(payload ? { payload } : {}),
    ...(as ? { as } : {}),
  });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

async function refusal(path: string, payload: object): Promise<[number, string, string]> {
  const { status, body } = await send('POST', path, payload);
  expect(body.error.hint).not.toBe('');
  return [status, body.error.code, body.error.details?.reason];
}

const rota = async (week = '2026-11-25') =>
  (await send('GET', `/rota?community=${seed.communityId}&week=${week}`)).body;

test('an office gives weekly hours, and takes them back', async () => {
  expect((await send('GET', `/stewards/${li}/duty`)).body.hours).toEqual([]);
  const hours = [
    { weekday: 1, from: '7:00', until: '12:00' },
    { weekday: 3, from: '20:00', until: '00:00' },
  ];
  const saved = await send('PUT', `/stewards/${li}/duty`, { hours });
  expect(saved).toMatchObject({ status: 200, body: { hours: [{ from: '07:00' }, { weekday: 3 }] } });
  const twice = await send('PUT', `/stewards/${li}/duty`, { hours: [hours[0], hours[0]] });
  expect([twice.status, twice.body.error.details.reason]).toEqual([422, 'hours_twice']);
  const { stewards } = await rota();
  const days = stewards.find(({ id }: { id: string }) => id === li).days;
  expect(days.map(({ onDuty }: { onDuty: boolean }) => onDuty)).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect((await send('PUT', `/stewards/${li}/duty`, { hours: [] })).body.hours).toEqual([]);
  const office = await send('PUT', `/stewards/${seed.officeId}/duty`, { hours: [] });
  expect(office.body.error.details.reason).toBe('not_on_rota');
});

test('a leave with a stand-in shows in the week, and a day without anybody shows its homes', async () => {
  const leave = { personId: li, fromOn: '2026-11-25', untilOn: '2026-11-26', standInId: wang };
  const made = await send('POST', '/absences', leave);
  expect(made).toMatchObject({ status: 201, body: { standInId: wang, fromTime: null, swapId: null } });
  expect((await rota()).days.every(({ uncovered }: { uncovered: [] }) => uncovered.length === 0)).toBe(true);

  const { body: second } = await send('POST', '/absences', { personId: wang, fromOn: '2026-11-26' });
  const week = await rota();
  expect(week).toMatchObject({ week: '2026-11-23', today: '2026-11-24' });
  expect(week.days[2]).toEqual({ date: '2026-11-25', uncovered: [] });
  expect(week.days[3].uncovered).toEqual([{ householdId: expect.any(String), code: '7' }]);
  const names = Object.fromEntries(
    week.stewards.map((one: { id: string; name: string }) => [one.id, one.name]),
  );
  const cells = week.stewards.find(({ id }: { id: string }) => id === li).days;
  expect(cells[2].absences).toMatchObject([{ id: made.body.id, standIn: names[wang] }]);
  expect(cells[3].absences).toMatchObject([{ standIn: null }]);
  expect(week.stewards.find(({ id }: { id: string }) => id === wang).days[2].standsInFor).toEqual([
    names[li],
  ]);

  const listed = await send('GET', `/absences?community=${seed.communityId}&person=${li}`);
  expect(listed.body).toMatchObject({ total: 1, items: [{ id: made.body.id }] });
  for (const id of [made.body.id, second.id])
    expect((await send('DELETE', `/absences/${id}`)).status).toBe(204);
  expect((await send('DELETE', `/absences/${second.id}`)).body.error.details.reason).toBe('already_closed');
  expect((await rota()).absences).toEqual([]);
});

test('a swap is two absences, undone together', async () => {
  const swap = { personId: li, on: '2026-11-26', withPersonId: wang, withOn: '2026-11-27' };
  const made = await send('POST', '/absences/swap', swap);
  expect(made.status).toBe(201);
  const [one, other] = made.body.items;
  expect([one.standInId, other.standInId, one.swapId]).toEqual([wang, li, other.swapId]);
  await send('DELETE', `/absences/${other.id}`);
  expect((await rota()).absences).toEqual([]);
});

test('what cannot be is refused with what can', async () => {
  const elsewhere = await (await seedCommunity(api.db)).addHome();
  const day = { personId: li, fromOn: '2026-12-01' };
  await send('POST', '/absences', { ...day, fromTime: '7:00', untilTime: '9:00' });
  expect(await refusal('/absences', day)).toEqual([409, 'CONFLICT', 'absence_overlaps']);
  const INVALID = [422, 'REGISTER_INVALID'];
  const refused: [object, string][] = [
    [{ ...day, untilOn: '2026-11-30' }, 'ends_before_it_starts'],
    [{ ...day, fromOn: '2026-11-23' }, 'already_over'],
    [{ ...day, standInId: li }, 'own_stand_in'],
    [{ ...day, standInId: elsewhere.primaryId }, 'stand_in_unfit'],
    [{ ...day, standInId: seed.officeId }, 'stand_in_unfit'],
    [{ ...day, fromTime: '7:00' }, 'hours_incomplete'],
    [{ ...day, fromTime: '9:00', untilTime: '7:00' }, 'hours_end_before_they_start'],
    [{ ...day, personId: seed.officeId }, 'not_on_rota'],
  ];
  for (const [draft, reason] of refused) {
    expect(await refusal('/absences', draft)).toEqual([...INVALID, reason]);
  }
  const swap = { personId: li, on: '2026-12-02', withPersonId: wang, withOn: '2026-12-03' };
  expect(await refusal('/absences/swap', { ...swap, withPersonId: li })).toEqual([
    ...INVALID,
    'swap_with_oneself',
  ]);
  expect(await refusal('/absences/swap', { ...swap, withOn: swap.on })).toEqual([
    ...INVALID,
    'swap_same_day',
  ]);
  expect(await refusal('/absences/swap', { ...swap, withPersonId: elsewhere.primaryId })).toEqual([
    ...INVALID,
    'stand_in_unfit',
  ]);
  const half = await api.db
    .selectFrom('absence')
    .select('id')
    .where('person_id', '=', li)
    .where('from_on', '=', '2026-12-02')
    .execute();
  expect(half).toEqual([]);
  expect((await send('POST', '/absences', { ...day, fromOn: 'soon' })).status).toBe(400);
});

test('an account of another community sees and changes nothing, and every change is in the audit log', async () => {
  const other = await seedCommunity(api.db);
  const as = await api.signInAs({ communityId: other.communityId });
  const { body: mine } = await send('POST', '/absences', { personId: wang, fromOn: '2026-12-05' });
  expect((await send('GET', `/rota?community=${seed.communityId}`, undefined, as)).status).toBe(404);
  expect((await send('GET', `/stewards/${li}/duty`, undefined, as)).status).toBe(404);
  expect((await send('PUT', `/stewards/${li}/duty`, { hours: [] }, as)).status).toBe(404);
  expect((await send('POST', '/absences', { personId: li, fromOn: '2026-12-05' }, as)).status).toBe(404);
  expect((await send('DELETE', `/absences/${mine.id}`, undefined, as)).status).toBe(404);
  expect((await send('GET', '/absences', undefined, as)).body.total).toBe(0);
  expect((await send('GET', '/rota', undefined, as)).body.communityId).toBe(other.communityId);
  await send('DELETE', `/absences/${mine.id}`);
  const log = await api.db
    .selectFrom('audit_entry')
    .select(['action', 'actor_kind'])
    .where('subject_id', '=', mine.id)
    .orderBy('id')
    .execute();
  expect(log).toEqual([
    { action: 'absence.create', actor_kind: 'account' },
    { action: 'absence.cancel', actor_kind: 'account' },
  ]);
});
