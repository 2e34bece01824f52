import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { BLANK, patternOf, placesOf } from './words.ts';

let opened: TestDb;
beforeAll(async () => {
  opened = await openTestDb();
});
afterAll(() => opened?.close());

async function blank(text: string, pattern: string | undefined): Promise<string> {
  const { rows } = await sql<{ said: string }>`
    select regexp_replace(${text}, ${pattern ?? '(?!)'}, ${BLANK}, 'g') as said`.execute(opened.db);
  return rows[0]?.said ?? '';
}
const names = (...list: string[]) => patternOf({ names: list, phones: [] });
const phones = (...list: string[]) => patternOf({ names: [], phones: list });

describe('a name', () => {
  it.each([
    ['王桂兰今天去了医院', ['王桂兰'], `${BLANK}今天去了医院`],
    ['Mrs Wang Li, not Wangling', ['Wang Li'], `Mrs ${BLANK}, not Wangling`],
    ['没有它的地方', ['王桂兰'], '没有它的地方'],
    // One character, or three letters, would be found everywhere.
    ['王桂兰', ['王'], '王桂兰'],
    ['Ian and Ian', ['Ian'], 'Ian and Ian'],
    ['价(5.0)元', ['价(5.0)'], `${BLANK}元`],
  ])('%s', async (text, list, expected) => {
    expect(await blank(text, names(...list))).toBe(expected);
  });
});

describe('a number', () => {
  it.each([
    ['打+8613907315566', `打${BLANK}`],
    ['打13907315566,别打139', `打${BLANK},别打139`],
    ['打139 0731 5566', `打${BLANK}`],
    ['打86-139-0731-5566', `打${BLANK}`],
    ['单号913907315566001', '单号913907315566001'],
  ])('%s', async (text, expected) => {
    expect(await blank(text, phones('+8613907315566'))).toBe(expected);
  });

  it('of a landline, with its nought', async () => {
    expect(await blank('家里0391-8812345没人接', phones('+863918812345'))).toBe(`家里${BLANK}没人接`);
  });

  it('of another country', async () => {
    expect(await blank('call +441632960001', phones('+441632960001'))).toContain(BLANK);
  });
});

it('looks for nothing where nothing is known', () => {
  expect(patternOf({ names: [], phones: [] })).toBeUndefined();
  expect(placesOf({ places: ['7'] })).toBeUndefined();
});
