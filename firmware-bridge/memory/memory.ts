import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PactError, reasonOf } from '#platform/errors.ts';
import { type DeviceState, type Message, NEW_DEVICE } from '../report/device-state.ts';

/** A message for our broker that is not known to have arrived there. */
export type OutboxRow = { id: number; sensorId: string; message: Message; madeAt: number };

/** What one arrival comes to, to be remembered all at once. */
export type Entry = {
  sourceId: string;
  /** Names deliveries of QoS 1 messages that are taken with it, so that they are known when they come again. */
  deliveryKeys: readonly string[];
  /** Names what it says, whichever way it comes. */
  onceKeys: readonly string[];
  /** `curtain` names what the state is of: by another one the device begins anew. */
  states: readonly { deviceId: string; curtain: string; state: DeviceState }[];
  messages: readonly { sensorId: string; message: Message }[];
  /** Epoch milliseconds. */
  at: number;
};

export type SourceLife = {
  /** Counts the gateway's restarts. */
  gatewayLife: number;
  /** Since when it has been heard without a gap. Epoch milliseconds. */
  linkedSince: number;
};

export type Memory = {
  /** Of this file, as long as it is there. */
  id: string;
  /**
   * Forgets how devices stood and what was on its way from their sources: another memory was at work since. What our
   * broker has yet to be told stays.
   */
  beginAnew(): void;
  /** At another curtain it begins anew, but for the numbers of its messages. */
  stateOf(deviceId: string, curtain: string): DeviceState;
  /** Makes entries durable, all or none. @returns the messages that they brought, for each entry its own */
  commit(entries: readonly Entry[]): OutboxRow[][];
  /** What was left when the process ended, in its order. */
  outbox(): OutboxRow[];
  /** How many messages wait. */
  waiting(): number;
  /** Forgets messages that arrived, and deliveries that were acknowledged; soon, not at once. */
  done(rows: readonly number[], deliveries: readonly { sourceId: string; deliveryKey: string }[]): void;
  /** Whether this was taken before, under this key. */
  knows(sourceId: string, onceKey: string): boolean;
  /** Whether this very delivery was taken, and its acknowledgement may not have arrived. */
  hasTaken(sourceId: string, deliveryKey: string): boolean;
  lifeOf(sourceId: string): SourceLife;
  /** What cannot be written now is written with the next commit. */
  setLife(sourceId: string, life: SourceLife): void;
  /** Forgets what is older, or later where it cannot be written now. Epoch milliseconds. */
  forgetBefore(at: number): void;
  /** Whether it can be written to; tries it where it failed last. */
  isWritable(): boolean;
  close(): void;
};

/** Another process that just ends over the same file. Wall milliseconds. */
const BUSY_MS = 100;

const SETTINGS = `
pragma journal_mode = wal;
pragma synchronous = full;`;

const TABLES = `
create table if not exists about (memory_id text not null) strict;
create table if not exists device_state (device_id text primary key, curtain text not null, state text not null) strict;
create table if not exists outbox (
  id integer primary key autoincrement, sensor_id text not null, message text not null, made_at integer not null
) strict;
create table if not exists seen (
  source_id text not null, once_key text not null, at integer not null, primary key (source_id, once_key)
) strict, without rowid;
create index if not exists seen_at on seen (at);
create table if not exists taken (
  source_id text not null, delivery_key text not null, at integer not null, primary key (source_id, delivery_key)
) strict, without rowid;
create table if not exists source_life (
  source_id text primary key, gateway_life integer not null, linked_since integer not null
) strict;`;

export type MemoryPorts = {
  /** Is told of writes that failed and for which nobody waits. */
  onFailed: (error: unknown) => void;
  /** The file grows to no more of SQLite's pages. */
  mostPages?: number;
};

/** As much as a batch may need. */
const TAKE_ROOM = `
create table if not exists room (taken blob) strict;
insert into room values (zeroblob(65536))`;

/** What brings a file from each version to the next; its own is its `user_version`. */
const VERSIONS = [TABLES];

