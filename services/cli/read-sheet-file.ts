import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { parseSheet } from '#contracts/register-sheet/parse-sheet.ts';
import type { SheetRow } from '#contracts/register-sheet/sheet.ts';
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
    return await parseSheet(bytes, kind === '.csv' ? 'csv' : 'xlsx');
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
