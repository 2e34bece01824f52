import Type, { type Static } from 'typebox';
import { LedgerDay } from './ledger.ts';
import { LocalDate, Nullable, Uuid } from './scalars.ts';
import { LedgerCounts } from './today.ts';

export const ReportQuery = Type.Object({
  community: Type.Optional(Uuid),
  /** YYYY-MM; without it the month that it is. */
  month: Type.Optional(Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' })),
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

export const GridReport = Type.Object({ grid: Type.String(), counts: LedgerCounts, responses: Responses });

export const StewardLoad = Type.Object({
  personId: Uuid,
  name: Type.String(),
  homes: Type.Integer(),
  pages: Type.Integer(),
  acknowledged: Type.Integer(),
  visits: Type.Integer(),
});

/** A community's month, as the office hands it to the district. Screen, export and command line read the same. */
export const MonthReport = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  month: Type.String(),
  from: LocalDate,
  /** The last day of the month that is closed. */
  to: LocalDate,
  counts: LedgerCounts,
  /** Kept in time, of the mornings that were neither excused nor still open to the deadline. */
  onTimePercent: Type.Number(),
  days: Type.Array(LedgerDay),
  responses: Responses,
  /** How much of the month sensors in use were heard as they should be. */
  sensors: Type.Object({ inUse: Type.Integer(), uptimePercent: Type.Number() }),
  /** Empty for who may know no names. */
  stewards: Type.Array(StewardLoad),
  grids: Type.Array(GridReport),
});
export type MonthReport = Static<typeof MonthReport>;
