import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, NOBODY, startApiUnderTest } from './testing/api-under-test.ts';
import { routesOf } from './testing/routes-of.ts';

/** Who may come in without being anybody, and why. Whatever is not here needs an actor. */
const OPEN_TO_ALL = [
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /api/openapi.json',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/session',
  'GET /api/v1/door',
  'POST /api/v1/door/press',
  'GET /api/v1/door/leave',
  'POST /api/v1/door/leave',
  'GET /api/v1/door/care',
  'POST /api/v1/door/care',
  'POST /api/v1/door/decal',
  'POST /api/v1/door/decal/link',
  'POST /webhooks/test',
  'GET /api/v1/push/:sourceId',
  'POST /api/v1/push/:sourceId',
  'GET /api/v1/push/:sourceId/:token',
  'POST /api/v1/push/:sourceId/:token',
];

let api: ApiUnderTest;
let routes: ReturnType<typeof routesOf> = [];

beforeAll(async () => {
  api = await startApiUnderTest(
    '2026-11-24T00:10:00Z',
    {},
    {
      webhooks: [
        {
          path: '/webhooks/test',
          handle: async (request) => ({
            status: 200,
            contentType: 'application/json',
            body: JSON.stringify(request),
          }),
        },
      ],
    },
  );
  routes = routesOf(api.app);
});
afterAll(() => api.stop());

describe('the door', () => {
  it('knows its routes, so that the walks below walk somewhere', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.map(({ method, url }) => `${method} ${url}`)).toEqual(expect.arrayContaining(OPEN_TO_ALL));
  });

  it('lets nobody through any route but those that are open to all on purpose', async () => {
    for (const { method, url } of routes) {
      const key = `${method} ${url}`;
      if (OPEN_TO_ALL.includes(key) || url.includes('*')) continue;
      const path = url
        .replaceAll(':date', '2026-11-24')
        .replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
      const answer = await api.request({ method, url: path, as: NOBODY });
      expect([key, answer.statusCode, answer.json().error.code]).toEqual([key, 401, 'NOT_SIGNED_IN']);
    }
  });

  it('refuses a cookie and a token that nobody was given', async () => {
    for (const as of [
      { cookie: 'pact=guess' },
      { authorization: 'Bearer guess' },
      { authorization: 'Basic Z3Vlc3M6' },
    ]) {
      expect((await api.request({ url: '/api/v1/today', as })).statusCode).toBe(401);
    }
  });
});

describe('what the API says of itself', () => {
  it('describes every route with a summary, its answers and the error shape', async () => {
    const { openapi, paths } = (await api.request({ url: '/api/openapi.json', as: NOBODY })).json();
    expect(openapi).toBe('3.1.0');
    for (const { method, url } of routes) {
      if (url === '/api/openapi.json' || url.includes('*')) continue;
      const operation = paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      expect(operation, `${method} ${url} is not described`).toBeDefined();
      expect(operation.summary, `${method} ${url} has no summary`).toMatch(/\S/);
      expect(Object.keys(operation.responses), `${method} ${url}`).toEqual(
        expect.arrayContaining(['4XX', '5XX']),
      );
      if (!url.startsWith('/webhooks'))
        expect(Object.keys(operation.responses).some((code) => code.startsWith('2'))).toBe(true);
    }
  });

  it('names every operation once, and by the same name tomorrow', async () => {
    const { paths } = (await api.request({ url: '/api/openapi.json' })).json();
    const operations = Object.values<Record<string, { operationId: string }>>(paths).flatMap(Object.values);
    const ids = operations.map(({ operationId }) => operationId);
    for (const id of ids) expect(id).toMatch(/^(get|post|put|patch|delete)([A-Z][A-Za-z0-9]*)+$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['getToday', 'getAlertsById', 'postSession']));
  });

  it('sends pages that load nothing from elsewhere and sit in nobody else’s frame', async () => {
    const { headers } = await api.request({ url: '/healthz' });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
  });
});

