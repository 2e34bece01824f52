import { columnsFor } from './columns.ts';

/** One home as its row in our own sheet: what stands under each column. */
export type SheetRecord = { community: string; code: string; values: Readonly<Record<string, string>> };

/**
 * The register as a workbook in the columns that an import reads. Every cell is text, so that no phone becomes a
 * power of ten and no 07 a 7; text that begins like a formula stays text.
 * @param about lines for a sheet of their own, which no import reads: who made this, and when
 */
export async function writeSheet(
  records: readonly SheetRecord[],
  about: readonly string[],
  names: { register: string; about: string },
): Promise<Buffer> {
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const filled = new Set(records.flatMap(({ values }) => Object.keys(values)));
  const columns = columnsFor(filled);
  const text = (value: string) => ({ value, type: String });
  const head = columns.map((column) => ({ value: column, type: String, fontWeight: 'bold' as const }));
  const rows = records.map(({ values }) =>
    columns.map((column) => (values[column] === undefined ? null : text(values[column]))),
  );
  return writeXlsxFile([
    {
      data: [head, ...rows],
      sheet: names.register,
      stickyRowsCount: 1,
      columns: columns.map((column) => ({ width: Math.max(10, column.length * 2 + 4) })),
    },
    { data: about.map((line) => [text(line)]), sheet: names.about, columns: [{ width: 60 }] },
  ]).toBuffer();
}
