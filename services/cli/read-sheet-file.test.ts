import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TERMINAL_TEXT } from '#pact/text/terminal.ts';
import { readSheetFile } from './read-sheet-file.ts';
import { makeXlsx } from './testing/make-xlsx.ts';

const TEXT = TERMINAL_TEXT['zh-CN'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pact-sheet-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: Buffer | string) {
  const file = join(folder, name);
  await writeFile(file, content);
  return readSheetFile(file, folder, TEXT);
}

const EXPECTED = [
  { row: 1, cells: ['户号', '称呼'] },
  { row: 2, cells: ['07', '王奶奶'] },
];

test('reads a .csv in UTF-8, with and without its mark', async () => {
  expect(await read('a.csv', '户号,称呼\n07,王奶奶\n')).toEqual(EXPECTED);
  expect(await read('b.csv', '\ufeff户号,称呼\r\n07,王奶奶\r\n')).toEqual(EXPECTED);
});

test('reads what a Chinese Excel saves: GBK', async () => {
  const gbk = Buffer.from('bba7bac52cb3c6baf40d0a30372ccdf5c4ccc4cc0d0a', 'hex');
  expect(await read('gbk.csv', gbk)).toEqual(EXPECTED);
});

test('reads UTF-16 and other separators', async () => {
  const utf16 = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from('户号\t称呼\r\n07\t王奶奶\r\n', 'utf16le'),
  ]);
  expect(await read('utf16.csv', utf16)).toEqual(EXPECTED);
  expect(await read('semicolon.csv', '户号;称呼\n07;王奶奶\n')).toEqual(EXPECTED);
});

test('counts the rows of a .csv as the person sees them', async () => {
  expect(await read('gap.csv', '户号,称呼\n\n,,\n"07","王\n奶奶"\n08,李\n')).toMatchObject([
    { row: 1 },
    { row: 2 },
    { row: 3 },
    { row: 4, cells: ['07', '王\n奶奶'] },
    { row: 5 },
  ]);
});

test('reads an .xlsx with its numbers, dates and times, empty rows counted', async () => {
  const rows = [
    ['户号', '开始日期', '约定时间'],
    [],
    [7, { date: 46082 }, { date: 0.3125 }],
    [null, null, 'x'],
  ];
  expect(await read('a.xlsx', makeXlsx(rows))).toEqual([
    { row: 1, cells: ['户号', '开始日期', '约定时间'] },
    { row: 2, cells: [null, null, null] },
    { row: 3, cells: [7, new Date('2026-03-01T00:00:00Z'), new Date('1899-12-30T07:30:00Z')] },
    { row: 4, cells: [null, null, 'x'] },
  ]);
});

test('says what it cannot read', async () => {
  await expect(read('a.xls', 'x')).rejects.toThrow(TEXT.fileKind);
  await expect(read('broken.xlsx', 'not a workbook')).rejects.toThrow(TEXT.fileUnreadable);
  await expect(read('broken.csv', Buffer.from([0x81, 0xff, 0xff, 0x0a]))).rejects.toThrow(
    TEXT.fileUnreadable,
  );
  await expect(read('quote.csv', '"户号\n')).rejects.toThrow(TEXT.fileUnreadable);
  await expect(readSheetFile('none.csv', folder, TEXT)).rejects.toThrow(TEXT.fileMissing);
});