describe('an error', () => {
  const errorOf = async (options: Parameters<ApiUnderTest['request']>[0]) => {
    const answer = await api.request(options);
    const { error } = answer.json();
    expect(error).toMatchObject({ message: expect.any(String), requestId: expect.any(String) });
    return { status: answer.statusCode, headers: answer.headers, ...error };
  };
  const json = { 'content-type': 'application/json' };

  it('names every problem of a body by its path, and never the value', async () => {
    const error = await errorOf({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { username: 'a b', password: 'kurz' },
    });
    expect(error).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    const paths = error.details.problems.map((problem: { path: string }) => problem.path);
    expect(paths).toEqual(
      expect.arrayContaining(['body/token', 'body/name', 'body/username', 'body/password']),
    );
    expect(JSON.stringify(error)).not.toContain('kurz');
  });

  it('really checks what a schema calls a uuid, a date or a time', async () => {
    const bad = [
      '/alerts/7',
      '/today?date=2026-02-30',
      '/today?community=x',
      '/ledger/yesterday',
      '/alerts?limit=0',
    ];
    for (const path of bad)
      expect(await errorOf({ url: `/api/v1${path}` })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it.each([
    [
      'a body that is not JSON',
      { method: 'POST', url: '/api/v1/session', headers: json, payload: '{"password":"geheim' },
      400,
      'BAD_REQUEST',
    ],
    [
      'a body of another kind',
      { method: 'POST', url: '/api/v1/session', headers: { 'content-type': 'image/png' }, payload: 'x' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'a body without end',
      { method: 'POST', url: '/api/v1/session', headers: json, payload: `"${'x'.repeat(1_100_000)}"` },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'a body nested without end',
      { method: 'POST', url: '/api/v1/session', headers: json, payload: '['.repeat(5e4) + ']'.repeat(5e4) },
      400,
      'BAD_REQUEST',
    ],
    ['a path that is not there', { url: '/api/v1/nowhere' }, 404, 'NOT_FOUND'],
    ['an id without end', { url: `/api/v1/households/${'x'.repeat(200)}` }, 404, 'NOT_FOUND'],
    ['a day of the year nought', { url: '/api/v1/today?date=0000-01-01' }, 400, 'BAD_REQUEST'],
    ['a day that no ledger will ever have', { url: '/api/v1/ledger/0001-01-01' }, 400, 'BAD_REQUEST'],
    ['a wrong method', { method: 'PUT', url: '/api/v1/today' }, 405, 'METHOD_NOT_ALLOWED'],
    ['an address that cannot be decoded', { url: '/api/v1/alerts/%E0%A4%A' }, 400, 'BAD_REQUEST'],
    [
      'a list instead of an object',
      { method: 'POST', url: '/api/v1/session', payload: [] },
      400,
      'BAD_REQUEST',
    ],
    [
      'a key that would poison a prototype',
      { method: 'POST', url: '/api/v1/session', headers: json, payload: '{"__proto__":{"x":1}}' },
      400,
      'BAD_REQUEST',
    ],
  ] as const)('has one shape for %s', async (_what, options, status, code) => {
    const error = await errorOf(options as Parameters<ApiUnderTest['request']>[0]);
    expect(error).toMatchObject({ status, code });
    expect(JSON.stringify(error)).not.toMatch(/geheim|stack|node_modules/);
    if (status === 405) expect(error.headers.allow).toContain('GET');
  });

  it('of ours is logged under its id without what the database quoted, and tells the caller nothing', async () => {
    api.app.log.level = 'debug';
    await api.db.schema.alterTable('visit').renameTo('visit_away').execute();
    const error = await errorOf({ url: '/api/v1/visits' });
    await api.db.schema.alterTable('visit_away').renameTo('visit').execute();
    expect(error).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(JSON.stringify(error)).not.toContain('visit');
    const line = api.logs.find(
      (text) => text.includes(error.requestId) && text.includes('api.request-failed'),
    );
    expect(JSON.parse(line ?? '{}')).toMatchObject({ sqlState: '42P01' });
  });
});

describe('a provider’s webhook', () => {
  it('gets the bytes and the address as they came', async () => {
    const body = 'Body=%E6%94%B6%E5%88%B0+1&From=%2B8613900000001';
    const answer = await api.request({
      method: 'POST',
      url: '/webhooks/test?x=1',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        host: 'pact.example',
        'x-signature': 's',
      },
      payload: body,
      as: NOBODY,
    });
    expect(answer.json()).toMatchObject({
      url: 'http://pact.example/webhooks/test?x=1',
      rawBody: body,
      params: { Body: '收到 1', From: '+8613900000001' },
      headers: { 'x-signature': 's' },
    });
  });
});

describe('the board’s files', () => {
  it('are replaced by a plain page that says how to build them where they are missing', async () => {
    const other = await startApiUnderTest('2026-11-24T00:10:00Z', { boardDir: '/nowhere' });
    const answer = await other.request({ url: '/', headers: { accept: 'text/html' }, as: NOBODY });
    await other.stop();
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
  });
});
