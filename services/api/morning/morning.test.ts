import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlertView, type HomeView, TodayView } from '#contracts/http/today.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { toDate } from '#store/instant.ts';
import { acceptIntoOutbox } from '#store/message/outbox.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '#store/pact-day/open-days.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

const SIX = '2026-11-24T06:00:00+08:00';
const AFTER_DEADLINE = '2026-11-24T08:00:01+08:00';
const isTodayView = Compile(TodayView);
const isAlertView = Compile(AlertView);

let api: ApiUnderTest;
let seed: Seed;
beforeEach(async () => {
  api = await startApiUnderTest(SIX);
  seed = await seedCommunity(api.db);
});
afterEach(() => api.stop());

const now = () => api.clock.now();
const today = async (date = '2026-11-24'): Promise<TodayView> =>
  (await api.request({ url: `/api/v1/today?community=${seed.communityId}&date=${date}` })).json();
const stateOf = async (home: SeededHome) =>
  (await today()).homes.find((view: HomeView) => view.householdId === home.id)?.state;
const post = (url: string, payload: object = {}, as?: Record<string, string>) =>
  api.request({ method: 'POST', url: `/api/v1${url}`, payload, ...(as ? { as } : {}) });

/** Opens the day, lets the deadline pass, and pages the stewards of those who did not open. */
async function passDeadline(): Promise<void> {
  await openDays(api.db, now());
  api.clock.set(AFTER_DEADLINE);
  await judgeDueDays(api.db, now(), [], 100);
  await advanceDueAlerts(api.db, now(), 100);
}
const openAlert = async (): Promise<AlertView> => (await today()).alerts[0]!;
const nameOf = async (id: string) =>
  (await api.db.selectFrom('person').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;

describe('the day', () => {
  it('shows every home before its day is opened, and homes without a pact as unprotected', async () => {
    const home = await seed.addHome({ lastSeenAt: '2026-11-24T05:50:00+08:00', curtain: 'closed' });
    const bare = await seed.addHome();
    await api.db.deleteFrom('pact').where('household_id', '=', bare.id).execute();
    const view: TodayView = (await api.request({ url: '/api/v1/today' })).json();
    expect([view.communityId, view.date]).toEqual([seed.communityId, '2026-11-24']);
    expect(isTodayView.Check(view), JSON.stringify(isTodayView.Errors(view))).toBe(true);
    expect(view.homes.map(({ state, curtain }) => [state, curtain])).toEqual([
      ['awaiting', 'closed'],
      ['unprotected', 'unknown'],
    ]);
    expect(view.counts).toEqual({
      enrolled: 1,
      awaiting: 1,
      kept: 0,
      keptLate: 0,
      visited: 0,
      excused: 0,
      unresolved: 0,
      unprotected: 1,
    });
    await openDays(api.db, now());
    expect(await stateOf(home)).toBe('awaiting');
    expect((await today()).counts).toMatchObject({ enrolled: 1, awaiting: 1, unprotected: 1 });
  });

  it('counts a home that was enrolled after its deadline beside the ledger of that day', async () => {
    await seed.addHome();
    await openDays(api.db, now());
    await passDeadline();
    const late = await seed.addHome();
    await api.db
      .updateTable('pact')
      .set({ updated_at: toDate(now()) })
      .where('household_id', '=', late.id)
      .execute();
    await refreshStaleDays(api.db, now(), 100);
    const view = await today();
    expect(view.counts).toMatchObject({ enrolled: 1, unresolved: 1, unprotected: 1 });
    expect(await stateOf(late)).toBe('unprotected');
    const day = (await api.request({ url: '/api/v1/ledger/2026-11-24' })).json();
    expect(day.counts).toEqual(view.counts);
    const { days } = (await api.request({ url: '/api/v1/ledger' })).json();
    expect(days[0].counts).toEqual(view.counts);
  });

  it('goes from awaiting to kept, missed, on the way and visited, and the counts go with it', async () => {
    const early = await seed.addHome();
    const late = await seed.addHome();
    const asleep = await seed.addHome();
    await openDays(api.db, now());
    await seed.open(early, SIX);
    await weighSignals(api.db, now(), 100);
    await passDeadline();
    expect((await today()).counts).toEqual({
      enrolled: 3,
      awaiting: 0,
      kept: 1,
      keptLate: 0,
      visited: 0,
      excused: 0,
      unresolved: 2,
      unprotected: 0,
    });
    api.clock.advance({ minutes: 5 });
    await seed.open(late, now().toString());
    await weighSignals(api.db, now(), 100);
    const alert = await openAlert();
    expect([await stateOf(early), await stateOf(late), await stateOf(asleep)]).toEqual([
      'kept',
      'kept_late',
      'missed',
    ]);
    await post(`/alerts/${alert.id}/acknowledge`);
    expect(await stateOf(asleep)).toBe('going');
    await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' });
    const view = await today();
    expect(await stateOf(asleep)).toBe('visited');
    expect(view.alerts).toEqual([]);
    expect(view.counts).toEqual({
      enrolled: 3,
      awaiting: 0,
      kept: 1,
      keptLate: 1,
      visited: 1,
      excused: 0,
      unresolved: 0,
      unprotected: 0,
    });
    const ledger = (await api.request({ url: '/api/v1/ledger' })).json();
    expect(ledger.days).toEqual([{ date: '2026-11-24', counts: view.counts }]);
    const day = (await api.request({ url: '/api/v1/ledger/2026-11-24' })).json();
    expect(day.homes.map((home: { closedAs: string }) => home.closedAs)).toEqual([
      'kept',
      'kept_late',
      'visited',
    ]);
  });

  it('keeps a home that left the register on the days that it had', async () => {
    const home = await seed.addHome();
    await openDays(api.db, now());
    await api.db
      .updateTable('household')
      .set({ removed_at: toDate(now()) })
      .where('id', '=', home.id)
      .execute();
    const view = await today();
    expect([view.homes.length, view.counts.enrolled]).toEqual([1, 1]);
    expect((await today('2026-11-25')).homes).toEqual([]);
  });

  it('refuses a ledger that ends before it starts, or never', async () => {
    for (const query of ['from=2026-11-24&to=2026-11-23', 'from=1990-01-01&to=2026-01-01']) {
      expect((await api.request({ url: `/api/v1/ledger?${query}` })).json().error.code).toBe('BAD_REQUEST');
    }
  });
});

describe('an alert', () => {
  let home: SeededHome;
  let alert: AlertView;
  beforeEach(async () => {
    home = await seed.addHome();
    await passDeadline();
    alert = await openAlert();
  });

  it('shows where, since when, and what happened so far, with the fate of each page', async () => {
    const page = await api.db
      .selectFrom('message')
      .select('id')
      .where('alert_id', '=', alert.id)
      .executeTakeFirstOrThrow();
    api.clock.advance({ seconds: 1 });
    await api.db
      .updateTable('message')
      .set({ state: 'accepted', accepted_at: toDate(now()) })
      .where('id', '=', page.id)
      .execute();
    api.clock.advance({ seconds: 4 });
    await api.db
      .updateTable('message')
      .set({ state: 'failed', settled_at: toDate(now()), failure: 'unreachable' })
      .where('id', '=', page.id)
      .execute();
    const view: AlertView = (await api.request({ url: `/api/v1/alerts/${alert.id}` })).json();
    expect(isAlertView.Check(view)).toBe(true);
    expect(view).toMatchObject({
      code: home.code,
      salutation: '王奶奶',
      reason: 'never_reported',
      status: 'open',
      nextStep: 1,
    });
    expect(view.place).toContain('501');
    const steward = await nameOf(home.primaryId);
    expect(view.timeline).toMatchObject([
      { kind: 'opened', person: null, detail: { reason: 'never_reported' } },
      { kind: 'step_reached', step: 0, detail: { pages: 1 } },
      { kind: 'page_accepted', person: steward, role: 'primary', step: 0, detail: { channel: 'sms' } },
      {
        kind: 'page_failed',
        person: steward,
        at: '2026-11-24T00:00:06.000Z',
        detail: { failure: 'unreachable' },
      },
    ]);
  });

  it('puts a reply before what it caused', async () => {
    api.clock.advance({ minutes: 1 });
    await api.db
      .insertInto('message')
      .values({
        id: crypto.randomUUID(),
        community_id: seed.communityId,
        direction: 'in',
        kind: 'reply',
        alert_id: alert.id,
        person_id: home.primaryId,
        channel: 'sms',
        phone: '+8613900000001',
        text: '011',
        state: 'received',
        created_at: toDate(now()),
      })
      .execute();
    await post(`/alerts/${alert.id}/acknowledge`);
    const kinds = (await openAlert()).timeline.map((entry) => entry.kind);
    expect(kinds).toEqual(['opened', 'step_reached', 'reply_received', 'acknowledged']);
  });

  it('is acknowledged for the primary steward where nobody is named, and wakes whoever sends', async () => {
    const answer = await post(`/alerts/${alert.id}/acknowledge`);
    expect(answer.json()).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: await nameOf(home.primaryId),
    });
    expect(api.woken()).toBe(1);
    const refused = await post(`/alerts/${alert.id}/acknowledge`, { personId: home.backupId });
    expect([refused.statusCode, refused.json().error]).toMatchObject([
      409,
      { code: 'CONFLICT', details: { reason: 'already_acknowledged' } },
    ]);
    expect(api.woken()).toBe(1);
  });

  const people = async () =>
    (await api.request({ url: `/api/v1/alerts/${alert.id}/people` })).json().items as Record<
      string,
      unknown
    >[];

  it('may be answered for anybody on its ladder, in the ladder’s order, and for the office itself', async () => {
    expect(await people()).toEqual([
      {
        personId: home.primaryId,
        name: await nameOf(home.primaryId),
        role: 'primary',
        paged: true,
        passed: false,
        onTheWay: false,
      },
      ...[home.backupId, ...home.neighbourIds.toSorted(), seed.officeId].map((personId) =>
        expect.objectContaining({ personId, paged: false }),
      ),
    ]);
    await post(`/alerts/${alert.id}/pass`, { personId: home.primaryId });
    const answer = await post(`/alerts/${alert.id}/acknowledge`, { personId: seed.officeId });
    expect(answer.json()).toMatchObject({ acknowledgedBy: await nameOf(seed.officeId) });
    expect(await people()).toMatchObject([
      { role: 'primary', passed: true },
      { role: 'backup', paged: true },
      { role: 'neighbour' },
      { role: 'neighbour' },
      { role: 'office', onTheWay: true },
    ]);
  });

  it('is answered for nobody of another home, and still for one who was paged and has left the roster since', async () => {
    const elsewhere = await seed.addHome();
    for (const path of ['acknowledge', 'pass', 'emergency']) {
      const answer = await post(`/alerts/${alert.id}/${path}`, { personId: elsewhere.primaryId });
      expect([answer.statusCode, answer.json().error.details.problems]).toMatchObject([
        400,
        [{ path: 'body/personId' }],
      ]);
    }
    await api.db.deleteFrom('assignment').where('person_id', '=', home.primaryId).execute();
    const answer = await post(`/alerts/${alert.id}/acknowledge`, { personId: home.primaryId });
    expect(answer.json()).toMatchObject({ acknowledgedBy: await nameOf(home.primaryId) });
  });

  it('passes on at once when the steward cannot go', async () => {
    const answer = await post(`/alerts/${alert.id}/pass`);
    expect(answer.json()).toMatchObject({ status: 'open', nextStep: 2 });
    const paged = await api.db.selectFrom('message').select('person_id').where('step', '=', 1).execute();
    expect(paged.map((page) => page.person_id)).toEqual([home.backupId]);
  });

  it('pages everybody in an emergency, once', async () => {
    const answer = await post(`/alerts/${alert.id}/emergency`);
    expect(answer.json().emergencyAt).toBe('2026-11-24T00:00:01.000Z');
    expect((await post(`/alerts/${alert.id}/emergency`)).json().error.details).toEqual({
      reason: 'already_emergency',
    });
  });

  it('closes by an outcome alone, which becomes a visit with who was there and who wrote it down', async () => {
    const answer = await post(`/alerts/${alert.id}/outcome`, {
      outcome: 'helped',
      note: '摔了一跤',
      personId: home.backupId,
    });
    expect(answer.json()).toMatchObject({ status: 'closed', outcome: 'helped' });
    const visits = (await api.request({ url: '/api/v1/visits' })).json().items;
    expect(visits).toMatchObject([
      {
        code: home.code,
        person: await nameOf(home.backupId),
        outcome: 'helped',
        note: '摔了一跤',
        alertId: alert.id,
      },
    ]);
    expect(visits[0].recordedBy).toMatch(/^Office/);
    const late = await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' });
    expect(late.json().error.details).toEqual({ reason: 'closed' });
    expect((await post(`/alerts/${alert.id}/notes`, { note: '已通知家属' })).statusCode).toBe(200);
  });

  it('is given to somebody else by the office, who is paged, and who had set out is told', async () => {
    await post(`/alerts/${alert.id}/acknowledge`);
    const [neighbourId = ''] = home.neighbourIds;
    const given = (await post(`/alerts/${alert.id}/reassign`, { personId: neighbourId })).json();
    expect(given).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: await nameOf(neighbourId),
      nextStep: 2,
    });
    const told = await api.db
      .selectFrom('message')
      .select(['person_id', 'kind', 'step'])
      .where('kind', 'in', ['page', 'notice'])
      .orderBy('created_at')
      .execute();
    expect(told).toContainEqual({ person_id: neighbourId, kind: 'page', step: 1 });
    expect(told.filter(({ kind }) => kind === 'notice')).toMatchObject([{ person_id: home.primaryId }]);
    expect(given.timeline.map(({ kind }: { kind: string }) => kind)).toContain('reassigned');
  });

  it('knows who stands at the door, and since when', async () => {
    await post(`/alerts/${alert.id}/acknowledge`);
    const there = (await post(`/alerts/${alert.id}/arrive`)).json();
    expect(there).toMatchObject({ status: 'acknowledged', arrivedAt: '2026-11-24T00:00:01.000Z' });
    expect(there.timeline.map(({ kind }: { kind: string }) => kind)).toContain('arrived');
  });

  it('is set right by a second entry where its outcome was wrong, and the first stays on record', async () => {
    await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' });
    api.clock.advance({ minutes: 1 });
    const corrected = await post(`/alerts/${alert.id}/correction`, { outcome: 'hospital', note: '已送医' });
    expect(corrected.json()).toMatchObject({ status: 'closed', outcome: 'hospital' });
    const visits = await api.db.selectFrom('visit').selectAll().orderBy('recorded_at').execute();
    expect(visits).toMatchObject([
      { outcome: 'safe', corrects: null },
      { outcome: 'hospital', corrects: visits[0]?.id, note: '已送医' },
    ]);
    expect((await post(`/alerts/${alert.id}/correction`, { outcome: 'hospital' })).statusCode).toBe(200);
    expect(await api.db.selectFrom('visit').select('id').execute()).toHaveLength(2);
  });

  it('begins anew where nobody was seen after all: the day is red again and the steward is paged again', async () => {
    await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' });
    expect((await today()).counts).toMatchObject({ visited: 1, unresolved: 0 });
    api.clock.advance({ minutes: 1 });
    const opened = await post(`/alerts/${alert.id}/reopen`, { note: '回错户号' });
    expect(opened.json()).toMatchObject({ status: 'open', outcome: null, closedAt: null });
    expect((await today()).counts).toMatchObject({ visited: 0, unresolved: 1 });
    const pages = await api.db
      .selectFrom('message')
      .select(['step', 'state'])
      .where('kind', '=', 'page')
      .where('state', '=', 'planned')
      .execute();
    expect(pages).toEqual([{ step: 1, state: 'planned' }]);
    expect((await post(`/alerts/${alert.id}/reopen`)).json().error.details).toEqual({ reason: 'not_closed' });
    const closed = await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' });
    expect(closed.json()).toMatchObject({ status: 'closed', outcome: 'safe' });
    expect((await today()).counts).toMatchObject({ visited: 1, unresolved: 0 });
  });

  it('takes no outcome that is not one, and nobody who is not in the register', async () => {
    expect((await post(`/alerts/${alert.id}/outcome`, { outcome: 'fine' })).statusCode).toBe(400);
    const stranger = (await seedCommunity(api.db)).officeId;
    const answer = await post(`/alerts/${alert.id}/acknowledge`, { personId: stranger });
    expect(answer.json().error.details.problems).toMatchObject([{ path: 'body/personId' }]);
    expect((await openAlert()).status).toBe('open');
  });

  it('is no business of another community’s office, nor is anything else of it', async () => {
    const other = await seedCommunity(api.db);
    const as = await api.signInAs({ communityId: other.communityId });
    const message = (await today()).messages[0]!;
    const answers = [
      await api.request({ url: `/api/v1/alerts/${alert.id}`, as }),
      await post(`/alerts/${alert.id}/outcome`, { outcome: 'safe' }, as),
      await post(`/households/${home.id}/signals`, { kind: 'seen' }, as),
      await post(`/messages/${message.id}/reply`, { text: '收到' }, as),
      await api.request({ url: `/api/v1/today?community=${seed.communityId}`, as }),
      await api.request({ url: `/api/v1/ledger?community=${seed.communityId}`, as }),
      await api.request({ url: `/api/v1/alerts?community=${seed.communityId}`, as }),
      await api.request({ url: `/api/v1/stream?community=${seed.communityId}`, as }),
    ];
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(8).fill(404));
    for (const list of ['alerts', 'messages', 'visits']) {
      expect((await api.request({ url: `/api/v1/${list}`, as })).json().items).toEqual([]);
    }
    const own = (await api.request({ url: '/api/v1/communities', as })).json().items;
    expect(own.map((community: { id: string }) => community.id)).toEqual([other.communityId]);
  });

  it('leaves in the audit log who did what, without a name in it', async () => {
    await post(`/alerts/${alert.id}/emergency`);
    const entries = await api.db.selectFrom('audit_entry').selectAll().execute();
    expect(entries).toMatchObject([
      { actor_kind: 'account', action: 'alert.emergency', subject_kind: 'alert', subject_id: alert.id },
    ]);
  });
});

