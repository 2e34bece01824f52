import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createStewardLink } from '#store/door/steward-link.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

const EIGHT = '2026-11-24T08:00:00+08:00';
let api: ApiUnderTest;
let seed: Seed;
let home: SeededHome;
let alertId: string;
let token: string;
/** A program, whose way in does not end as the clock goes on. */
let office: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest(EIGHT, { publicUrl: 'https://pact.example.cn' });
  seed = await seedCommunity(api.db);
  office = await asProgram(api);
});
afterAll(() => api.stop());

async function miss(missed: SeededHome): Promise<string> {
  const alert = {
    ...{
      householdId: missed.id,
      communityId: seed.communityId,
      onDate: '2026-11-24',
      deadlineAt: api.clock.now(),
    },
    ...{ reason: 'no_signal' as const, silentSince: undefined, ladder: DEFAULT_LADDER },
  };
  await api.db.transaction().execute((tx) => openAlerts(tx, [alert], api.clock.now()));
  await advanceDueAlerts(api.db, api.clock.now(), 10);
  return (await alertOf(missed)).id;
}
const alertOf = (of: SeededHome) =>
  api.db.selectFrom('alert').selectAll().where('household_id', '=', of.id).executeTakeFirstOrThrow();
const linkFor = async (personId: string, of = alertId) =>
  (
    await api.db
      .transaction()
      .execute((tx) => createStewardLink(tx, { alertId: of, personId }, api.clock.now()))
  ).token;

beforeEach(async () => {
  api.clock.set(EIGHT);
  home = await seed.addHome();
  alertId = await miss(home);
  token = await linkFor(home.primaryId);
});

const open = (link = token) => api.request({ url: '/api/v1/door', as: { authorization: `Steward ${link}` } });
const press = (body: object, link = token) =>
  api.request({
    method: 'POST',
    url: '/api/v1/door/press',
    as: { authorization: `Steward ${link}` },
    payload: { key: randomUUID(), alertId, ...body },
  });
const scan = (decal: string, links: string[] = []) =>
  api.request({ method: 'POST', url: '/api/v1/door/decal', as: {}, payload: { decal, links } });
const decalOf = async (of: SeededHome) => {
  const { items } = (
    await api.request({ url: `/api/v1/decals?community=${seed.communityId}`, as: office })
  ).json();
  return items.find(({ householdId }: { householdId: string }) => householdId === of.id).url.split('#')[1];
};

describe('a steward’s link', () => {
  it('opens its alert with what is needed at the door, and the reading is in the audit log, once', async () => {
    const view = (await open()).json();
    expect(view.alerts).toMatchObject([
      { alertId, code: home.code, status: 'open', mine: 'no', home: { salutation: '王奶奶', keyNote: null } },
    ]);
    await open();
    const read = await api.db
      .selectFrom('audit_entry')
      .select('actor_id')
      .where('action', '=', 'household.read')
      .where('subject_id', '=', alertId)
      .execute();
    expect(read).toEqual([{ actor_id: home.primaryId }]);
  });

  it('opens no other alert, not even of the same person', async () => {
    const other = await seed.addHome();
    const others = await miss(other);
    const refused = await press({ alertId: others, action: 'safe' });
    expect(refused.statusCode).toBe(404);
    expect((await alertOf(other)).status).toBe('open');
    expect((await open()).json().alerts).toHaveLength(1);
  });

  it.each([
    ['that nobody was given', async () => 'AAAAAAAAAAAAAA'],
    [
      'that is a day old',
      async () => {
        api.clock.set('2026-11-25T08:00:01+08:00');
        return token;
      },
    ],
    [
      'of somebody who has left the register',
      async () => {
        await api.db
          .updateTable('person')
          .set({ removed_at: new Date() })
          .where('id', '=', home.primaryId)
          .execute();
        return token;
      },
    ],
  ])('%s is refused by a code of its own', async (_, linkOf) => {
    const link = await linkOf();
    expect([(await open(link)).statusCode, (await open(link)).json().error.code]).toEqual([
      401,
      'LINK_INVALID',
    ]);
    expect((await press({ action: 'safe' }, link)).statusCode).toBe(401);
    expect((await alertOf(home)).status).toBe('open');
  });

  it('tells nothing of the home once the alert is closed', async () => {
    const closing = { kind: 'record_outcome', outcome: 'safe', by: home.backupId } as const;
    await changeAlert(api.db, alertId, closing, api.clock.now());
    expect((await open()).json().alerts).toMatchObject([{ status: 'closed', outcome: 'safe', home: null }]);
    expect((await press({ action: 'arrive' })).json().answer).toBe('closed');
  });

  it('of a list opens every home of the list', async () => {
    const other = await seed.addHome();
    await api.db
      .updateTable('assignment')
      .set({ person_id: home.primaryId })
      .where('household_id', '=', other.id)
      .where('role', '=', 'primary')
      .execute();
    const others = await miss(other);
    const pages = await api.db
      .selectFrom('message')
      .select('id')
      .where('person_id', '=', home.primaryId)
      .where('kind', '=', 'page')
      .execute();
    await api.db
      .updateTable('message')
      .set({ envelope_id: pages[0]?.id ?? null })
      .where(
        'id',
        'in',
        pages.map(({ id }) => id),
      )
      .execute();
    const view = (await open(await linkFor(home.primaryId))).json();
    expect(view.alerts.map((one: { alertId: string }) => one.alertId).sort()).toEqual(
      [alertId, others].sort(),
    );
  });
});