/**
 * The bridge's own memory, a file beside the embedded database (docs/adr/0016): what each device last said, what our
 * broker has yet to be told, and what was taken already. It outlives the process, and PostgreSQL's absence.
 * @param file its path, or `:memory:`
 * @throws PactError BRIDGE_MEMORY_UNUSABLE; the file is left as it is
 */
export function openMemory(file: string, ports: MemoryPorts): Memory {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    db = new DatabaseSync(file, { timeout: BUSY_MS });
    bringUp(db);
    if (ports.mostPages !== undefined) db.exec(`pragma max_page_count = ${ports.mostPages}`);
    return remember(db, ports.onFailed);
  } catch (error) {
    db?.close();
    throw new PactError(
      'BRIDGE_MEMORY_UNUSABLE',
      `The bridge cannot use its memory ${file}: ${reasonOf(error)}`,
      {
        cause: error,
        hint: 'Free the disk or mend the rights. Where the file itself is broken, put it aside and start again: every device’s next word then only shows how things stand.',
      },
    );
  }
}

function bringUp(db: DatabaseSync): void {
  const version = Number(db.prepare('pragma user_version').get()?.user_version);
  if (version > VERSIONS.length) throw new Error(`a newer version of this software made it (${version})`);
  db.exec(SETTINGS);
  if (version === VERSIONS.length) return;
  db.exec(
    `begin immediate; ${VERSIONS.slice(version).join('\n')}; pragma user_version = ${VERSIONS.length}; commit`,
  );
}

function idOf(db: DatabaseSync): string {
  const known = db.prepare('select memory_id from about').get();
  if (known) return String(known.memory_id);
  const id = randomUUID();
  db.prepare('insert into about values (?)').run(id);
  return id;
}

