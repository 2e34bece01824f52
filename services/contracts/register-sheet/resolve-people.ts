import type { NamedPerson, ReadRow } from './read-row.ts';
import type { KnownRegister, PersonDraft, Role, SheetProblem } from './sheet.ts';

type ResolvedPerson = PersonDraft & { role: Role | undefined };

/**
 * Finds the number of everybody whom a row names. Somebody named without one must have it in another row
 * or in the register; the sheet's own word goes first, because it may carry a new number. People are told
 * apart by their number, so a new one makes a second person: that is warned of.
 */
export function resolvePeople(rows: readonly ReadRow[], known: KnownRegister) {
  const problems: SheetProblem[] = [];
  const named = rows.flatMap((row) => row.people.map((person) => ({ row, person })));
  const inSheet = new Map<string, Set<string>>();
  const firstName = new Map<string, { name: string; row: number }>();
  for (const { row, person } of named) {
    if (!person.phone) continue;
    addTo(inSheet, nameKey(row, person), person.phone);
    const key = [row.household.community, person.kind, person.phone].join('\n');
    const first = firstName.get(key);
    if (!first) firstName.set(key, { name: person.name, row: row.household.row });
    else if (first.name !== person.name) {
      problems.push({
        row: row.household.row,
        column: person.phoneColumn,
        reason: 'phone_of_two_people',
        allowed: { otherRow: first.row },
      });
    }
  }
  const inRegister = new Map<string, Set<string>>();
  for (const { community, kind, name, phone } of known.people) {
    addTo(inRegister, [community, kind, name].join('\n'), phone);
  }

  const warnings: SheetProblem[] = [];
  const warned = new Set<string>();
  const resolved = new Map<ReadRow, ResolvedPerson[]>();
  for (const { row, person } of named) {
    const key = nameKey(row, person);
    const phones = person.phone ? [person.phone] : [...(inSheet.get(key) ?? inRegister.get(key) ?? [])];
    const [phone] = phones;
    if (phone === undefined || phones.length > 1) {
      const reason = phone === undefined ? 'unknown_person' : 'ambiguous_person';
      problems.push({ row: row.household.row, column: person.nameColumn, reason });
      continue;
    }
    const inBook = inRegister.get(key);
    if (inBook && !inBook.has(phone) && !warned.has(`${key}\n${phone}`)) {
      warned.add(`${key}\n${phone}`);
      warnings.push({ row: row.household.row, column: person.phoneColumn, reason: 'other_phone' });
    }
    const { role, kind, name } = person;
    const list = resolved.get(row) ?? [];
    // The same person twice in one role of one home is said once.
    if (!list.some((other) => other.role === role && other.phone === phone)) {
      list.push({ role, kind, name, phone, community: row.household.community });
    }
    resolved.set(row, list);
  }
  return { problems, warnings, peopleOf: (row: ReadRow): ResolvedPerson[] => resolved.get(row) ?? [] };
}

const nameKey = (row: ReadRow, { kind, name }: NamedPerson) =>
  [row.household.community, kind, name].join('\n');

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}