describe('lists', () => {
  it('give each alert once, page by page, newest first, and only those asked for', async () => {
    for (let n = 0; n < 5; n += 1) await seed.addHome();
    await passDeadline();
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const page = (await api.request({ url: `/api/v1/alerts?limit=2${after}` })).json();
      seen.push(...page.items.map((alert: AlertView) => alert.id));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect((await api.request({ url: '/api/v1/alerts?status=closed' })).json().items).toEqual([]);
    expect((await api.request({ url: '/api/v1/messages' })).json().items).toHaveLength(5);
  });
});

describe('a message', () => {
  it('is answered on the board as if from its phone, where the outbox holds it and nowhere else', async () => {
    await seed.addHome();
    await passDeadline();
    const { id, phone, text } = await api.db.selectFrom('message').selectAll().executeTakeFirstOrThrow();
    const refused = await post(`/messages/${id}/reply`, { text: '011' });
    expect([refused.statusCode, refused.json().error.details]).toEqual([409, { reason: 'not_in_outbox' }]);
    await acceptIntoOutbox(api.db, [{ id, phone, text, channel: 'sms' }], now());
    expect((await today()).messages).toMatchObject([
      { id, answerable: true, kind: 'page', personKind: 'steward' },
    ]);
    expect((await post(`/messages/${id}/reply`, { text: '011' })).statusCode).toBe(202);
    expect((await post(`/messages/${id}/reply`, { text: '011' })).statusCode).toBe(202);
    expect(api.received).toMatchObject([
      { provider: 'outbox', phone, text: '011' },
      { provider: 'outbox', phone, text: '011' },
    ]);
    expect(api.received[0]!.providerId).not.toBe(api.received[1]!.providerId);
    expect(api.logs.join('')).not.toContain(phone);
  });
});

