import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Temporal } from 'temporal-polyfill';
import type { Part } from '#platform/backup/archive.ts';
import { PactError } from '#platform/errors.ts';
import { createClient } from '../connect.ts';
import { migrateToLatest } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { withoutGuards } from './without-guards.ts';

const FORMAT = 1;
const MANIFEST = 'manifest.json';
const SERVER_KEY = 'server.key';
const PART_BYTES = 1024 * 1024;

type Table = {
  name: string;
  columns: string[];
  rows: number;
  /** The sum over all rows of what each hashes to, in whatever order they come. */
  checksum: string;
};

type Sequence = { table: string; column: string; last: string; called: boolean };

/** What a backup says of itself; the first part of its archive. */
export type Manifest = {
  format: number;
  madeAt: string;
  /** In the order in which they ran. */
  migrations: string[];
  /** For whom later backups are to be sealed. */
  recipient: string;
  tables: Table[];
  sequences: Sequence[];
};

export type Progress = (done: { table: string; rows: number; of: number; tables: number }) => void;

/** A connection for work that may take long, on which the same row always reads the same; it breaks when `signal` aborts. */
export async function withSteadyClient<T>(
  connectionString: string,
  name: string,
  work: (client: pg.Client) => Promise<T>,
  signal: AbortSignal = NEVER,
): Promise<T> {
  signal.throwIfAborted();
  const client = createClient({ connectionString, name });
  await client.connect();
  const end = () => void client.end();
  signal.addEventListener('abort', end);
  try {
    await client.query(`set client_encoding = 'UTF8'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';
      set timezone = 'UTC'; set extra_float_digits = 1; set bytea_output = 'hex'; set statement_timeout = 0;
      set idle_in_transaction_session_timeout = 0`);
    return await work(client);
  } finally {
    signal.removeEventListener('abort', end);
    await client.end();
  }
}

const NEVER = new AbortController().signal;

/**
 * The whole database as it is at one moment, while others go on writing. Jobs are left out: the database knows what is
 * due without them.
 */
export async function* takeSnapshot(
  client: pg.Client,
  { now, recipient, serverKey }: { now: Temporal.Instant; recipient: string; serverKey: Buffer },
): AsyncGenerator<Part> {
  await client.query('begin isolation level repeatable read read only');
  const manifest: Manifest = {
    ...{ format: FORMAT, madeAt: now.toString(), recipient, migrations: await readMigrations(client) },
    tables: await readTables(client),
    sequences: await readSequences(client),
  };
  yield { name: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)) };
  yield { name: SERVER_KEY, bytes: Buffer.from(`${serverKey.toString('base64url')}\n`) };
  for (const { name, columns } of manifest.tables) {
    const rows = client.query(copyTo(`copy ${quoted(name)} (${columns.map(quoted)}) to stdout`));
    let part = 0;
    for await (const bytes of gather(rows)) yield { name: `tables/${name}/${++part}.tsv`, bytes };
  }
  await client.query('commit');
}

/**
 * Fills an empty database with a snapshot, all of it or nothing, and checks that every table holds what it held then.
 * References are checked by PostgreSQL as they are made again.
 * @throws PactError BACKUP_TOO_NEW, BACKUP_DAMAGED
 */
