import type { Refusal, SourceFormat } from '#contracts/bridge/formats.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import { noteSightings, noteSourceState, type SourceNote } from '#store/bridge/note.ts';
import type { Sighting, SourceState } from '#store/bridge/setting.ts';
import type { Db } from '#store/database.ts';

/** What is seen of sources and devices, for the people who set them up. Nothing is decided by it. */
export type Notes = {
  sighting(sighting: Sighting): void;
  heard(sourceId: string, receivedAt: number): void;
  refused(sourceId: string, refusal: Refusal): void;
  /** What is not understood looks like another format; null where it is understood. */
  looksLike(sourceId: string, format: SourceFormat | null): void;
  state(sourceId: string, state: SourceState, problem: string | null): void;
  /** Writes what is left. */
  stop(): Promise<void>;
};

/** Wall milliseconds. */
const EVERY_MS = 1_000;
/** While the database is away the newest are kept. */
const MOST_KEPT = 5_000;

const UNHEARD: SourceNote = {
  state: 'waiting',
  problem: null,
  lastMessageAt: null,
  refused: 0,
  lastRefusal: null,
  looksLike: null,
};

/** Gathers notes and writes them once a second. */
export function createNotes({ db, clock, logger }: { db: Db; clock: Clock; logger: Logger }): Notes {
  const outage = createOutageLog(logger, 'bridge.notes');
  let sightings: Sighting[] = [];
  const sources = new Map<string, SourceNote>();
  const changed = new Set<string>();
  let writing: Promise<void> | undefined;
  const timer = setInterval(() => void write(), EVERY_MS).unref();

  function noteOf(sourceId: string): SourceNote {
    let note = sources.get(sourceId);
    if (!note) {
      note = { ...UNHEARD };
      sources.set(sourceId, note);
    }
    changed.add(sourceId);
    return note;
  }

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    const now = clock.now();
    const batch = sightings;
    sightings = [];
    try {
      await noteSightings(db, batch, now);
      batch.length = 0;
      for (const sourceId of changed) {
        const note = noteOf(sourceId);
        const { refused } = note;
        await noteSourceState(db, sourceId, note, now);
        note.refused -= refused;
        changed.delete(sourceId);
      }
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
      sightings = [...batch, ...sightings].slice(-MOST_KEPT);
    }
  }

  return {
    sighting(sighting) {
      sightings.push(sighting);
      if (sightings.length > MOST_KEPT * 2) sightings = sightings.slice(-MOST_KEPT);
    },
    heard(sourceId, receivedAt) {
      noteOf(sourceId).lastMessageAt = receivedAt;
    },
    refused(sourceId, refusal) {
      const note = noteOf(sourceId);
      note.refused += 1;
      note.lastRefusal = refusal;
    },
    looksLike(sourceId, format) {
      if (sources.get(sourceId)?.looksLike !== format) noteOf(sourceId).looksLike = format;
    },
    state(sourceId, state, problem) {
      Object.assign(noteOf(sourceId), { state, problem });
    },
    async stop() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