function remember(db: DatabaseSync, onFailed: MemoryPorts['onFailed']): Memory {
  const sql = {
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),
    state: db.prepare(
      'insert into device_state values (?, ?, ?) on conflict (device_id) do update set curtain = excluded.curtain, state = excluded.state',
    ),
    message: db.prepare('insert into outbox (sensor_id, message, made_at) values (?, ?, ?)'),
    seen: db.prepare('insert into seen values (?, ?, ?) on conflict do nothing'),
    taken: db.prepare('insert into taken values (?, ?, ?) on conflict do nothing'),
    isSeen: db.prepare('select 1 from seen where source_id = ? and once_key = ?'),
    isTaken: db.prepare('select 1 from taken where source_id = ? and delivery_key = ?'),
    sent: db.prepare('delete from outbox where id = ?'),
    acknowledged: db.prepare('delete from taken where source_id = ? and delivery_key = ?'),
    life: db.prepare(
      'insert into source_life values (?, ?, ?) on conflict (source_id) do update set gateway_life = excluded.gateway_life, linked_since = excluded.linked_since',
    ),
    forgetSeen: db.prepare('delete from seen where at < ?'),
    forgetTaken: db.prepare('delete from taken where at < ?'),
  };
  const id = idOf(db);
  const states = new Map<string, { curtain: string; state: DeviceState }>();
  for (const row of db.prepare('select * from device_state').all())
    states.set(String(row.device_id), {
      curtain: String(row.curtain),
      state: { ...NEW_DEVICE, ...JSON.parse(String(row.state)) },
    });
  const lives = new Map<string, SourceLife>();
  for (const row of db.prepare('select * from source_life').all())
    lives.set(String(row.source_id), {
      gatewayLife: Number(row.gateway_life),
      linkedSince: Number(row.linked_since),
    });
  let waiting = Number(db.prepare('select count(*) as n from outbox').get()?.n);
  const unsavedLives = new Set<string>();
  let isFailing = false;
  const finished = { rows: [] as number[], deliveries: [] as { sourceId: string; deliveryKey: string }[] };

  function transaction<T>(work: () => T): T {
    try {
      sql.begin.run();
      const result = work();
      sql.commit.run();
      isFailing = false;
      return result;
    } catch (error) {
      isFailing = true;
      if (db.isTransaction) sql.rollback.run();
      throw error;
    }
  }

  /** What waits to be written with whatever is written next. */
  function writeWaiting(): void {
    for (const sourceId of unsavedLives) {
      const { gatewayLife, linkedSince } = lifeOf(sourceId);
      sql.life.run(sourceId, gatewayLife, linkedSince);
    }
    for (const id of finished.rows) sql.sent.run(id);
    for (const { sourceId, deliveryKey } of finished.deliveries) sql.acknowledged.run(sourceId, deliveryKey);
  }

  function forgetWaiting(): void {
    unsavedLives.clear();
    waiting -= finished.rows.length;
    finished.rows = [];
    finished.deliveries = [];
  }

  const lifeOf = (sourceId: string): SourceLife => lives.get(sourceId) ?? { gatewayLife: 0, linkedSince: 0 };

  /** For whatever is as good later, and must end nothing where the disk is full. */
  function tryToWrite(work: () => void): void {
    try {
      transaction(() => {
        writeWaiting();
        work();
      });
      forgetWaiting();
    } catch (error) {
      onFailed(error);
    }
  }

  return {
    id,
    beginAnew() {
      transaction(() => db.exec('delete from device_state; delete from taken; delete from source_life'));
      states.clear();
      lives.clear();
      unsavedLives.clear();
    },
    stateOf(deviceId, curtain) {
      const known = states.get(deviceId);
      if (known?.curtain === curtain) return known.state;
      return known ? { ...NEW_DEVICE, seq: known.state.seq } : NEW_DEVICE;
    },
    commit(entries) {
      const rows = transaction(() => {
        writeWaiting();
        return entries.map(({ sourceId, deliveryKeys, onceKeys, states: changed, messages, at }) => {
          for (const key of deliveryKeys) sql.taken.run(sourceId, key, at);
          for (const key of onceKeys) sql.seen.run(sourceId, key, at);
          for (const { deviceId, curtain, state } of changed)
            sql.state.run(deviceId, curtain, JSON.stringify(state));
          return messages.map(({ sensorId, message }) => {
            const { lastInsertRowid } = sql.message.run(sensorId, JSON.stringify(message), at);
            return { id: Number(lastInsertRowid), sensorId, message, madeAt: at };
          });
        });
      });
      forgetWaiting();
      for (const { states: changed } of entries)
        for (const { deviceId, curtain, state } of changed) states.set(deviceId, { curtain, state });
      waiting += rows.reduce((sum, each) => sum + each.length, 0);
      return rows;
    },
    outbox: () =>
      db
        .prepare('select * from outbox order by id')
        .all()
        .map((row) => ({
          id: Number(row.id),
          sensorId: String(row.sensor_id),
          message: JSON.parse(String(row.message)) as Message,
          madeAt: Number(row.made_at),
        })),
    waiting: () => waiting - finished.rows.length,
    done(rows, deliveries) {
      finished.rows.push(...rows);
      finished.deliveries.push(...deliveries);
    },
    knows: (sourceId, onceKey) => sql.isSeen.get(sourceId, onceKey) !== undefined,
    hasTaken: (sourceId, deliveryKey) => sql.isTaken.get(sourceId, deliveryKey) !== undefined,
    lifeOf,
    setLife(sourceId, life) {
      lives.set(sourceId, life);
      unsavedLives.add(sourceId);
      tryToWrite(() => undefined);
    },
    forgetBefore(at) {
      tryToWrite(() => {
        sql.forgetSeen.run(at);
        sql.forgetTaken.run(at);
      });
    },
    isWritable() {
      const isTrying = isFailing;
      if (isFailing) tryToWrite(() => db.exec(TAKE_ROOM));
      // Only then is it given back: what is dropped in the same commit is never written.
      if (!isFailing && isTrying) tryToWrite(() => db.exec('drop table room'));
      return !isFailing;
    },
    close() {
      // What is not written here is told to our broker once more, which knows it again.
      tryToWrite(() => undefined);
      db.close();
    },
  };
}
