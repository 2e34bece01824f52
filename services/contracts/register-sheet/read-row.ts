import { birthYearsIn, isNameWithin, REGISTER_LIMITS } from '#pact/register-limits.ts';
import { isTimeZone } from '#pact/time-zone.ts';
import { readPhone } from '../phone-number.ts';
import {
  isEmpty,
  readBirthYear,
  readCode,
  readDate,
  readFloor,
  readHomeKind,
  readSensorId,
  readSensorKind,
  readTime,
  readWeekdays,
  readYesNo,
  textOf,
} from './cells.ts';
import { type ColumnKey, MOST_REPEATS } from './columns.ts';
import type {
  Cell,
  HouseholdSheetDraft,
  PersonKind,
  ResidentDraft,
  Role,
  SheetProblem,
  SheetReason,
} from './sheet.ts';

/** Somebody whom a row names: for a role at its home, or, without one, for the community's office. */
export type NamedPerson = {
  role: Role | undefined;
  kind: PersonKind;
  name: string;
  phone: string | undefined;
  nameColumn: string;
  phoneColumn: string;
};

export type ReadRow = {
  household: HouseholdSheetDraft;
  area: { timeZone?: string; district?: string; street?: string };
  people: NamedPerson[];
  problems: SheetProblem[];
};

export type RowContext = {
  row: number;
  cellOf: (key: ColumnKey, number?: number) => Cell | undefined;
  /** The column as the sheet itself calls it. */
  nameOf: (key: ColumnKey, number?: number) => string;
  /** For rows that name no community. */
  community: string | undefined;
  thisYear: number;
};

const LONGEST_NAME = 20;
const LONGEST_NOTE = 200;

/** Reads what one row says, with every problem of its own cells. */
export function readRow(context: RowContext): ReadRow {
  const problems: SheetProblem[] = [];
  const cells = createCellReader(context, problems);
  const { code: digits, salutation, building, unit, room } = REGISTER_LIMITS;

  const household: HouseholdSheetDraft = {
    row: context.row,
    code: cells.required('code', (cell) => readCode(cell, digits), 'not_a_code', digits) ?? '',
    community: cells.text('community', LONGEST_NAME) ?? context.community ?? '',
    grid: cells.requiredText('grid', LONGEST_NAME),
    salutation: cells.required('salutation', nameReader(salutation), 'name_too_long', salutation) ?? '',
    building: cells.requiredText('building', building),
    ...cells.given('unit', cells.text('unit', unit)),
    ...cells.given('floor', cells.read('floor', readFloor, 'not_a_floor')),
    room: cells.requiredText('room', room),
    ...cells.given('kind', cells.read('kind', readHomeKind, 'unknown_home_kind')),
    ...cells.given('phone', cells.phone('phone', 1, { sms: false })),
    ...cells.given('note', cells.text('note', LONGEST_NOTE)),
    residents: readResidents(cells, context.thisYear),
    assignments: [],
    sensors: readSensors(cells),
    pact: {
      ...cells.given('deadline', cells.read('deadline', readTime, 'unreadable_time')),
      ...cells.given('earliest', cells.read('earliest', readTime, 'unreadable_time')),
      ...cells.given('weekdays', cells.read('weekdays', readWeekdays, 'unreadable_weekdays')),
      ...cells.given('fromOn', cells.read('fromOn', readDate, 'unreadable_date')),
    },
  };
  if (household.community === '') cells.complain('community', 1, 'missing');

  const readZone = (cell: Cell) => (isTimeZone(textOf(cell)) ? textOf(cell) : undefined);
  const area = {
    ...cells.given('timeZone', cells.read('timeZone', readZone, 'unknown_zone')),
    ...cells.given('district', cells.text('district', LONGEST_NAME)),
    ...cells.given('street', cells.text('street', LONGEST_NAME)),
  };
  if (area.street && !area.district) cells.complain('district', 1, 'missing');
  return { household, area, people: readPeople(cells), problems };
}

const nameReader = (limit: { most: number; mostLatin: number }) => (cell: Cell) =>
  isNameWithin(textOf(cell), limit) ? textOf(cell) : undefined;

type CellReader = ReturnType<typeof createCellReader>;

