import type pg from 'pg';
import { type Answer, type Prepared, SentStatement } from './sent-statement.ts';

/**
 * A connection that says no more than it must: `begin` does nothing before the statement after it, so it goes along
 * with that one, and so does `commit` while nobody waits for its locks. Whoever else asks the server anything has it sent first
 * ({@link settle}), so that nobody can tell.
 */
export type Line = {
  query(text: string, values?: readonly unknown[]): Promise<Answer>;
  /** Whether a commit waits to be sent. */
  owes(): boolean;
  /** Sends a commit that waits. */
  settle(): Promise<void>;
  /** How many statements were sent that may have changed something. */
  written(): number;
  /** What the server does with a connection that breaks: a transaction that is open is rolled back. */
  abandon(): Promise<void>;
};

const NOTIFICATION = /^\s*select pg_notify\(\$1, (\$2|'')\)\s*$/;
const DONE: Answer = { command: '', rowCount: null, rows: [] };

/**
 * @param mayWait whether a commit may wait
 * @param settleOthers sends what other lines owe
 */
export function createLine(
  client: pg.Client,
  mayWait: () => boolean,
  settleOthers: () => Promise<void> | undefined,
): Line {
  const prepared = new Map<string, Prepared>();
  let owed: ('begin' | 'commit')[] = [];
  let state: 'idle' | 'open' | 'failed' = 'idle';
  let names = 0;
  let written = 0;

  const preparedOf = (text: string): Prepared => {
    let statement = prepared.get(text);
    // One that failed may be known to the server or not.
    if (!statement?.isParsed) {
      names += 1;
      const writes = !/^\s*(select|begin|commit|rollback)\b/i.test(text);
      statement = { name: `s${names}`, text, writes, columns: undefined, isParsed: false };
      prepared.set(text, statement);
    }
    return statement;
  };

  const send = async (text: string, values: readonly unknown[]): Promise<Answer> => {
    await settleOthers();
    const before = owed;
    owed = [];
    const statement = preparedOf(text);
    if (statement.writes) written += 1;
    return new Promise((resolve, reject) => {
      const parserOf = client.getTypeParser.bind(client);
      client.query(
        new SentStatement(before.map(preparedOf), statement, values, parserOf, { resolve, reject }),
      );
    });
  };

  const settle = async (): Promise<void> => {
    if (!owed.includes('commit')) return;
    const isBegun = owed.includes('begin');
    owed = [];
    await send('commit', []);
    if (isBegun) owed = ['begin'];
  };

  const run = async (text: string, values: readonly unknown[]): Promise<Answer> => {
    try {
      return await send(text, values);
    } catch (error) {
      if (state === 'open') state = 'failed';
      throw error;
    }
  };

  return {
    written: () => written,
    owes: () => owed.includes('commit'),
    settle,
    async query(text, values = []) {
      if (text === 'begin') {
        owed.push('begin');
        state = 'open';
        return DONE;
      }
      if (text === 'commit' || text === 'rollback') {
        const was = state;
        state = 'idle';
        if (was === 'idle' || owed.at(-1) === 'begin') {
          owed = owed.filter((each) => each !== 'begin');
          return { ...DONE, command: text.toUpperCase() };
        }
        if (text === 'rollback' || was === 'failed' || !mayWait()) return send(text, []);
        owed.push('commit');
        return { ...DONE, command: 'COMMIT' };
      }
      // Nobody listens to mornings; what would be told is what was committed.
      if (state !== 'failed' && NOTIFICATION.test(text)) return DONE;
      if (values.length === 0 && text.includes(';')) {
        await settle();
        await client.query(text);
        return DONE;
      }
      if (text.startsWith('start transaction')) state = 'open';
      return run(text, values);
    },
    async abandon() {
      const isOpen = state !== 'idle' && !owed.includes('begin');
      owed = owed.filter((each) => each !== 'begin');
      state = 'idle';
      await settle();
      if (isOpen) await client.query('rollback');
    },
  };
}
