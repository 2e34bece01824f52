import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureSetupLink } from '#store/account/setup-link.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, NOBODY, startApiUnderTest } from '../testing/api-under-test.ts';

const PASSWORD = 'curtains open at eight';
const LINK = /^\/setup#token=([\w-]{43})$/;

let api: ApiUnderTest;
let admin: Record<string, string>;
let count = 0;
beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T00:00:00Z');
});
beforeEach(async () => {
  admin = await api.signInAs({ role: 'admin' });
});
afterAll(() => api.stop());

const invite = (payload: object = {}, as = admin) =>
  api.request({ method: 'POST', url: '/api/v1/invites', payload, as });
const tokenOf = (answer: { json(): { link: string } }) => LINK.exec(answer.json().link)?.[1];
const join = (token: string | undefined, username?: string) => {
  count += 1;
  return api.request({
    method: 'POST',
    url: '/api/v1/setup',
    payload: { token, username: username ?? `colleague-${count}`, name: '李姐', password: PASSWORD },
    remoteAddress: `10.0.1.${count}`,
    as: NOBODY,
  });
};
const whoAmI = (as: Record<string, string>) => api.request({ url: '/api/v1/session', as });
const cookieOf = (answer: { headers: Record<string, unknown> }) => ({
  cookie: String(answer.headers['set-cookie']).split(';')[0]!,
});
const accounts = async (as = admin) =>
  (await api.request({ url: '/api/v1/accounts', as })).json().items as {
    id: string;
    username: string;
    disabledAt: string | null;
  }[];
const switchTo = (id: string, disabled: boolean, as = admin) =>
  api.request({ method: 'PATCH', url: `/api/v1/accounts/${id}`, payload: { disabled }, as });
const myId = async (as: Record<string, string>): Promise<string> => (await whoAmI(as)).json().id;

describe('an invite', () => {
  it('lets one colleague make an account of their own, with the role that was meant', async () => {
    const made = await invite();
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      role: 'office',
      communityIds: null,
      expiresAt: '2026-11-27T00:00:00Z',
    });
    const joined = await join(tokenOf(made));
    expect(joined.statusCode).toBe(201);
    expect((await whoAmI(cookieOf(joined))).json()).toMatchObject({ name: '李姐', role: 'office' });
    expect((await join(tokenOf(made))).json().error.code).toBe('NOT_ALLOWED');
  });

  it('may be for an administrator, and for one community only', async () => {
    const { communityId } = await seedCommunity(api.db);
    const joined = await join(tokenOf(await invite({ role: 'admin', communityIds: [communityId] })));
    expect((await whoAmI(cookieOf(joined))).json()).toMatchObject({ role: 'admin', communityId });
    expect((await invite({ communityIds: [crypto.randomUUID()] })).statusCode).toBe(404);
  });

  it('stays good while the user name is taken, and beside other invites and a restart', async () => {
    const [one, two] = [tokenOf(await invite()), tokenOf(await invite())];
    expect((await join(one, 'taken')).statusCode).toBe(201);
    await ensureSetupLink(api.db, api.clock.now());
    const refused = await join(two, ' TAKEN ');
    expect(refused.json().error).toMatchObject({ code: 'BAD_REQUEST' });
    const again = await join(two, 'Taken');
    expect(again.json().error).toMatchObject({ code: 'CONFLICT', details: { reason: 'username_taken' } });
    expect((await join(two)).statusCode).toBe(201);
  });

  it('is over after three days', async () => {
    const token = tokenOf(await invite());
    api.clock.advance({ hours: 72 });
    expect((await join(token)).statusCode).toBe(403);
    api.clock.advance({ hours: -72 });
  });

  it('makes one account when two people open it at once', async () => {
    const token = tokenOf(await invite());
    const answers = await Promise.all([join(token), join(token), join(token)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 403, 403]);
  });

  it('leaves no token in the database or the log, and says in the audit log who made it', async () => {
    const token = tokenOf(await invite()) ?? '';
    await join(token);
    const kept = JSON.stringify(await api.db.selectFrom('setup_link').selectAll().execute());
    expect(token).toHaveLength(43);
    expect(kept + api.logs.join('')).not.toContain(token);
    const made = await api.db
      .selectFrom('audit_entry')
      .select('actor_id')
      .where('action', '=', 'account.invite')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(made?.actor_id).toBe(await myId(admin));
  });

  it('carries the address that people use, where one is set', async () => {
    const other = await startApiUnderTest('2026-11-24T00:00:00Z', { publicUrl: 'https://pact.example' });
    const session = (await other.signInAs({ role: 'admin' })).cookie?.replace('pact=', '__Host-pact=') ?? '';
    const made = await other.request({
      method: 'POST',
      url: '/api/v1/invites',
      payload: {},
      as: { cookie: session },
    });
    await other.stop();
    expect(made.json().link).toMatch(/^https:\/\/pact\.example\/setup#token=[\w-]{43}$/);
  });
});