function createCellReader(context: RowContext, problems: SheetProblem[]) {
  const complain = (
    key: ColumnKey,
    number: number,
    reason: SheetReason,
    allowed?: Record<string, string | number>,
  ): undefined => {
    const column = context.nameOf(key, number);
    problems.push({ row: context.row, column, reason, ...(allowed ? { allowed } : {}) });
    return undefined;
  };
  const readNumbered = <T>(
    key: ColumnKey,
    number: number,
    reader: (cell: Cell) => T | undefined,
    reason: SheetReason,
    allowed?: Record<string, string | number>,
  ): T | undefined => {
    const cell = context.cellOf(key, number);
    if (cell === undefined || isEmpty(cell)) return undefined;
    return reader(cell) ?? complain(key, number, reason, allowed);
  };
  const text = (key: ColumnKey, most: number, number = 1): string | undefined =>
    readNumbered(
      key,
      number,
      (cell) => (textOf(cell).length <= most ? textOf(cell) : undefined),
      'too_long',
      { most },
    );

  return {
    complain,
    text,
    nameOf: context.nameOf,
    isGiven: (key: ColumnKey, number: number) => !isEmpty(context.cellOf(key, number)),
    readNumbered,
    read: <T>(key: ColumnKey, reader: (cell: Cell) => T | undefined, reason: SheetReason): T | undefined =>
      readNumbered(key, 1, reader, reason),
    required<T>(
      key: ColumnKey,
      reader: (cell: Cell) => T | undefined,
      reason: SheetReason,
      allowed: Record<string, number>,
    ): T | undefined {
      if (isEmpty(context.cellOf(key))) return complain(key, 1, 'missing');
      return readNumbered(key, 1, reader, reason, allowed);
    },
    requiredText(key: ColumnKey, most: number, number = 1): string {
      if (isEmpty(context.cellOf(key, number))) complain(key, number, 'missing');
      return text(key, most, number) ?? '';
    },
    phone(key: ColumnKey, number: number, wanted: { sms: boolean }): string | undefined {
      const cell = context.cellOf(key, number);
      if (cell === undefined || isEmpty(cell)) return undefined;
      const read = readPhone(textOf(cell), wanted);
      return read.ok ? read.phone : complain(key, number, read.reason);
    },
    /** A property only where there is a value: what a row leaves empty is absent. */
    given: <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
      value === undefined ? {} : ({ [key]: value } as { [P in K]?: T }),
  };
}

const repeats = Array.from({ length: MOST_REPEATS }, (_, index) => index + 1);

function readResidents(cells: CellReader, thisYear: number): ResidentDraft[] {
  if (!cells.isGiven('name', 1)) cells.complain('name', 1, 'missing');
  return repeats.flatMap((number): ResidentDraft[] => {
    const name = cells.text('name', LONGEST_NAME, number);
    const years = birthYearsIn(thisYear);
    const readYear = (cell: Cell) => readBirthYear(cell, thisYear);
    const resident = {
      ...cells.given(
        'birthYear',
        cells.readNumbered('birthYear', number, readYear, 'impossible_year', years),
      ),
      ...cells.given('livesAlone', cells.readNumbered('livesAlone', number, readYesNo, 'not_yes_or_no')),
      ...cells.given('hearingWeak', cells.readNumbered('hearingWeak', number, readYesNo, 'not_yes_or_no')),
    };
    return name ? [{ name, ...resident }] : [];
  });
}

function readSensors(cells: CellReader): HouseholdSheetDraft['sensors'] {
  return repeats.flatMap((number) => {
    const id = cells.readNumbered('sensor', number, readSensorId, 'not_a_sensor');
    const kind = cells.readNumbered('sensorKind', number, readSensorKind, 'unknown_sensor_kind');
    return id ? [{ id, ...cells.given('kind', kind) }] : [];
  });
}

const PEOPLE: {
  role: Role | undefined;
  kind: PersonKind;
  name: ColumnKey;
  phone: ColumnKey;
  repeated: boolean;
}[] = [
  { role: 'primary', kind: 'steward', name: 'steward', phone: 'stewardPhone', repeated: false },
  { role: 'backup', kind: 'steward', name: 'backup', phone: 'backupPhone', repeated: true },
  { role: 'neighbour', kind: 'neighbour', name: 'neighbour', phone: 'neighbourPhone', repeated: true },
  { role: 'family', kind: 'family', name: 'family', phone: 'familyPhone', repeated: true },
  { role: undefined, kind: 'office', name: 'office', phone: 'officePhone', repeated: false },
];

/** Those who are paged need a number that takes messages; family may be called at home. */
function readPeople(cells: CellReader): NamedPerson[] {
  return PEOPLE.flatMap(({ role, kind, name: nameKey, phone: phoneKey, repeated }) =>
    (repeated ? repeats : [1]).flatMap((number): NamedPerson[] => {
      const limit = REGISTER_LIMITS.personName;
      const name = cells.readNumbered(nameKey, number, nameReader(limit), 'name_too_long', limit);
      const hasPhone = cells.isGiven(phoneKey, number);
      const phone = cells.phone(phoneKey, number, { sms: kind !== 'family' });
      if (hasPhone && !cells.isGiven(nameKey, number)) cells.complain(nameKey, number, 'phone_without_name');
      if (!name || (hasPhone && !phone)) return [];
      const [nameColumn, phoneColumn] = [cells.nameOf(nameKey, number), cells.nameOf(phoneKey, number)];
      return [{ role, kind, name, phone, nameColumn, phoneColumn }];
    }),
  );
}
