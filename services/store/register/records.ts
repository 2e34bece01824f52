import { type RawBuilder, sql } from 'kysely';

/** Rows as one parameter, so that a statement stays one statement for one row and for ten thousand. */
export const records = (rows: readonly object[], columns: string): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u(${sql.raw(columns)})`;

/** The fields that are said: `undefined` leaves a column as it is, `null` empties it. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
