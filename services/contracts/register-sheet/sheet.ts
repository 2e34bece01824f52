import type { HomeKind } from '#pact/care.ts';

/** A cell as a file holds it; spreadsheets know numbers, dates and times as values of their own. */
export type Cell = string | number | boolean | Date | null;

/** Rows of a sheet with their numbers as the person sees them; the first one names the columns. */
export type SheetRow = { row: number; cells: readonly Cell[] };

export type Role = 'primary' | 'backup' | 'neighbour' | 'family';
export type PersonKind = 'steward' | 'neighbour' | 'office' | 'family';

export type PersonDraft = { community: string; kind: PersonKind; name: string; phone: string };
export type ResidentDraft = {
  name: string;
  birthYear?: number;
  livesAlone?: boolean;
  hearingWeak?: boolean;
};
export type CommunityDraft = { name: string; timeZone?: string; district?: string; street?: string };

/** One home as its row says it. What the row leaves empty is absent, and stays in the register as it is. */
export type HouseholdSheetDraft = {
  row: number;
  community: string;
  grid: string;
  code: string;
  salutation: string;
  building: string;
  unit?: string;
  floor?: number;
  room: string;
  kind?: HomeKind;
  phone?: string;
  note?: string;
  residents: ResidentDraft[];
  /** In order; a role that is named here is replaced as a whole. */
  assignments: { role: Role; kind: PersonKind; phone: string }[];
  sensors: { id: string; kind?: 'contact' | 'position' }[];
  pact: { deadline?: string; earliest?: string; weekdays?: number[]; fromOn?: string };
};

export type RegisterDraft = {
  communities: CommunityDraft[];
  people: PersonDraft[];
  households: HouseholdSheetDraft[];
};

/** What the register holds already, as far as a sheet must agree with it. */
export type KnownRegister = {
  communities: readonly { name: string; timeZone: string }[];
  people: readonly PersonDraft[];
  pacts: readonly {
    community: string;
    code: string;
    deadline: string;
    earliest: string;
    deadlines: Record<string, string>;
  }[];
  sensors: readonly { id: string; community: string | null; code: string | null; retired: boolean }[];
};

export const SHEET_REASONS = [
  'sheet_empty',
  'no_rows',
  'column_missing',
  'column_twice',
  'unknown_column',
  'missing',
  'too_long',
  'name_too_long',
  'not_a_code',
  'code_twice',
  'not_a_phone',
  'not_a_mobile',
  'phone_of_two_people',
  'phone_without_name',
  'unknown_person',
  'ambiguous_person',
  'other_phone',
  'impossible_year',
  'not_yes_or_no',
  'not_a_floor',
  'unknown_home_kind',
  'unreadable_time',
  'deadline_before_earliest',
  'unreadable_weekdays',
  'unreadable_date',
  'unknown_zone',
  'zone_differs',
  'not_a_sensor',
  'sensor_twice',
  'sensor_elsewhere',
  'sensor_retired',
  'unknown_sensor_kind',
] as const;
export type SheetReason = (typeof SHEET_REASONS)[number];

/** One thing that is wrong, by row and column; `allowed` fills the text that says what would be right. */
export type SheetProblem = {
  row: number;
  column: string;
  reason: SheetReason;
  allowed?: Record<string, string | number>;
};

export type CheckedSheet = {
  /** Rows that name a home, good and bad. */
  rows: number;
  /** What the good rows say. */
  draft: RegisterDraft;
  problems: SheetProblem[];
  /** Worth telling, refuses nothing. */
  warnings: SheetProblem[];
};
