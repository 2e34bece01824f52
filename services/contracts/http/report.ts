import Type, { type Static } from 'typebox';
import { LedgerDay } from './ledger.ts';
import { LocalDate, Nullable, Uuid } from './scalars.ts';
import { LedgerCounts } from './today.ts';

/** YYYY-MM; without it the month of the last day that is over. */
const Month = Type.Optional(Type.String({ pattern: '^(19|2\\d)\\d\\d-(0[1-9]|1[0-2])$' }));
export const AreaQuery = Type.Object({ month: Month });
export const ReportQuery = Type.Object({ community: Type.Optional(Uuid), month: Month });
export const ReportFileQuery = Type.Object({
  ...ReportQuery.properties,
  /** Of the document; without it the community's own. */
  language: Type.Optional(Type.Enum(['zh-CN', 'en'])),
});

const Times = Type.Object({
  count: Type.Integer(),
  medianSeconds: Nullable(Type.Number()),
  within: Type.Array(
    Type.Object({ withinSeconds: Type.Integer(), percent: Type.Number(), target: Type.Number() }),
  ),
});

/** How the alerts of a month went, all times from the deadline. */
const Responses = Type.Object({
  alerts: Type.Integer(),
  /** The provider had the first page. */
  paged: Times,
  /** Somebody said that they go; alerts that a late opening ended before are left out. */
  acknowledged: Times,
  /** Somebody stood at the door or told what they found there; left out as above. */
  door: Times,
  /** Ended by a late opening before anybody had to go. */
  endedBySignal: Type.Integer(),
  /** Nobody has told what was found. */
  open: Type.Integer(),
  outcomes: Type.Record(Type.String(), Type.Integer()),
  /** Alerts that nobody needed: all was well, or a late opening ended them. */
  benign: Type.Integer(),
  benignPer45: Type.Number(),
});
export type Responses = Static<typeof Responses>;

/** The numbers of a month: of a grid, a community, a street, a district, each the sum of what lies in it. */
const MonthNumbers = Type.Object({
  counts: LedgerCounts,
  /** Not kept by the deadline: late, visited or unresolved. */
  missed: Type.Integer(),
  /** The excused days by their reason: `on_leave`, `not_a_pact_day`, `not_in_force`. */
  excusedBy: Type.Record(Type.String(), Type.Integer()),
  /** Kept in time, of the mornings that were neither excused nor still open to the deadline. */
  onTimePercent: Type.Number(),
  responses: Responses,
  /** How much of the month sensors in use were heard as they should be. */
  sensors: Type.Object({ inUse: Type.Integer(), uptimePercent: Type.Number() }),
});
export type MonthNumbers = Static<typeof MonthNumbers>;

const GridReport = Type.Object({ grid: Type.String(), ...MonthNumbers.properties });

const StewardLoad = Type.Object({
  personId: Uuid,
  name: Type.String(),
  homes: Type.Integer(),
  pages: Type.Integer(),
  acknowledged: Type.Integer(),
  visits: Type.Integer(),
});

/** One home's morning in a month. */
const HomeDay = Type.Object({
  date: LocalDate,
  /** Null while the day is still open. */
  closedAs: Nullable(Type.Enum(['kept', 'kept_late', 'visited', 'excused', 'unresolved'])),
  /** Of a day that was missed or excused. */
  reason: Nullable(Type.String()),
  /** When the curtain was opened, in minutes after the place's midnight; null where no opening kept the day. */
  openedMinute: Nullable(Type.Integer()),
  /** The deadline of that day, likewise. */
  deadlineMinute: Type.Integer(),
});

/** One home's month, each of its days. */
const HomeMonth = Type.Object({
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  grid: Type.String(),
  /** Between which minutes half of the openings were; null where the month has too few to say. */
  middleHalf: Nullable(Type.Object({ from: Type.Integer(), until: Type.Integer() })),
  days: Type.Array(HomeDay),
});
export type HomeMonth = Static<typeof HomeMonth>;

/** A community's month, as the office hands it to the district. Screen, export and command line read the same. */
export const MonthReport = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  street: Nullable(Type.String()),
  district: Nullable(Type.String()),
  month: Type.String(),
  from: LocalDate,
  /** The last day of the month that is closed. */
  to: LocalDate,
  ...MonthNumbers.properties,
  days: Type.Array(LedgerDay),
  /** None for who may know how many and not who, as are the homes. */
  stewards: Type.Array(StewardLoad),
  grids: Type.Array(GridReport),
  homes: Type.Array(HomeMonth),
});
export type MonthReport = Static<typeof MonthReport>;

/** One home's month beside what the heat map and the chart of a single elder need. */
export const HomeMonthReport = Type.Object({
  month: Type.String(),
  from: LocalDate,
  to: LocalDate,
  /** Null where the home has no day in the month. */
  home: Nullable(HomeMonth),
});
export type HomeMonthReport = Static<typeof HomeMonthReport>;

const CommunityNumbers = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  ...MonthNumbers.properties,
});
const StreetNumbers = Type.Object({
  /** Null where the register does not say. */
  street: Nullable(Type.String()),
  ...MonthNumbers.properties,
  communities: Type.Array(CommunityNumbers),
});
const DistrictNumbers = Type.Object({
  district: Nullable(Type.String()),
  ...MonthNumbers.properties,
  streets: Type.Array(StreetNumbers),
});

/** Several communities' month, by street and district: numbers only, nobody is named. */
export const AreaReport = Type.Object({
  month: Type.String(),
  ...MonthNumbers.properties,
  districts: Type.Array(DistrictNumbers),
});
export type AreaReport = Static<typeof AreaReport>;
