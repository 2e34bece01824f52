import Type, { type Static } from 'typebox';
import { Instant, Nullable, Uuid } from '../scalars.ts';

const Count = Type.Object({ created: Type.Integer(), changed: Type.Integer() });

export const SheetProblemView = Type.Object({
  row: Type.Integer(),
  column: Type.String(),
  reason: Type.String(),
  allowed: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
});

/** What an import does to one home, column by column as the sheet names them. */
export const HomeChange = Type.Object({
  community: Type.String(),
  code: Type.String(),
  isNew: Type.Boolean(),
  fields: Type.Array(
    Type.Object({ column: Type.String(), from: Nullable(Type.String()), to: Nullable(Type.String()) }),
  ),
});
export type HomeChange = Static<typeof HomeChange>;

/** What an import would do, or has done: the same work either way. */
export const ExchangeReport = Type.Object({
  /** Names what would change; an import that is given it does just that, or nothing. */
  stamp: Type.String(),
  applied: Type.Boolean(),
  rows: Type.Integer(),
  refusedRows: Type.Integer(),
  added: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  /** The first of them; the counts are of all. */
  changes: Type.Array(HomeChange),
  problems: Type.Array(SheetProblemView),
  warnings: Type.Array(SheetProblemView),
  people: Count,
  sensors: Count,
  /** Homes of these communities that the sheet does not name: nothing happens to them. */
  unnamed: Type.Array(Type.String()),
  /** By which it can be taken back; null for a preview and where nothing was to do. */
  importId: Nullable(Type.String()),
  pactsFrom: Type.Array(Type.Object({ fromOn: Type.String(), homes: Type.Integer() })),
  /** What new sensors sign in with: shown this once. */
  credentials: Type.Array(
    Type.Object({ code: Type.String(), id: Type.String(), secret: Type.String(), topic: Type.String() }),
  ),
});
export type ExchangeReport = Static<typeof ExchangeReport>;

/** An import that was done, and that can be taken back. */
export const ImportEntry = Type.Object({
  id: Type.String(),
  at: Instant,
  /** Null for a program. */
  by: Nullable(Type.String()),
  homes: Type.Integer(),
  undone: Type.Boolean(),
});
export type ImportEntry = Static<typeof ImportEntry>;

export const ImportParams = Type.Object({ id: Type.String({ pattern: '^[0-9]{1,20}$' }) });

/** Homes taken out, homes looked after in all, and what somebody has changed since and that stays so. */
export const UndoneView = Type.Object({
  removed: Type.Integer(),
  homes: Type.Integer(),
  left: Type.Integer(),
});
export type UndoneView = Static<typeof UndoneView>;

export const ExchangeQuery = Type.Object({
  community: Type.Optional(Uuid),
  /** Of the preview that somebody has seen. */
  stamp: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
});
