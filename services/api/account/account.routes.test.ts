import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureSetupLink } from '#store/account/setup-link.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, NOBODY, startApiUnderTest } from '../testing/api-under-test.ts';

const PASSWORD = 'curtains open at eight';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startApiUnderTest('2026-11-24T00:00:00Z');
});
afterEach(() => api.stop());

const setUp = (token: string | undefined, username = 'Lihua') =>
  api.request({
    method: 'POST',
    url: '/api/v1/setup',
    payload: { token: token ?? 'x'.repeat(43), username, name: '社区办公室', password: PASSWORD },
    as: NOBODY,
  });
const signIn = (username: string, password: string, remoteAddress = '10.0.0.1') =>
  api.request({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username, password },
    remoteAddress,
    as: NOBODY,
  });
const link = () => ensureSetupLink(api.db, api.clock.now());
const whoAmI = (as: Record<string, string>) => api.request({ url: '/api/v1/session', as });
const cookieOf = (answer: { headers: Record<string, unknown> }) => {
  const text = String(answer.headers['set-cookie']);
  return { text, as: { cookie: text.split(';')[0]! } };
};

describe('the first set-up', () => {
  it('makes the office account by the printed link and signs in, with a cookie that no script or other site gets', async () => {
    expect((await api.request({ url: '/api/v1/setup', as: NOBODY })).json()).toEqual({ needed: true });
    const answer = await setUp(await link());
    expect(answer.statusCode).toBe(201);
    const { text, as } = cookieOf(answer);
    expect(text).toMatch(/^pact=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await whoAmI(as)).json()).toMatchObject({
      kind: 'account',
      name: '社区办公室',
      role: 'admin',
      communityId: null,
    });
    expect((await api.request({ url: '/api/v1/setup', as: NOBODY })).json()).toEqual({ needed: false });
    const { password_hash } = await api.db
      .selectFrom('account')
      .select('password_hash')
      .executeTakeFirstOrThrow();
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  });

  it('works once', async () => {
    const token = await link();
    expect((await setUp(token)).statusCode).toBe(201);
    expect((await setUp(token, 'second')).json().error.code).toBe('NOT_ALLOWED');
    expect(await link()).toBeUndefined();
  });

  it('makes one account when two people open the link at once', async () => {
    const token = await link();
    const answers = await Promise.all([setUp(token, 'one'), setUp(token, 'two'), setUp(token, 'three')]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 403, 403]);
    expect(await api.db.selectFrom('account').select('id').execute()).toHaveLength(1);
  });

  it('is over after a day', async () => {
    const token = await link();
    api.clock.advance({ hours: 24 });
    expect((await setUp(token)).statusCode).toBe(403);
    expect(await api.db.selectFrom('account').select('id').execute()).toHaveLength(0);
  });

  it('works by the link of whichever process somebody looked at, and spends those of the others', async () => {
    const [one, other, third] = await Promise.all([link(), link(), link()]);
    expect((await setUp(one)).statusCode).toBe(201);
    expect((await setUp(other, 'second')).statusCode).toBe(403);
    expect(await api.db.selectFrom('setup_link').selectAll().execute()).toEqual([]);
    expect(third).toMatch(/^[\w-]{43}$/);
  });

  it('makes one account when two people open the links of two processes at once', async () => {
    const tokens = await Promise.all([link(), link(), link()]);
    const answers = await Promise.all(tokens.map((token, index) => setUp(token, `user-${index}`)));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 403, 403]);
    expect(await api.db.selectFrom('account').select('id').execute()).toHaveLength(1);
  });

  it('refuses a password that is too short', async () => {
    const payload = { token: await link(), username: 'lihua', name: 'Li', password: '123456789' };
    const answer = await api.request({ method: 'POST', url: '/api/v1/setup', payload, as: NOBODY });
    expect(answer.json().error.details.problems).toMatchObject([{ path: 'body/password' }]);
  });
});

