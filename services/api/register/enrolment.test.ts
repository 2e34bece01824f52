import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSweep } from '#services/rules/sweep.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let communityId: string;
let stewardId: string;
let sweep: () => Promise<unknown>;
/** A program, whose way in does not end as the clock goes on. */
let as: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:00:00+08:00');
  as = await asProgram(api);
  communityId = (await send('POST', '/communities', { name: '示范社区', timeZone: 'Asia/Shanghai' })).id;
  const steward = { communityId, name: '赵红梅', phone: '199 0000 0001' };
  stewardId = (await send('POST', '/stewards', steward)).id;
  sweep = createSweep({ gapMs: 10_000 }, { db: api.db, clock: api.clock, wake: () => undefined });
});
afterAll(() => api.stop());

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH', path: string, payload?: object) {
  const answer = await api.request({ method, url: `/api/v1${path}`, as, ...(payload ? { payload } : {}) });
  return answer.body === '' ? { status: answer.statusCode } : { status: answer.statusCode, ...answer.json() };
}

let home: string;
let codes = 0;
beforeEach(async () => {
  codes += 1;
  const draft = {
    communityId,
    grid: '第一网格',
    code: String(100 + codes),
    salutation: '王奶奶',
    building: '3',
  };
  home = (await send('POST', '/households', { ...draft, room: '502', pact: null })).id;
  api.clock.set('2026-11-24T14:00:00+08:00');
});

/** What its sensor says, as the broker stores it. */
async function says(
  type: 'opened' | 'closed',
  at: string,
  options: { retained?: boolean; receivedAt?: string } = {},
) {
  const sensor = await api.db
    .selectFrom('sensor')
    .select('id')
    .where('household_id', '=', home)
    .where('retired_at', 'is', null)
    .executeTakeFirstOrThrow();
  await api.db
    .insertInto('event')
    .values({
      sensor_id: sensor.id,
      household_id: home,
      type,
      at: new Date(at),
      at_source: 'received',
      received_at: new Date(options.receivedAt ?? at),
      opening: type === 'opened',
      retained: options.retained ?? false,
    })
    .execute();
}

async function upToTheTest() {
  await send('POST', `/households/${home}/consents`, {
    purpose: 'pact',
    signedOn: '2026-11-24',
    paper: '甲-12',
  });
  await send('POST', `/households/${home}/pact`, {});
  await send('PUT', `/households/${home}/people`, { primary: [stewardId] });
  await send('POST', '/sensors', { householdId: home });
}
async function lookAt(time: string) {
  api.clock.set(`2026-11-24T${time}+08:00`);
  await sweep();
  return send('GET', `/households/${home}/enrolment`);
}

describe('the guided path', () => {
  test('leads from a home without a pact to a protected one, and says at each step what is missing', async () => {
    expect((await lookAt('14:00:00')).missing).toEqual(['consent', 'pact', 'people', 'sensor', 'test']);
    await upToTheTest();
    expect((await lookAt('14:01:00')).missing).toEqual(['test']);
    const unfinished = await send('GET', `/enrolments?community=${communityId}`);
    expect(unfinished.items).toContainEqual(
      expect.objectContaining({ householdId: home, missing: ['test'] }),
    );

    await send('POST', `/households/${home}/commissioning`);
    await says('opened', '2026-11-24T14:02:00+08:00');
    const opened = await lookAt('14:02:05');
    expect(opened.commissioning).toMatchObject({
      openedAt: expect.any(String),
      closedAt: null,
      pagedAt: null,
    });
    await says('closed', '2026-11-24T14:03:00+08:00');
    const closed = await lookAt('14:03:05');
    expect(closed.commissioning).toMatchObject({
      pagedAt: expect.any(String),
      steward: '赵红梅',
      passedAt: null,
    });

    await api.db.updateTable('message').set({ state: 'delivered', delivered_at: new Date() }).execute();
    const passed = await lookAt('14:04:00');
    expect(passed.commissioning.passedAt).toEqual(expect.any(String));
    expect(passed.missing).toEqual([]);
    const { items } = await send('GET', `/enrolments?community=${communityId}`);
    expect(items.map(({ householdId }: { householdId: string }) => householdId)).not.toContain(home);
  });

  test('asks for a new test when the sensor was replaced', async () => {
    await upToTheTest();
    await pass();
    expect((await lookAt('14:05:00')).missing).toEqual([]);
    const { items } = await send('GET', `/sensors?household=${home}`);
    await send('DELETE', `/sensors/${items[0].id}`);
    expect((await lookAt('14:05:00')).missing).toEqual(['sensor', 'test']);
    await send('POST', '/sensors', { householdId: home });
    expect((await lookAt('14:05:00')).missing).toEqual(['test']);
  });

  async function pass() {
    await send('POST', `/households/${home}/commissioning`);
    await says('opened', '2026-11-24T14:02:00+08:00');
    await says('closed', '2026-11-24T14:03:00+08:00');
    await lookAt('14:03:05');
    await send('POST', `/households/${home}/commissioning/confirm`);
    await lookAt('14:03:10');
  }
});

