import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MonthReport } from '#contracts/http/report.ts';
import { KEEP_DAYS } from '#pact/retention.ts';
import { openQueue, prepareJobs } from '#services/escalation/job-queue.ts';
import { keepNoLonger } from '#store/retention/retention-run.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';
import { dump, findWords } from './testing/dump.ts';
import { type LivedHome, liveIn, SAID } from './testing/lived-home.ts';

/** A room's number alone is in any identifier; where the home is says more. */
const { room, ...said } = SAID;
const WORDS = [
  ...Object.values(said),
  `${SAID.building}2单元${room}`,
  ...[SAID.phone, SAID.residentPhone, SAID.familyPhone].map((phone) => phone.replace('+86', '')),
];
const REMOVED_AT = '2026-11-25T15:00:00+08:00';
const DUE_AT = '2029-11-24T15:00:00+08:00';

let api: ApiUnderTest;
let home: LivedHome;
beforeAll(async () => {
  api = await startApiUnderTest('2026-11-23T10:00:00+08:00');
  home = await liveIn(api);
  const jobs = { connectionString: api.databaseUrl, redisUrl: undefined, redisPatienceMs: 0 };
  await prepareJobs(jobs);
  const queue = await openQueue(jobs, () => undefined);
  await queue.add('advance', 'now-1', 0);
  await queue.close();
}, 60_000);
afterAll(() => api.stop());

let admin: Record<string, string>;
beforeEach(async () => {
  admin = await api.signInAs({ role: 'admin' });
});

const send = async (
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
  path: string,
  as = admin,
  payload?: object,
) => {
  const answer = await api.request({
    ...{ method, url: `/api/v1${path}`, as },
    ...(payload ? { payload } : {}),
  });
  return answer.body === '' ? { status: answer.statusCode } : { status: answer.statusCode, ...answer.json() };
};
/** The month without who it was: each home's days, in whatever order. */
const report = async () => {
  const { homes, ...sums } = await send('GET', `/reports/month?community=${home.communityId}&month=2026-11`);
  const days = (homes as MonthReport['homes']).map((one) =>
    one.days.map(({ date, closedAs }) => `${date} ${closedAs}`).join(),
  );
  return { ...sums, homes: days.sort() };
};
const ledger = () => send('GET', `/ledger?community=${home.communityId}&from=2026-11-23&to=2026-11-25`);
const erase = (as = admin) => send('POST', `/households/${home.id}/erase`, as);

