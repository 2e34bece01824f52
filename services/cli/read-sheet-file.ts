import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Cell, SheetRow } from '#contracts/register-sheet/sheet.ts';
import type { TerminalText } from '#pact/text/terminal.ts';
import { PactError } from '#platform/errors.ts';

const MOST_BYTES = 50 * 1024 * 1024;

/**
 * The rows of the first sheet of an .xlsx, or of a .csv in UTF-8, UTF-16 or GB18030, which is what a Chinese
 * Excel writes. A relative path is meant from `folder`.
 * @throws PactError REGISTER_INVALID when there is no such file or it cannot be read
 */
export async function readSheetFile(file: string, folder: string, text: TerminalText): Promise<SheetRow[]> {
  const path = resolve(folder, file);
  const kind = extname(path).toLowerCase();
  if (kind !== '.csv' && kind !== '.xlsx') throw refuse(text.fileKind);
  const bytes = await readBytes(path, text);
  try {
    const rows = kind === '.csv' ? readCsv(bytes) : await readXlsx(bytes);
    return rows.map((cells, index) => ({ row: index + 1, cells }));
  } catch (error) {
    throw refuse(text.fileUnreadable, error);
  }
}

const refuse = (message: string, cause?: unknown) => new PactError('REGISTER_INVALID', message, { cause });

async function readBytes(path: string, text: TerminalText): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw refuse(text.fileTooLarge);
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') throw refuse(text.fileMissing, error);
    throw error;
  }
}

/** Loaded only where it is needed: most commands read no workbook. */
async function readXlsx(bytes: Buffer): Promise<Cell[][]> {
  const { readSheet } = await import('read-excel-file/node');
  // Its types name the constructor of dates where it gives dates.
  return (await readSheet(bytes)) as unknown as Cell[][];
}

function readCsv(bytes: Buffer): string[][] {
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
