import Type, { type Static } from 'typebox';
import { Nullable, Uuid } from '../scalars.ts';

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
  pactsFrom: Type.Array(Type.Object({ fromOn: Type.String(), homes: Type.Integer() })),
  /** What new sensors sign in with: shown this once. */
  credentials: Type.Array(
    Type.Object({ code: Type.String(), id: Type.String(), secret: Type.String(), topic: Type.String() }),
  ),
});
export type ExchangeReport = Static<typeof ExchangeReport>;

export const ExchangeQuery = Type.Object({
  community: Type.Optional(Uuid),
  /** Of the preview that somebody has seen. */
  stamp: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
});
