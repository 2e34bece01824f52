import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEATS, type Seat } from '#pact/role.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from './testing/api-under-test.ts';
import { type Asked, RIGHTS_TABLE, type RightsRow } from './testing/rights-table.ts';
import { makeThings, passDeadline, type Things } from './testing/rights-world.ts';
import { routesOf } from './testing/routes-of.ts';

const PREFIX = '/api/v1';

let api: ApiUnderTest;
let origin: string;
let own: Things;
/** Of the same community, but of a home that the steward does not look after. */
let beside: Things;
let foreign: Things;
let as: Record<Seat, () => Promise<Record<string, string>>>;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T06:00:00+08:00', { publicUrl: 'http://pact.example' });
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const community = await seedCommunity(api.db);
  own = await makeThings(api, community);
  beside = await makeThings(api, community);
  foreign = await makeThings(api, await seedCommunity(api.db));
  await passDeadline(api, [own, beside, foreign]);
  const communityId = own.community;
  as = {
    admin: () => api.signInAs({ role: 'admin', communityId }),
    office: () => api.signInAs({ role: 'office', communityId }),
    steward: () => api.signInAs({ role: 'steward', communityId, personId: own.steward }),
    maintenance: () => api.signInAs({ role: 'maintenance', communityId }),
    district: () => api.signInAs({ role: 'district', communityId }),
    wall: () => api.signInAs({ wall: true, communityId }),
  };
});
afterAll(() => api?.stop());

const removes = (route: string) => (/^DELETE|replacement|strike/.test(route) ? 1 : 0);
/** What removes something comes last, so that all the others still find it. */
const ROWS = Object.entries(RIGHTS_TABLE).sort(([a], [b]) => removes(a) - removes(b));

async function ask(route: string, { params = {}, query, body }: Asked, who: Record<string, string>) {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? 'missing');
  const address = `${PREFIX}${url}${query ? `?${query}` : ''}`;
  if (route === 'GET /stream') return askForHead(address, who);
  const type = typeof body === 'string' ? { 'content-type': 'text/csv' } : {};
  const headers = { ...who, ...type };
  const payload = body === undefined ? {} : { payload: body as object };
  return (await api.app.inject({ method, url: address, headers, ...payload })).statusCode;
}

/** A stream never ends: its head is enough. */
async function askForHead(address: string, headers: Record<string, string>): Promise<number> {
  const leaving = new AbortController();
  const answer = await fetch(`${origin}${address}`, { headers, signal: leaving.signal });
  leaving.abort();
  return answer.status;
}

/** What is refused for another reason was let in: it may have been done before. */
const isLetIn = (status: number) => status < 300 || status === 409 || status === 422;

describe('the table of rights', () => {
  it('has a row for every route that is not open to all, and no other', async () => {
    const routes: string[] = [];
    for (const { method, url } of routesOf(api.app)) {
      const answer = await api.app.inject({ method, url });
      const isOpen = answer.statusCode !== 401 || answer.json().error.code !== 'NOT_SIGNED_IN';
      if (!isOpen && url.startsWith(PREFIX)) routes.push(`${method} ${url.slice(PREFIX.length)}`);
    }
    expect(routes.length).toBeGreaterThan(100);
    expect(Object.keys(RIGHTS_TABLE).sort()).toEqual(routes.sort());
  });

  it('is not left by a new route: one that does not say who may use it is not registered', () => {
    expect(() => api.app.get('/api/v1/new', async () => 'secret')).toThrow();
  });
});

describe.each(ROWS)('%s', (route, row: RightsRow) => {
  it.each(SEATS)('by %s', async (role) => {
    const isAllowed = row.roles.includes(role);
    const status = await ask(route, row.ask?.(own) ?? {}, await as[role]());
    if (!isAllowed) expect(status).toBe(403);
    else if (row.ask && !isSpent(route, row, role)) expect(status, `it answers ${status}`).toSatisfy(isLetIn);
    else if (row.ask) expect([401, 403]).not.toContain(status);
    if (row.ask) expect([403, 404]).toContain(await ask(route, row.ask(foreign), await as[role]()));
  });

  if (row.ask)
    it('by a steward for a home of somebody else', async () => {
      const isOfCommunity = 'query' in (row.ask?.(own) ?? {}) || route === 'PATCH /communities/:id';
      if (isOfCommunity) return;
      expect([403, 404]).toContain(await ask(route, row.ask?.(beside) ?? {}, await as.steward()));
    });

  it('by a program', async () => {
    const status = await ask(route, row.ask?.(own) ?? {}, await asProgram(api));
    if (row.programs) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });
});

/** What the first role that may has removed, the next one does not find. */
const isSpent = (route: string, row: RightsRow, role: Seat) => removes(route) === 1 && row.roles[0] !== role;

describe('what is read by', () => {
  /** Every list and record that a role may read, as one text. */
  async function everythingFor(role: Seat): Promise<string> {
    const texts: string[] = [];
    for (const [route, row] of ROWS) {
      if (!route.startsWith('GET') || route === 'GET /stream' || !row.roles.includes(role)) continue;
      const { params = {}, query } = row.ask?.(own) ?? {};
      const path = route.slice(4).replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? 'missing');
      const url = `${PREFIX}${path}${query ? `?${query}` : ''}`;
      const answer = await api.app.inject({ url, headers: await as[role]() });
      texts.push(`${route}\n${answer.body}`);
    }
    expect(texts.length).toBeGreaterThan(4);
    return texts.join('\n');
  }
  const names = /王奶奶|王秀英|赵奶奶|李管家|(steward|neighbour|office)-[0-9a-f]{4}"|\+86/;

  it('the office has names, so that what follows is no wonder', async () => {
    expect(await everythingFor('office')).toMatch(names);
  });

  it('a steward is of no home but their own', async () => {
    const text = await everythingFor('steward');
    expect(text).toContain(own.home);
    for (const id of [beside.home, beside.bare, own.bare, beside.alert, foreign.home]) {
      expect(text).not.toContain(id);
    }
  });

  it('maintenance has places, but no name and no number of anybody', async () => {
    const text = await everythingFor('maintenance');
    expect(text).toContain('3栋');
    expect(text).not.toMatch(names);
  });

  it('the district is numbers: no name, no address, no home', async () => {
    const text = await everythingFor('district');
    expect(text).toContain('"enrolled":');
    expect(text).not.toMatch(names);
    expect(text).not.toMatch(/栋|"code"|householdId/);
    expect(text).not.toContain(own.home);
  });
});
