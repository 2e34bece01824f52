import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditPage } from '#contracts/http/audit.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let seed: Seed;
let home: SeededHome;
let office: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T09:00:00+08:00');
});
afterAll(() => api?.stop());
beforeEach(async () => {
  seed = await seedCommunity(api.db);
  home = await seed.addHome({ code: '071' });
  office = await api.signInAs({ communityId: seed.communityId, name: '王主任' });
});

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, as = office) =>
  api.request({ method, url: `/api/v1${url}`, as, ...(payload ? { payload } : {}) });
const read = async (query = '', as = office): Promise<AuditPage> =>
  (await call('GET', `/audit?${query}`, undefined, as)).json();
const actions = async (query = '', as = office) => (await read(query, as)).items.map(({ action }) => action);

describe('the audit log', () => {
  it('says who looked at whose file, when, and about whom', async () => {
    await call('GET', `/households/${home.id}`);
    const [line] = (await read()).items;
    expect(line).toMatchObject({
      at: '2026-11-24T01:00:00.000Z',
      actorKind: 'account',
      actor: '王主任',
      action: 'household.read',
      subjectKind: 'household',
      householdId: home.id,
      code: '071',
      salutation: '王奶奶',
    });
  });

  it('has one line for one look, however often a page asks, and one for everybody who looks', async () => {
    for (let n = 0; n < 3; n += 1) await call('GET', `/households/${home.id}`);
    expect(await actions()).toEqual(['household.read']);
    const colleague = await api.signInAs({ communityId: seed.communityId, name: '李姐' });
    await call('GET', `/households/${home.id}`, undefined, colleague);
    const other = await seed.addHome();
    await call('GET', `/households/${other.id}`);
    const looks = (await read('kind=looks')).items.filter(({ action }) => action === 'household.read');
    expect(looks.map(({ actor, householdId }) => [actor, householdId])).toEqual([
      ['王主任', other.id],
      ['李姐', home.id],
      ['王主任', home.id],
    ]);
    api.clock.advance({ minutes: 11 });
    await call('GET', `/households/${home.id}`);
    expect((await actions('kind=looks')).filter((action) => action === 'household.read')).toHaveLength(4);
  });

  it('has every way in which a person’s file is looked at', async () => {
    const { id } = (await call('POST', '/residents', { householdId: home.id, name: '王秀英' })).json();
    const ways: [action: string, ask: () => Promise<unknown>][] = [
      ['household.read', () => call('GET', `/households/${home.id}`)],
      ['household.history', () => call('GET', `/households/${home.id}/history`)],
      ['resident.read', () => call('GET', `/residents/${id}`)],
      ['resident.list', () => call('GET', `/residents?household=${home.id}`)],
      ['resident.list', () => call('GET', '/residents')],
      ['households.search', () => call('POST', '/households/search', { question: '王' })],
      ['removed.read', () => call('GET', '/register/removed')],
      ['register.export', () => call('GET', '/register/sheet')],
      ['decals.read', () => call('GET', '/decals')],
    ];
    for (const [action, ask] of ways) {
      api.clock.advance({ minutes: 11 });
      await ask();
      expect((await actions('kind=looks&limit=1'))[0]).toBe(action);
    }
    const reader = (await read('kind=looks')).items.find(({ action }) => action === 'resident.read');
    expect(reader).toMatchObject({ subject: '王秀英', code: '071' });
  });

  it('is narrowed down by kind, home, person and day, and read page by page', async () => {
    await call('PATCH', `/households/${home.id}`, { note: '有狗' });
    api.clock.advance({ hours: 24 });
    office = await api.signInAs({ communityId: seed.communityId, name: '李姐' });
    const other = await seed.addHome();
    await call('GET', `/households/${other.id}`);
    expect(await actions('kind=changes')).toEqual(['household.change']);
    expect(await actions(`household=${other.id}`)).toEqual(['household.read']);
    const who = (await read('kind=changes')).items[0]?.actorId;
    expect(new Set((await read(`actor=${who}`)).items.map(({ actor }) => actor))).toEqual(
      new Set(['王主任']),
    );
    expect(await actions('kind=changes&until=2026-11-23')).toEqual([]);

    const all = await read();
    const walked: number[] = [];
    let next: number | null = null;
    do {
      const page: AuditPage = await read(
        `limit=1${next ? `&before=${next}` : ''}&kind=looks&household=${other.id}`,
      );
      walked.push(...page.items.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(walked).toEqual(
      all.items
        .filter(({ householdId, action }) => householdId === other.id && action === 'household.read')
        .map(({ id }) => id),
    );
  });

  it('keeps what was taken away: a grid that is gone, a home that has left', async () => {
    const grid = (await call('POST', '/grids', { communityId: seed.communityId, name: '二格' })).json();
    await call('DELETE', `/grids/${grid.id}`);
    await call('DELETE', `/households/${home.id}`);
    expect(await actions('kind=changes')).toEqual(['household.remove', 'grid.remove', 'grid.create']);
  });

  it('is each office’s own, is whole for who sees all, and is no program’s', async () => {
    await call('GET', `/households/${home.id}`);
    const elsewhere = await seedCommunity(api.db);
    const stranger = await api.signInAs({ communityId: elsewhere.communityId });
    expect(await actions('', stranger)).toEqual([]);
    expect(await actions(`household=${home.id}`, stranger)).toEqual([]);
    const everywhere = await api.signInAs({ role: 'admin' });
    expect(await actions(`household=${home.id}`, everywhere)).toEqual(['household.read']);
    const access = `kind=access&community=${seed.communityId}`;
    await call('DELETE', '/session', undefined, await api.signInAs({ role: 'admin' }));
    expect(await actions(access, everywhere)).toContain('session.closed');
    expect(await actions(access)).not.toContain('session.closed');
    expect((await call('GET', '/audit', undefined, await asProgram(api))).statusCode).toBe(403);
  });

  it('says that it was read itself', async () => {
    await read();
    expect(await actions('kind=looks')).toEqual(['audit.read']);
  });
});
