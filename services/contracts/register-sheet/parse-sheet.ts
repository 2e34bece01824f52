import { parse } from 'csv-parse/sync';
import type { Cell, SheetRow } from './sheet.ts';

export type SheetKind = 'csv' | 'xlsx';

/** What a workbook may unpack to; a register of ten thousand homes has a tenth of it. */
const MOST_UNPACKED_BYTES = 200 * 1024 * 1024;

/**
 * The rows of the first sheet of an .xlsx, or of a .csv in UTF-8, UTF-16 or GB18030, which is what a Chinese
 * Excel writes.
 * @throws Error when it cannot be read
 */
export async function parseSheet(bytes: Buffer, kind: SheetKind): Promise<SheetRow[]> {
  const rows = kind === 'csv' ? parseCsv(bytes) : await parseXlsx(bytes);
  return rows.map((cells, index) => ({ row: index + 1, cells }));
}

/** What a file is by its first bytes: a workbook is a zip, and nothing else is taken for one. */
export const kindOf = (bytes: Buffer): SheetKind =>
  bytes.subarray(0, 2).toString() === 'PK' ? 'xlsx' : 'csv';

/** Loaded only where it is needed: most commands read no workbook. */
async function parseXlsx(bytes: Buffer): Promise<Cell[][]> {
  if (unpackedBytesOf(bytes) > MOST_UNPACKED_BYTES) throw new Error('this workbook unpacks to too much');
  const { readSheet } = await import('read-excel-file/node');
  // Its types name the constructor of dates where it gives dates.
  return (await readSheet(bytes)) as unknown as Cell[][];
}

const ENTRY = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
const UNPACKED_AT = 24;

/** What the zip's own list of contents says that it unpacks to. */
function unpackedBytesOf(bytes: Buffer): number {
  let total = 0;
  for (let at = bytes.indexOf(ENTRY); at >= 0; at = bytes.indexOf(ENTRY, at + 4)) {
    if (at + UNPACKED_AT + 4 <= bytes.length) total += bytes.readUInt32LE(at + UNPACKED_AT);
  }
  return total;
}

function parseCsv(bytes: Buffer): string[][] {
  const content = decode(bytes);
  const firstLine = /^.*/.exec(content)?.[0] ?? '';
  const countOf = (sign: string) => firstLine.split(sign).length;
  const [delimiter] = [',', ';', '\t', '，'].sort((a, b) => countOf(b) - countOf(a));
  return parse(content, { delimiter: delimiter ?? ',', relax_column_count: true, skip_empty_lines: false });
}

/** A wrong guess between the two fails at once, because what is valid UTF-8 by chance is not Chinese text. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  }
}