describe('an invite for a role of its own', () => {
  it('makes a steward the account of one steward of the register, of their community', async () => {
    const seed = await seedCommunity(api.db);
    const { id, primaryId, neighbourIds } = await seed.addHome();
    const joined = await join(tokenOf(await invite({ role: 'steward', personId: primaryId })));
    expect(joined.json()).toMatchObject({ role: 'steward', communityId: seed.communityId });
    const as = cookieOf(joined);
    expect((await api.request({ url: `/api/v1/households/${id}`, as })).statusCode).toBe(200);
    for (const wrong of [
      { role: 'steward' },
      { role: 'office', personId: primaryId },
      { role: 'steward', personId: neighbourIds[0] },
    ]) {
      expect((await invite(wrong)).json().error).toMatchObject({ code: 'BAD_REQUEST' });
    }

    await api.request({ method: 'DELETE', url: `/api/v1/stewards/${primaryId}` });
    expect((await whoAmI(as)).statusCode).toBe(401);
  });

  it('lets a district see the communities that were chosen, each when it is asked for', async () => {
    const seeds = [await seedCommunity(api.db), await seedCommunity(api.db)];
    const communityIds = seeds.map(({ communityId }) => communityId);
    const as = cookieOf(await join(tokenOf(await invite({ role: 'district', communityIds }))));
    expect((await whoAmI(as)).json()).toMatchObject({ role: 'district', communityId: null });
    const { items } = (await api.request({ url: '/api/v1/summary', as })).json();
    expect(items.map((item: { communityId: string }) => item.communityId).sort()).toEqual(
      communityIds.sort(),
    );
    for (const id of communityIds) {
      expect((await api.request({ url: `/api/v1/ledger?community=${id}`, as })).statusCode).toBe(200);
    }
    const { communityId } = await seedCommunity(api.db);
    expect((await api.request({ url: `/api/v1/ledger?community=${communityId}`, as })).statusCode).toBe(404);
  });

  it('asks an account of several communities which one a list is of', async () => {
    const communityIds = [
      (await seedCommunity(api.db)).communityId,
      (await seedCommunity(api.db)).communityId,
    ];
    const as = cookieOf(await join(tokenOf(await invite({ communityIds }))));
    expect((await api.request({ url: '/api/v1/households', as })).json().error.code).toBe('BAD_REQUEST');
    const answer = await api.request({ url: `/api/v1/households?community=${communityIds[1]}`, as });
    expect(answer.json()).toMatchObject({ total: 0 });
  });
});

describe('the accounts', () => {
  it('are listed with name, user name, role and since when', async () => {
    const id = await myId(await api.signInAs({ name: '王主任' }));
    expect((await accounts()).find((account) => account.id === id)).toEqual({
      id,
      username: expect.any(String),
      name: '王主任',
      role: 'office',
      communities: [],
      person: null,
      createdAt: '2026-11-24T00:00:00.000Z',
      disabledAt: null,
    });
  });

  it('can be switched off, which ends their sessions at once and for good, and on again', async () => {
    const colleague = await api.signInAs();
    const id = await myId(colleague);
    expect((await switchTo(id, true)).json()).toMatchObject({ id, disabledAt: '2026-11-24T00:00:00.000Z' });
    expect((await whoAmI(colleague)).statusCode).toBe(401);
    expect((await switchTo(id, false)).json()).toMatchObject({ disabledAt: null });
    expect((await whoAmI(colleague)).statusCode).toBe(401);
    const entries = await api.db
      .selectFrom('audit_entry')
      .select('action')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute();
    expect(entries.map(({ action }) => action)).toEqual(['account.switch_off', 'account.switch_on']);
  });

  it('that are switched off sign in no more, until they are on again', async () => {
    const colleague = cookieOf(await join(tokenOf(await invite()), 'away'));
    const signIn = () =>
      api.request({
        method: 'POST',
        url: '/api/v1/session',
        payload: { username: 'away', password: PASSWORD },
        as: NOBODY,
      });
    const id = await myId(colleague);
    await switchTo(id, true);
    expect((await signIn()).statusCode).toBe(401);
    await switchTo(id, false);
    expect((await signIn()).statusCode).toBe(201);
  });

  it('cannot be switched off by their own, not even when two administrators do it to each other', async () => {
    const own = await switchTo(await myId(admin), true);
    expect(own.json().error).toMatchObject({ code: 'CONFLICT', details: { reason: 'own_account' } });
    const other = await api.signInAs({ role: 'admin' });
    const [id, otherId] = [await myId(admin), await myId(other)];
    const answers = await Promise.all([switchTo(otherId, true), switchTo(id, true, other)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, expect.any(Number)]);
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
  });
});

describe('who may invite, list and switch', () => {
  const routes = async (as: Record<string, string>, id: string) => [
    (await invite({}, as)).statusCode,
    (await api.request({ url: '/api/v1/accounts', as })).statusCode,
    (await switchTo(id, true, as)).statusCode,
  ];

  it('is an administrator and nobody else: not the office, not a program, not a stranger', async () => {
    const id = await myId(await api.signInAs());
    expect(await routes(await api.signInAs(), id)).toEqual([403, 403, 403]);
    expect(await routes(await asProgram(api), id)).toEqual([403, 403, 403]);
    expect(await routes(NOBODY, id)).toEqual([401, 401, 401]);
    expect(await routes(admin, id)).toEqual([201, 200, 200]);
  });

  it('is of one community for an administrator of one community', async () => {
    const [own, foreign] = [await seedCommunity(api.db), await seedCommunity(api.db)];
    const local = await api.signInAs({ role: 'admin', communityId: own.communityId });
    const near = await myId(await api.signInAs({ communityId: own.communityId }));
    const far = await myId(await api.signInAs({ communityId: foreign.communityId }));
    expect(new Set((await accounts(local)).map(({ id }) => id))).toEqual(new Set([await myId(local), near]));
    expect((await switchTo(far, true, local)).statusCode).toBe(404);
    expect((await switchTo(await myId(admin), true, local)).statusCode).toBe(404);
    expect((await switchTo(near, true, local)).statusCode).toBe(200);
    expect((await invite({}, local)).json()).toMatchObject({ communityIds: [own.communityId] });
    expect((await invite({ communityIds: [foreign.communityId] }, local)).statusCode).toBe(404);
  });
});
