import { type RawBuilder, sql } from 'kysely';

/** One page of a list that goes from the newest to the oldest. */
export type PageRequest = { limit: number; after?: string | undefined };
export type Page<T> = { items: T[]; next: string | null };

/** What comes after a cursor, in the order of `at desc, id desc`. The cursor names the last row, so new rows move nothing. */
export function isAfter(
  cursor: string | undefined,
  at: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (!cursor) return sql`true`;
  const [milliseconds, uuid] = cursor.split('_');
  return sql`(${at}, ${id}) < (${new Date(Number(milliseconds))}::timestamptz, ${uuid}::uuid)`;
}

/** Cuts a page from rows that were read with one more than the limit. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => { at: Date; id: string },
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const key = rows.length > limit && last ? keyOf(last) : undefined;
  return { items: shown.map(itemOf), next: key ? `${key.at.getTime()}_${key.id}` : null };
}