describe('what is pressed', () => {
  it('goes, arrives and reports as a reply does, and the outcome closes the alert', async () => {
    expect((await press({ action: 'acknowledge' })).json().view.alerts[0]).toMatchObject({ mine: 'going' });
    expect((await press({ action: 'arrive' })).json().view.alerts[0]).toMatchObject({ mine: 'arrived' });
    expect((await press({ action: 'helped', note: ' 帮忙开了窗 ' })).json().answer).toBe('done');
    expect(await alertOf(home)).toMatchObject({ status: 'closed', outcome: 'helped' });
    const visit = await api.db.selectFrom('visit').selectAll().where('alert_id', '=', alertId).execute();
    expect(visit).toMatchObject([{ person_id: home.primaryId, note: '帮忙开了窗' }]);
  });

  it('twice with one key happens once, one after the other and at the same moment', async () => {
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => press({ key, action: 'pass' })));
    answers.push(await press({ key, action: 'pass' }));
    expect(answers.map((answer) => answer.json().answer)).toEqual(['done', 'done', 'done', 'done']);
    const passed = await api.db
      .selectFrom('alert_entry')
      .select('id')
      .where('alert_id', '=', alertId)
      .where('kind', '=', 'passed')
      .execute();
    expect(passed).toHaveLength(1);
  });

  it('while somebody else is on the way says so and changes nothing', async () => {
    await press({ action: 'acknowledge' }, await linkFor(home.backupId));
    expect((await press({ action: 'acknowledge' })).json().answer).toBe('already_acknowledged');
    expect((await alertOf(home)).acknowledged_by).toBe(home.backupId);
  });

  it('without a network is taken when it comes, and the timeline says when it was pressed', async () => {
    await press({ action: 'arrive', pressedAt: '2026-11-23T23:52:00Z' });
    const notes = await api.db
      .selectFrom('alert_entry')
      .select('detail')
      .where('alert_id', '=', alertId)
      .where('kind', '=', 'noted')
      .execute();
    expect(notes).toEqual([{ detail: { note: expect.stringMatching(/^7:52|^07:52/) } }]);
  });

  it('an emergency shows how to get in', async () => {
    await api.db
      .updateTable('household')
      .set({ key_note: '对门李姐', entry_consent: true })
      .where('id', '=', home.id)
      .execute();
    expect((await open()).json().alerts[0].home).toMatchObject({ keyNote: null, entryConsent: false });
    const { view } = (await press({ action: 'emergency' })).json();
    expect(view.alerts[0]).toMatchObject({
      emergency: true,
      home: { keyNote: '对门李姐', entryConsent: true },
    });
  });
});

describe('a decal', () => {
  it('scanned by the phone with a link for this home records the arrival', async () => {
    const answer = (await scan(await decalOf(home), ['AAAAAAAAAAAAAA', token])).json();
    expect(answer.arrived).toEqual({ link: token, alertId });
    expect(await alertOf(home)).toMatchObject({ status: 'acknowledged', acknowledged_by: home.primaryId });
    expect((await alertOf(home)).arrived_at).not.toBeNull();
  });

  it('shows everybody else the office’s number and nothing of the home', async () => {
    await api.db
      .updateTable('community')
      .set({ office_phone: '+8603913900000' })
      .where('id', '=', seed.communityId)
      .execute();
    const other = await seed.addHome();
    await miss(other);
    const answer = (await scan(await decalOf(other), [token])).json();
    expect(answer).toMatchObject({ arrived: null, officePhone: '+8603913900000', emergencyNumber: '120' });
    expect(JSON.stringify(answer)).not.toMatch(/王奶奶|502/);
    expect((await alertOf(other)).status).toBe('open');
  });

  it('of nobody, and one that was renewed, looks like any other to whoever scans it', async () => {
    const old = await decalOf(home);
    await api.request({ method: 'POST', url: `/api/v1/households/${home.id}/decal`, as: office });
    expect((await scan(old, [token])).json()).toEqual((await scan('BBBBBBBBBBBBBBBB')).json());
  });

  it('sends a link to the phone of whoever was paged, and says the same to everybody', async () => {
    const decal = await decalOf(home);
    const { phone } = await api.db
      .selectFrom('person')
      .select('phone')
      .where('id', '=', home.primaryId)
      .executeTakeFirstOrThrow();
    const ask = (of: string) =>
      api.request({ method: 'POST', url: '/api/v1/door/decal/link', as: {}, payload: { decal, phone: of } });
    expect([(await ask(phone)).statusCode, (await ask('+8613911112222')).statusCode]).toEqual([202, 202]);
    await ask(phone);
    const sent = await api.db
      .selectFrom('message')
      .select(['phone', 'text'])
      .where('subject', 'like', 'door_link/%')
      .execute();
    expect(sent).toEqual([{ phone, text: expect.stringMatching(/https:\/\/pact\.example\.cn\/s#/) }]);
  });

  it('and its links are in no log', async () => {
    await scan(await decalOf(home), [token]);
    await open();
    expect(api.logs.join('\n')).not.toContain(token);
  });
});