describe('the commissioning test', () => {
  beforeEach(upToTheTest);

  test('counts nothing from before it began, and nothing that a broker had kept', async () => {
    await says('opened', '2026-11-24T13:59:00+08:00');
    await says('closed', '2026-11-24T13:59:30+08:00');
    await send('POST', `/households/${home}/commissioning`);
    await says('opened', '2026-11-24T14:01:00+08:00', { retained: true });
    await says('opened', '2026-11-24T11:00:00+08:00', { receivedAt: '2026-11-24T14:01:10+08:00' });
    const seen = await lookAt('14:02:00');
    expect(seen.commissioning).toMatchObject({ openedAt: null, closedAt: null, pagedAt: null });
  });

  test('takes the steward’s word where the provider tells nothing, and pages again when asked', async () => {
    await send('POST', `/households/${home}/commissioning`);
    expect((await send('POST', `/households/${home}/commissioning/confirm`)).status).toBe(409);
    await says('closed', '2026-11-24T14:01:00+08:00');
    await says('opened', '2026-11-24T14:02:00+08:00');
    await lookAt('14:02:05');
    await send('POST', `/households/${home}/commissioning/page`);
    const pages = await api.db
      .selectFrom('message')
      .select('id')
      .where('subject', 'like', 'commissioning/%')
      .where('person_id', '=', stewardId)
      .where('text', 'like', `%${100 + codes}号%`)
      .execute();
    expect(pages).toHaveLength(2);
    await send('POST', `/households/${home}/commissioning/confirm`);
    expect((await lookAt('14:03:00')).commissioning.passedAt).toEqual(expect.any(String));
  });

  test('runs out after an hour, is given up, and begins anew', async () => {
    await send('POST', `/households/${home}/commissioning`);
    expect((await lookAt('15:00:01')).commissioning).toMatchObject({
      endedAt: expect.any(String),
      passedAt: null,
    });
    expect((await send('DELETE', `/households/${home}/commissioning`)).status).toBe(409);
    await send('POST', `/households/${home}/commissioning`);
    expect((await send('DELETE', `/households/${home}/commissioning`)).status).toBe(200);
  });

  test('begins only where there is a sensor and somebody to page', async () => {
    await send('PUT', `/households/${home}/people`, { primary: [] });
    expect(await send('POST', `/households/${home}/commissioning`)).toMatchObject({
      status: 409,
      error: { details: { reason: 'no_steward' } },
    });
  });
});

describe('a consent', () => {
  beforeEach(upToTheTest);

  test('is recorded once for its purpose, never for a day ahead', async () => {
    const again = await send('POST', `/households/${home}/consents`, {
      purpose: 'pact',
      signedOn: '2026-11-24',
    });
    expect(again).toMatchObject({ status: 409, error: { details: { reason: 'already_consented' } } });
    const ahead = await send('POST', `/households/${home}/consents`, {
      purpose: 'entry',
      signedOn: '2026-11-25',
    });
    expect(ahead).toMatchObject({ status: 422, error: { details: { reason: 'date_ahead' } } });
  });

  test('to force the door is what an emergency text goes by, until it is withdrawn', async () => {
    const { consents } = await send('POST', `/households/${home}/consents`, {
      purpose: 'entry',
      signedOn: '2026-11-20',
    });
    expect((await send('GET', `/households/${home}`)).entryConsent).toBe(true);
    const entry = consents.find(({ purpose }: { purpose: string }) => purpose === 'entry');
    await send('POST', `/consents/${entry.id}/withdraw`, { on: '2026-11-24' });
    expect((await send('GET', `/households/${home}`)).entryConsent).toBe(false);
  });

  test('to the pact, withdrawn, ends the pact with the day, and a new one may follow', async () => {
    const { consents } = await send('GET', `/households/${home}/enrolment`);
    const past = await send('POST', `/consents/${consents[0].id}/withdraw`, { on: '2026-11-23' });
    expect(past).toMatchObject({ error: { details: { reason: 'already_over' } } });
    const withdrawn = await send('POST', `/consents/${consents[0].id}/withdraw`, { on: '2026-11-26' });
    expect(withdrawn.missing).toContain('consent');
    expect((await send('GET', `/households/${home}`)).pact).toMatchObject({ untilOn: '2026-11-26' });
    api.clock.set('2026-11-28T09:00:00+08:00');
    const refused = { status: 409, error: { details: { reason: 'consent_withdrawn' } } };
    expect(await send('POST', `/households/${home}/pact`, {})).toMatchObject(refused);
    const { pact } = await send('GET', `/households/${home}`);
    expect(await send('PATCH', `/pacts/${pact.id}`, { untilOn: null })).toMatchObject(refused);
    expect(await send('PATCH', `/pacts/${pact.id}`, { deadline: '08:15' })).toMatchObject({ status: 200 });
    await send('POST', `/households/${home}/consents`, { purpose: 'pact', signedOn: '2026-11-28' });
    const anew = await send('POST', `/households/${home}/pact`, { deadline: '08:30' });
    expect(anew.missing).toEqual(['test']);
    expect((await send('GET', `/households/${home}`)).pact).toMatchObject({
      fromOn: '2026-11-29',
      untilOn: null,
    });
  });

  test('withdrawn before its pact began leaves no day of it', async () => {
    const { consents } = await send('GET', `/households/${home}/enrolment`);
    await send('POST', `/consents/${consents[0].id}/withdraw`, { on: '2026-11-24' });
    const { pact } = await send('GET', `/households/${home}`);
    expect(pact.untilOn <= '2026-11-24').toBe(true);
    api.clock.set('2026-11-25T06:00:00+08:00');
    await sweep();
    const days = await api.db
      .selectFrom('pact_day')
      .select('verdict')
      .where('household_id', '=', home)
      .execute();
    expect(days.every(({ verdict }) => verdict === 'excused')).toBe(true);
  });
});
