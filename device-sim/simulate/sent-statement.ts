import type pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';

/** What the server answered to one statement, as far as anybody asks. */
export type Answer = { command: string; rowCount: number | null; rows: Record<string, unknown>[] };

/** A statement that the server has planned for a connection: its columns never change, so nobody asks for them twice. */
export type Prepared = {
  name: string;
  text: string;
  /** Whether it may change anything. */
  writes: boolean;
  columns: readonly Column[] | undefined;
  isParsed: boolean;
};
type Column = { name: string; parse(text: string): unknown };

type Settle = { resolve(answer: Answer): void; reject(error: unknown): void };
type ParserOf = (oid: number, format: 'text') => (text: string) => unknown;

/**
 * Statements that go to the server in one packet; the answer is the last one's. pg sends one at a time and asks for
 * the columns of each again, which costs the mornings more than what the statements do.
 */
export class SentStatement implements pg.Submittable {
  readonly #before: readonly Prepared[];
  readonly #last: Prepared;
  readonly #values: readonly unknown[];
  readonly #parserOf: ParserOf;
  readonly #settle: Settle;
  readonly #rows: Record<string, unknown>[] = [];
  #columns: readonly Column[];
  #completed: string[] = [];
  /** pg answers a query that it gives up by this. */
  callback: (error: unknown) => void;

  /** @param before without values, each expected to do what its name says */
  constructor(
    before: readonly Prepared[],
    last: Prepared,
    values: readonly unknown[],
    parserOf: ParserOf,
    settle: Settle,
  ) {
    this.#before = before;
    this.#last = last;
    this.#values = values;
    this.#parserOf = parserOf;
    this.#settle = settle;
    this.#columns = last.columns ?? [];
    this.callback = (error) => settle.reject(error);
  }

  submit(connection: pg.Connection): void {
    connection.stream.cork();
    for (const prepared of this.#before) send(connection, prepared, []);
    send(connection, this.#last, this.#values, this.#last.columns === undefined);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.#parserOf(dataTypeID, 'text'),
    }));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    let index = 0;
    for (const { name, parse } of this.#columns) {
      const text = fields[index];
      index += 1;
      row[name] = text === null || text === undefined ? null : parse(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#completed.push(text);
  }

  handleEmptyQuery(): void {}

  handleError(error: unknown): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    for (const prepared of this.#before) prepared.isParsed = true;
    this.#last.isParsed = true;
    this.#last.columns = this.#columns;
    const [command = '', ...counts] = (this.#completed.at(-1) ?? '').split(' ');
    const count = Number(counts.at(-1));
    this.#settle.resolve({ command, rowCount: Number.isNaN(count) ? null : count, rows: this.#rows });
  }
}

function send(
  connection: pg.Connection,
  { name, text, isParsed }: Prepared,
  values: readonly unknown[],
  asksColumns = false,
): void {
  if (!isParsed) connection.parse({ name, text, types: [] }, true);
  connection.bind(
    { statement: name, values: [...values] as string[], valueMapper: (value) => prepareValue(value) },
    true,
  );
  if (asksColumns) connection.describe({ type: 'P', name: '' }, true);
  connection.execute({}, true);
}