describe('signing in', () => {
  beforeEach(async () => {
    await setUp(await link());
  });

  it('takes the name in any case, lasts twelve hours, and ends when the person signs out', async () => {
    const answer = await signIn(' LIHUA ', PASSWORD);
    expect(answer.statusCode).toBe(201);
    const { as } = cookieOf(answer);
    const again = cookieOf(await signIn('lihua', PASSWORD)).as;
    expect((await api.request({ method: 'DELETE', url: '/api/v1/session', as })).statusCode).toBe(204);
    expect((await whoAmI(as)).statusCode).toBe(401);
    expect((await whoAmI(again)).statusCode).toBe(200);
    for (let hour = 0; hour < 24; hour += 1) {
      api.clock.advance({ minutes: 30 });
      if (hour < 23) expect((await whoAmI(again)).statusCode).toBe(200);
    }
    expect((await whoAmI(again)).statusCode).toBe(401);
  });

  it('says the same of a wrong name and a wrong password', async () => {
    const answers = [await signIn('lihua', 'wrong'), await signIn('nobody', PASSWORD)];
    const [one, two] = answers.map((answer) => ({
      ...answer.json().error,
      requestId: '',
      status: answer.statusCode,
    }));
    expect(one).toMatchObject({ code: 'SIGN_IN_REFUSED', status: 401 });
    expect(one).toEqual(two);
  });

  it('lets the next password wait after five wrong ones from one address, and nobody elsewhere', async () => {
    for (let n = 0; n < 5; n += 1) await signIn('lihua', 'wrong', '10.0.1.1');
    expect((await signIn('lihua', PASSWORD, '10.0.1.1')).statusCode).toBe(401);
    expect((await signIn('lihua', PASSWORD, '10.0.2.1')).statusCode).toBe(201);
    api.clock.advance({ seconds: 30 });
    expect((await signIn('lihua', 'wrong', '10.0.1.1')).statusCode).toBe(401);
    api.clock.advance({ seconds: 59 });
    expect((await signIn('lihua', PASSWORD, '10.0.1.1')).statusCode).toBe(401);
    api.clock.advance({ seconds: 1 });
    expect((await signIn('lihua', PASSWORD, '10.0.1.1')).statusCode).toBe(201);
    expect((await signIn('lihua', 'wrong', '10.0.1.1')).statusCode).toBe(401);
    expect((await signIn('lihua', PASSWORD, '10.0.1.1')).statusCode).toBe(201);
  });

  it('gives many strange addresses together thirty guesses, and still opens where the person has signed in before', async () => {
    expect((await signIn('lihua', PASSWORD, '10.0.9.9')).statusCode).toBe(201);
    for (let n = 0; n < 30; n += 1) await signIn('lihua', 'wrong', `10.0.3.${n}`);
    expect((await signIn('lihua', PASSWORD, '10.0.4.1')).statusCode).toBe(401);
    expect((await signIn('lihua', PASSWORD, '10.0.9.9')).statusCode).toBe(201);
    for (let n = 0; n < 30; n += 1) await signIn('lihua', 'wrong', `10.0.5.${n}`);
    expect((await signIn('lihua', PASSWORD, '10.0.4.1')).statusCode).toBe(401);
    api.clock.advance({ seconds: 30 });
    expect((await signIn('lihua', PASSWORD, '10.0.4.1')).statusCode).toBe(201);
  });

  it('keeps where somebody asked from as a hash, and forgets strangers after a day', async () => {
    await signIn('lihua', 'wrong', '10.0.1.1');
    const kept = () => api.db.selectFrom('sign_in_origin').selectAll().where('known', '=', false).execute();
    expect(JSON.stringify(await kept())).not.toContain('10.0.1.1');
    expect(await kept()).toHaveLength(1);
    api.clock.advance({ hours: 25 });
    await signIn('lihua', 'wrong', '10.0.1.2');
    expect(await kept()).toHaveLength(1);
  });

  it('makes an address wait that has tried fifteen names, whoever it asks for next', async () => {
    for (let n = 0; n < 15; n += 1) await signIn(`nobody-${n}`, 'wrong', '10.0.7.7');
    api.clock.advance({ seconds: 1 });
    const answer = await signIn('lihua', PASSWORD, '10.0.7.7');
    expect([answer.statusCode, answer.json().error.code, answer.headers['retry-after']]).toEqual([
      429,
      'TOO_MANY_REQUESTS',
      '29',
    ]);
    expect((await signIn('lihua', PASSWORD, '10.9.9.9')).statusCode).toBe(201);
  });

  it('ends where nobody has used it for an hour, and lasts while it is used', async () => {
    const { as } = cookieOf(await signIn('lihua', PASSWORD));
    for (let n = 0; n < 3; n += 1) {
      api.clock.advance({ minutes: 59 });
      expect((await whoAmI(as)).statusCode).toBe(200);
    }
    api.clock.advance({ minutes: 60 });
    expect((await whoAmI(as)).statusCode).toBe(401);
  });

  it('that was left to a wall looks at the morning for months, also after a night without power, and at nothing else', async () => {
    const { as, text } = cookieOf(await signIn('lihua', PASSWORD));
    const community = await seedCommunity(api.db);
    const status = async (url: string) => (await api.request({ url: `/api/v1${url}`, as })).statusCode;
    expect(text).toMatch(/Max-Age=43200/);
    expect(await status('/households')).toBe(200);
    const hung = await api.request({ method: 'POST', url: '/api/v1/session/wall', payload: {}, as });
    expect(hung.json()).toMatchObject({ role: 'wall' });
    expect(cookieOf(hung).text).toMatch(/Max-Age=7776000/);
    api.clock.advance({ hours: 24 * 60 });
    expect(await status(`/today?community=${community.communityId}`)).toBe(200);
    for (const url of ['/households', '/alerts', '/messages', '/audit', '/register/sheet']) {
      expect(await status(url)).toBe(403);
    }
    const again = await api.request({ method: 'POST', url: '/api/v1/session/wall', payload: {}, as });
    expect(again.statusCode).toBe(403);
    api.clock.advance({ hours: 24 * 31 });
    expect(await status('/session')).toBe(401);
  });

  it('ends everywhere at once where the person says so, and of nobody else', async () => {
    const [here, elsewhere] = [
      cookieOf(await signIn('lihua', PASSWORD)).as,
      cookieOf(await signIn('lihua', PASSWORD)).as,
    ];
    const colleague = await api.signInAs();
    const answer = await api.request({ method: 'DELETE', url: '/api/v1/sessions', as: here });
    expect([answer.statusCode, String(answer.headers['set-cookie'])]).toEqual([
      204,
      expect.stringMatching(/^pact=;/),
    ]);
    expect((await whoAmI(here)).statusCode).toBe(401);
    expect((await whoAmI(elsewhere)).statusCode).toBe(401);
    expect((await whoAmI(colleague)).statusCode).toBe(200);
  });

  it('keeps no password and no session that could be used in the database, and none in the log', async () => {
    const { as } = cookieOf(await signIn('lihua', PASSWORD));
    const secret = as.cookie.slice('pact='.length);
    const { rows } = await api.db
      .getExecutor()
      .executeQuery<{ all: string }>(
        api.db
          .selectFrom('session')
          .innerJoin('account', 'account.id', 'session.account_id')
          .selectAll()
          .compile(),
      );
    const kept = JSON.stringify(rows) + api.logs.join('');
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(Buffer.from(secret).toString('hex'));
    expect(kept).not.toContain(PASSWORD);
  });

  it('is written down, refused or not', async () => {
    await signIn('lihua', 'wrong');
    await signIn('lihua', PASSWORD);
    const entries = await api.db.selectFrom('audit_entry').select('action').orderBy('id').execute();
    expect(entries.map((entry) => entry.action)).toEqual([
      'account.set_up',
      'session.refused',
      'session.opened',
    ]);
  });
});

