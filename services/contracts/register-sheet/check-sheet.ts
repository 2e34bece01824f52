import { isEmpty, textOf } from './cells.ts';
import { type ColumnKey, columnName, REQUIRED_COLUMNS, readHeader } from './columns.ts';
import { findClashes } from './find-clashes.ts';
import { type ReadRow, readRow } from './read-row.ts';
import { resolvePeople } from './resolve-people.ts';
import type { CheckedSheet, CommunityDraft, KnownRegister, SheetProblem, SheetRow } from './sheet.ts';

export type SheetContext = {
  /** The community of rows that name none. */
  community?: string;
  thisYear: number;
  known: KnownRegister;
};

/**
 * Checks a register's sheet, row by row and each row against the others and the register. Every problem is
 * named by row and column; a row with one is not in the draft. What a row leaves empty stays as it is.
 */
export function checkSheet(rows: readonly SheetRow[], context: SheetContext): CheckedSheet {
  const [header, ...body] = rows.filter((row) => !row.cells.every(isEmpty));
  if (!header) return refused({ row: 1, column: '', reason: 'sheet_empty' });
  const columns = readColumns(header, context.community !== undefined);
  if (columns.problems.length > 0) return { ...refused(...columns.problems), warnings: columns.warnings };

  if (body.length === 0) {
    return { ...refused({ row: header.row, column: '', reason: 'no_rows' }), warnings: columns.warnings };
  }

  const read = body.map((row) =>
    readRow({
      row: row.row,
      cellOf: (key, number = 1) => row.cells[columns.indexOf(key, number) ?? -1],
      nameOf: (key, number = 1) => {
        const index = columns.indexOf(key, number);
        return index === undefined ? columnName(key, number) : textOf(header.cells[index] ?? null);
      },
      community: context.community,
      thisYear: context.thisYear,
    }),
  );
  const { peopleOf, problems: peopleProblems, warnings } = resolvePeople(read, context.known);
  const problems = [
    ...read.flatMap((row) => row.problems),
    ...peopleProblems,
    ...findClashes(read, context.known),
  ].sort((a, b) => a.row - b.row);

  const bad = new Set(problems.map((problem) => problem.row));
  const good = read.filter((row) => !bad.has(row.household.row));
  const people = new Map(good.flatMap(peopleOf).map((person) => [keyOf(person), person]));
  return {
    rows: read.length,
    draft: {
      communities: communitiesOf(good),
      people: [...people.values()].map(({ role: _, ...person }) => person),
      households: good.map((row) => ({
        ...row.household,
        assignments: peopleOf(row).flatMap(({ role, kind, phone }) => (role ? [{ role, kind, phone }] : [])),
      })),
    },
    problems,
    warnings: [...columns.warnings, ...warnings.filter(({ row }) => !bad.has(row))],
  };
}

const keyOf = (person: { community: string; kind: string; phone: string }) =>
  [person.community, person.kind, person.phone].join('\n');

const refused = (...problems: SheetProblem[]): CheckedSheet => ({
  rows: 0,
  draft: { communities: [], people: [], households: [] },
  problems,
  warnings: [],
});

function readColumns(header: SheetRow, hasCommunity: boolean) {
  const problems: SheetProblem[] = [];
  const warnings: SheetProblem[] = [];
  const places = new Map<string, number>();
  for (const [index, cell] of header.cells.entries()) {
    if (isEmpty(cell)) continue;
    const at = { row: header.row, column: textOf(cell) };
    const place = readHeader(cell);
    const key = `${place?.key}/${place?.number}`;
    if (!place) warnings.push({ ...at, reason: 'unknown_column' });
    else if (places.has(key)) problems.push({ ...at, reason: 'column_twice' });
    else places.set(key, index);
  }
  const indexOf = (key: ColumnKey, number: number) => places.get(`${key}/${number}`);
  const required: ColumnKey[] = hasCommunity ? [...REQUIRED_COLUMNS] : [...REQUIRED_COLUMNS, 'community'];
  for (const key of required) {
    if (indexOf(key, 1) !== undefined) continue;
    problems.push({ row: header.row, column: columnName(key), reason: 'column_missing' });
  }
  return { indexOf, problems, warnings };
}

/** A community is said as a whole by all its rows: each may name the zone, the street, or nothing. */
function communitiesOf(rows: readonly ReadRow[]): CommunityDraft[] {
  const byName = new Map<string, CommunityDraft>();
  for (const { household, area } of rows) {
    const name = household.community;
    byName.set(name, { ...area, ...byName.get(name), name });
  }
  return [...byName.values()];
}