describe('somebody’s own eyes', () => {
  it('keep a day, when the elder was seen in time, and say so in the audit log', async () => {
    const home = await seed.addHome();
    await openDays(api.db, now());
    expect(
      (await post(`/households/${home.id}/signals`, { kind: 'seen', at: '2026-11-24T05:30:00+08:00' }))
        .statusCode,
    ).toBe(202);
    await weighSignals(api.db, now(), 10);
    const view = (await today()).homes[0]!;
    expect([view.state, view.proofAt]).toEqual(['kept', '2026-11-23T21:30:00.000Z']);
    expect(await api.db.selectFrom('audit_entry').select('action').execute()).toEqual([
      { action: 'household.seen' },
    ]);
  });

  it('see nothing in the future, or before the day before yesterday', async () => {
    const home = await seed.addHome();
    for (const at of [
      '2026-11-24T06:03:00+08:00',
      '2026-11-22T05:59:00+08:00',
      '2026-11-24T06:00:00Z[Moon/Base]',
      '2026-11-24',
      5,
    ]) {
      const answer = await post(`/households/${home.id}/signals`, { kind: 'seen', at });
      expect([at, answer.statusCode]).toEqual([at, 400]);
    }
    expect(await api.db.selectFrom('event').select('id').execute()).toEqual([]);
  });
});

