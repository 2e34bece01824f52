import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PersonFile } from '#contracts/http/person-file.ts';
import { PERSON_FILE_TEXT } from '#pact/text/person-file.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';
import { describePersonFile } from './person-file-document.ts';
import { type LivedHome, liveIn, SAID } from './testing/lived-home.ts';

let api: ApiUnderTest;
let home: LivedHome;

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-23T10:00:00+08:00');
  home = await liveIn(api);
}, 60_000);
afterAll(() => api.stop());

const ask = (format: string, as = home.as) =>
  api.request({ url: `/api/v1/households/${home.id}/file.${format}`, as });

it('holds everything that was said of a home, also what was set right since', async () => {
  const answer = await ask('json');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-disposition']).toContain('file-07.json');
  // A payload nobody could read, and a word that nobody could tie to a home, are in no file.
  const { payload, devicePayload, reply, ...said } = SAID;
  for (const words of Object.values(said)) expect(answer.body).toContain(words);
  const file = answer.json<PersonFile>();
  expect(file.days.map(({ on, closedAs }) => [on, closedAs])).toEqual([
    ['2026-11-24', 'kept'],
    ['2026-11-25', 'visited'],
  ]);
  expect(file.openings).toHaveLength(1);
  expect(file.alerts).toHaveLength(1);
  expect(file.alerts[0]?.entries.length).toBeGreaterThan(3);
  // Of the home beside it there is not a word, nor a steward's own number.
  expect(answer.body).not.toContain('李爷爷');
  expect(file.contacts).toContainEqual({ role: 'primary', name: '赵红梅', phone: null });
});

it('says in every part what it holds, in either language, and who made it', async () => {
  const file = (await ask('json')).json<PersonFile>();
  for (const language of ['zh-CN', 'en'] as const) {
    const words = PERSON_FILE_TEXT[language];
    const document = describePersonFile(file, language);
    expect(document.parts.map(({ title }) => title)).toEqual(Object.values(words.parts));
    expect(document.parts.filter(({ lines }) => lines[0]?.text === words.none)).toEqual([]);
    const all = JSON.stringify(document);
    const { payload, devicePayload, reply, ...said } = SAID;
    for (const one of Object.values(said)) expect(all).toContain(one);
    expect(all).not.toMatch(/undefined|\[object/);
    expect(document.made).toContain('王主任');
  }
});

it('comes as paper in the language of the page', async () => {
  for (const language of ['zh-CN', 'en']) {
    const answer = await ask(`pdf?language=${language}`);
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
    const folder = process.env.PACT_SCREENSHOTS;
    if (folder) await writeFile(`${folder}/person-file-${language}.pdf`, answer.rawPayload);
  }
});

it('is written to the audit log with who made it, and shows that to the person', async () => {
  await ask('pdf');
  const file = (await ask('json')).json<PersonFile>();
  expect(file.looks.slice(-2).map(({ who, action }) => [who, action])).toEqual([
    ['王主任', 'household.export'],
    ['王主任', 'household.export'],
  ]);
});

it('is given to nobody of another community, and is there after the home was taken out of the register', async () => {
  const { id } = (
    await api.request({
      ...{ method: 'POST', url: '/api/v1/communities', as: home.as },
      payload: { name: '西苑社区', timeZone: 'Asia/Shanghai' },
    })
  ).json();
  expect((await ask('json', await api.signInAs({ communityId: id }))).statusCode).toBe(404);
  await api.request({ method: 'DELETE', url: `/api/v1/households/${home.id}`, as: home.as });
  const answer = await ask('json', await asProgram(api));
  expect(answer.json<PersonFile>().residents).toMatchObject([{ name: SAID.name }]);
  expect(answer.json<PersonFile>().home.removedAt).not.toBeNull();
});

it('leaves no name in a log', () => {
  const logs = api.logs.join('\n');
  for (const words of [SAID.name, SAID.phone, SAID.building, SAID.family]) expect(logs).not.toContain(words);
});