describe('a home that has left', () => {
  it('says beforehand everything that is looked for afterwards', async () => {
    const found = findWords(await dump(api.databaseUrl), WORDS).map((line) => line.split(': ')[1]);
    for (const word of WORDS) expect(found).toContain(word);
  });

  it('is not erased while it is in the register, nor before its time, nor by anybody but an administrator', async () => {
    expect(await erase()).toMatchObject({ status: 409, error: { details: { reason: 'not_removed' } } });
    api.clock.set(REMOVED_AT);
    admin = await api.signInAs({ role: 'admin' });
    expect(await send('DELETE', `/households/${home.id}`)).toMatchObject({ status: 204 });
    expect(await erase()).toMatchObject({ status: 409, error: { details: { reason: 'not_due' } } });
    api.clock.set('2029-11-24T14:59:00+08:00');
    admin = await api.signInAs({ role: 'admin' });
    expect(await erase()).toMatchObject({ status: 409 });
    const { homes } = await send('GET', `/register/removed?community=${home.communityId}`);
    expect(homes).toMatchObject([{ eraseFrom: '2029-11-24T07:00:00Z' }]);
    api.clock.set(DUE_AT);
    expect(await erase(await api.signInAs())).toMatchObject({ status: 403 });
    expect(await erase(await asProgram(api))).toMatchObject({ status: 403 });
    const elsewhere = await send('POST', '/communities', await api.signInAs({ role: 'admin' }), {
      ...{ name: '西苑社区', timeZone: 'Asia/Shanghai' },
    });
    const foreign = await api.signInAs({ role: 'admin', communityId: elsewhere.id });
    expect(await erase(foreign)).toMatchObject({ status: 404 });
  });

  it('is found nowhere afterwards: in no table, no job, no log and no export, and the sums are the same', async () => {
    admin = await api.signInAs({ role: 'admin' });
    const before = { report: await report(), ledger: await ledger() };
    expect(before.report.counts).toMatchObject({ kept: 1 });
    expect(before.report.responses.alerts).toBeGreaterThan(1);
    expect(before.ledger.days.length).toBeGreaterThan(1);
    expect(await erase()).toMatchObject({ status: 204 });

    expect(findWords(await dump(api.databaseUrl), WORDS)).toEqual([]);
    expect({ report: await report(), ledger: await ledger() }).toEqual(before);
    expect(findWords(new Map([['logs', api.logs.join('\n')]]), WORDS)).toEqual([]);
    const sheet = await api.request({
      url: `/api/v1/register/sheet?community=${home.communityId}`,
      as: admin,
    });
    expect(sheet.statusCode).toBe(200);
    const lists = await Promise.all(
      ['alerts', 'messages', 'visits', 'tickets', 'stewards', 'households', 'register/removed', 'today'].map(
        (path) => api.request({ url: `/api/v1/${path}?community=${home.communityId}`, as: admin }),
      ),
    );
    for (const { statusCode, body } of lists) {
      expect(statusCode).toBe(200);
      expect(findWords(new Map([['answer', body]]), WORDS)).toEqual([]);
    }
    for (const path of ['file.json', 'file.pdf', 'history', '']) {
      expect(await send('GET', `/households/${home.id}/${path}`)).toMatchObject({ status: 404 });
    }
  });

  it('says in the audit log who erased it, and is not brought back', async () => {
    const rows = await api.db
      .selectFrom('audit_entry')
      .selectAll()
      .where('action', '=', 'household.erase')
      .execute();
    expect(rows).toMatchObject([{ actor_kind: 'account', subject_id: home.id }]);
    expect(await erase()).toMatchObject({ status: 409, error: { details: { reason: 'not_removed' } } });
    expect(await send('POST', `/households/${home.id}/restore`)).toMatchObject({ status: 409 });
  });

  it('leaves its number to another home, which has no past', async () => {
    const ledgerBefore = await ledger();
    const made = await send('POST', '/households', admin, {
      ...{ communityId: home.communityId, grid: '第一网格', code: '07', salutation: '周爷爷' },
      ...{ building: '6', room: '101' },
    });
    expect(made).toMatchObject({ status: 201 });
    expect(made.id).not.toBe(home.id);
    expect(await ledger()).toEqual(ledgerBefore);
  });

  it('leaves the home beside it and the steward as they were', async () => {
    const { items } = await send('GET', `/households?community=${home.communityId}`);
    expect(items).toMatchObject([
      { code: '07', salutation: '周爷爷' },
      { code: '08', salutation: '李爷爷' },
    ]);
    const texts = await api.db
      .selectFrom('message')
      .select('text')
      .where('text', 'like', '%李爷爷%')
      .execute();
    expect(texts.length).toBeGreaterThan(0);
    const steward = await api.db
      .selectFrom('person')
      .select(['name', 'phone'])
      .where('id', '=', home.stewardId)
      .executeTakeFirstOrThrow();
    expect(steward).toEqual({ name: '赵红梅', phone: '+8613903330001' });
  });
});

it('is erased by the night alone when nobody presses anything', async () => {
  const other = await startApiUnderTest('2026-11-23T10:00:00+08:00');
  const lived = await liveIn(other);
  other.clock.set(REMOVED_AT);
  const as = await other.signInAs({ role: 'admin' });
  await other.request({ method: 'DELETE', url: `/api/v1/households/${lived.id}`, as });
  other.clock.set('2029-11-24T14:00:00+08:00');
  while (
    !(await keepNoLonger(other.db, { ...KEEP_DAYS, messages: 30_000, events: 30_000 }, other.clock.now()))
  );
  expect(findWords(await dump(other.databaseUrl), WORDS)).not.toEqual([]);
  other.clock.set('2029-11-25T02:29:00+08:00');
  expect(await keepNoLonger(other.db, KEEP_DAYS, other.clock.now())).toBeUndefined();
  other.clock.set('2029-11-25T02:31:00+08:00');
  let removed: Awaited<ReturnType<typeof keepNoLonger>>;
  while (!removed) removed = await keepNoLonger(other.db, KEEP_DAYS, other.clock.now());
  expect(removed).toMatchObject({ homes: 1 });
  expect(findWords(await dump(other.databaseUrl), WORDS)).toEqual([]);
  await other.stop();
}, 60_000);