describe('whether we are of use', () => {
  const ready = async () => {
    const answer = await api.request({ url: '/readyz' });
    return [answer.statusCode, answer.json().parts];
  };

  it('is asked of each part, and each is named with what is wrong', async () => {
    expect(await ready()).toMatchObject([
      503,
      { database: { ok: true }, sweep: { ok: false, why: 'deadlines have never been swept' } },
    ]);
    await api.db
      .insertInto('watermark')
      .values({ name: 'sweep', seen_at: toDate(now()) })
      .execute();
    expect(await ready()).toEqual([
      200,
      { database: { ok: true }, sweep: { ok: true }, queue: { ok: true }, broker: { ok: true } },
    ]);
    api.clock.advance({ seconds: 31 });
    expect(await ready()).toMatchObject([
      503,
      { sweep: { ok: false, why: 'deadlines were last swept 31 s ago' } },
    ]);
  });

  it('tells its numbers to this machine and to programs, not to whoever a proxy forwards', async () => {
    const from = (headers: Record<string, string>, as = {}) => api.request({ url: '/metrics', headers, as });
    expect((await from({})).statusCode).toBe(200);
    expect((await from({ 'x-forwarded-for': '203.0.113.9' })).statusCode).toBe(401);
    expect((await from({ 'x-forwarded-for': '203.0.113.9' }, await api.signInAs())).statusCode).toBe(200);
  });
});