export async function loadSnapshot(
  connectionString: string,
  parts: AsyncIterable<Part>,
  { onProgress = () => undefined, signal = NEVER }: { onProgress?: Progress; signal?: AbortSignal } = {},
): Promise<{ manifest: Manifest; serverKey: Buffer }> {
  const coming = parts[Symbol.asyncIterator]();
  const next = async (): Promise<Part | undefined> => (await coming.next()).value;
  try {
    const manifest = readManifest(await next());
    const serverKey = Buffer.from(textOf(await next(), SERVER_KEY).trim(), 'base64url');
    await migrateToLatest(connectionString, { until: manifest.migrations.at(-1) ?? '' });
    const load = async (client: pg.Client) => {
      await client.query('begin');
      const guards = await withoutGuards(
        client,
        manifest.tables.map(({ name }) => name),
      );
      let part = await next();
      const bytesOf = async function* (table: string) {
        for (; part?.name.startsWith(`tables/${table}/`); part = await next()) yield part.bytes;
      };
      for (const { name, columns, rows } of manifest.tables) {
        const table = client.query(copyFrom(`copy ${quoted(name)} (${columns.map(quoted)}) from stdin`));
        await pipeline(Readable.from(bytesOf(name)), table);
        onProgress({ table: name, rows, of: rows, tables: manifest.tables.length });
      }
      if (part) throw damaged('it holds more than it says');
      await setSequences(client, manifest.sequences);
      await guards.putBack();
      compare(manifest.tables, await readTables(client));
      await client.query('commit');
      await client.query('analyze');
    };
    await withSteadyClient(connectionString, 'curtain-pact-restore', load, signal);
    return { manifest, serverKey };
  } finally {
    await coming.return?.();
  }
}

async function readMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return rows.map(({ name }) => name);
}

async function readTables(client: pg.Client): Promise<Table[]> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname not like 'kysely\\_%'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by 1 order by 1`);
  const counted: Table[] = [];
  for (const table of tables) {
    const { rows } = await client.query<{ rows: string; checksum: string }>(`
      select count(*)::text as rows, coalesce(
        sum(('x' || left(md5(row(${table.columns.map(quoted)})::text), 15))::bit(60)::bigint::numeric), 0)::text as checksum
      from ${quoted(table.name)}`);
    counted.push({ ...table, rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? '' });
  }
  return counted;
}

async function readSequences(client: pg.Client): Promise<Sequence[]> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    select c.relname as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null order by 1, 2`);
  const sequences: Sequence[] = [];
  for (const { table, column, sequence } of rows) {
    const { rows: values } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${sequence}`,
    );
    sequences.push({ table, column, last: values[0]?.last ?? '1', called: values[0]?.called ?? false });
  }
  return sequences;
}

async function setSequences(client: pg.Client, sequences: readonly Sequence[]): Promise<void> {
  for (const { table, column, last, called } of sequences) {
    await client.query('select setval(pg_get_serial_sequence(quote_ident($1), $2), $3::bigint, $4)', [
      table,
      column,
      last,
      called,
    ]);
  }
}

function compare(expected: readonly Table[], found: readonly Table[]): void {
  const foundOf = new Map(found.map((table) => [table.name, table]));
  for (const { name, rows, checksum } of expected) {
    const table = foundOf.get(name);
    if (table?.rows !== rows || table.checksum !== checksum) {
      throw damaged(`table ${name} holds ${table?.rows ?? 'no'} rows that are not the ${rows} of then`);
    }
  }
}

function readManifest(part: Part | undefined): Manifest {
  const manifest: Manifest = JSON.parse(textOf(part, MANIFEST));
  const unknown = manifest.migrations?.filter((name) => !(name in MIGRATIONS)) ?? [];
  if (manifest.format === FORMAT && unknown.length === 0) return manifest;
  throw new PactError(
    'BACKUP_TOO_NEW',
    `The backup was made by a newer version of the service${unknown.length > 0 ? ` (${unknown.at(-1)})` : ''}.`,
    { hint: 'Update this installation to the version that made it, then restore.' },
  );
}

function textOf(part: Part | undefined, name: string): string {
  if (part?.name !== name) throw damaged(`${name} is not where it should be`);
  return Buffer.from(part.bytes).toString('utf8');
}

/** In pieces of about the same size, since the driver gives one row at a time. */
async function* gather(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const bytes of rows) {
    for (let from = 0; from < bytes.length; from += PART_BYTES) {
      const piece = bytes.subarray(from, from + PART_BYTES);
      held.push(piece);
      length += piece.length;
      if (length < PART_BYTES) continue;
      yield Buffer.concat(held);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(held);
}

const quoted = (name: string): string => pg.escapeIdentifier(name);

const damaged = (what: string): PactError =>
  new PactError('BACKUP_DAMAGED', `The backup is damaged: ${what}.`);