describe('another site', () => {
  const post = (headers: Record<string, string>, as?: Record<string, string>) =>
    api.request({
      method: 'DELETE',
      url: '/api/v1/session',
      headers: { host: 'board.local', ...headers },
      ...(as ? { as } : {}),
    });

  it('cannot act in the name of who is signed in', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const answer = await post(headers);
      expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'NOT_ALLOWED']);
    }
    expect((await post({ origin: 'http://board.local' })).statusCode).toBe(204);
  });

  it('is no matter to a program, whose token no browser sends by itself', async () => {
    expect((await post({ origin: 'https://tool.example' }, await asProgram(api))).statusCode).toBe(204);
  });
});

describe('behind TLS', () => {
  it('binds the cookie to this host and to TLS', async () => {
    const other = await startApiUnderTest('2026-11-24T00:00:00Z', { publicUrl: 'https://pact.example' });
    const token = await ensureSetupLink(other.db, other.clock.now());
    const payload = { token, username: 'lihua', name: 'Li', password: PASSWORD };
    const headers = { origin: 'https://pact.example', host: '10.0.0.5:8080' };
    const answer = await other.request({
      method: 'POST',
      url: '/api/v1/setup',
      payload,
      headers,
      as: NOBODY,
    });
    const who = await other.request({ url: '/api/v1/session', as: cookieOf(answer).as });
    await other.stop();
    expect(cookieOf(answer).text).toMatch(
      /^__Host-pact=[\w-]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(who.statusCode).toBe(200);
    expect(answer.headers['strict-transport-security']).toMatch(/max-age/);
  });
});
