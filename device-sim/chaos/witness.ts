import { sql } from 'kysely';
import { sleep } from '#platform/sleep.ts';
import type { Db } from '#store/database.ts';
import type { Part } from './part.ts';

/** A time in which something was not well, by the process's own clock in milliseconds. */
export type Spell = { who: string; what: string; fromMs: number; toMs: number | undefined };

/** Stands beside a town and notes what people, and those who operate it, would see. */
export type Witness = {
  readonly spells: readonly Spell[];
  /** The first moment from `sinceMs` on at which every part said that it is ready, asked after it; undefined until then. */
  readySince(sinceMs: number): number | undefined;
  /** When a sweep of the deadlines was first seen that can only have gone through after `sinceMs`. */
  sweptSince(sinceMs: number): number | undefined;
  /** Why which parts are not ready now. */
  complaints(): string[];
  stop(): Promise<void>;
};

const ASK_EVERY_MS = 150;
const ANSWER_WITHIN_MS = 3_000;
/** What the board waits before it connects to its stream again. */
const BOARD_RETRY_MS = 1_000;

type Readiness = { ok: boolean; parts: Record<string, { ok: boolean; why?: string }> };

export function startWitness(world: {
  parts: readonly Part[];
  /** Who serves the board, and a token for it. */
  board: { http: string; token: string };
  db: Db;
}): Witness {
  const { parts, board, db } = world;
  const ending = new AbortController();
  const { signal } = ending;
  const spells: Spell[] = [];
  const open = new Map<string, Spell>();
  /** By part: when the first question of an unbroken row of good answers was asked, and of the last. */
  const well = new Map<string, { fromMs: number; toMs: number }>();
  const complaints = new Map<string, string[]>();
  /** When each was seen, and the moment before at which it had not gone through yet. */
  const sweeps: { notBeforeMs: number; seenMs: number }[] = [];

  /** What of this subject is wrong at this moment; nothing ends what was. */
  function note(subject: string, wrongs: readonly string[], atMs: number): void {
    for (const [key, spell] of open) {
      if (!key.startsWith(`${subject}\n`) || wrongs.includes(spell.what)) continue;
      spell.toMs = atMs;
      open.delete(key);
    }
    for (const what of wrongs) {
      const key = `${subject}\n${what}`;
      if (open.has(key)) continue;
      const spell: Spell = { who: subject, what, fromMs: atMs, toMs: undefined };
      open.set(key, spell);
      spells.push(spell);
    }
  }

  const repeatedly = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await work();
      await sleep(everyMs, signal);
    }
  };
  const patiently = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);

  const watchPart = (part: Part) =>
    repeatedly(ASK_EVERY_MS, async () => {
      const askedMs = performance.now();
      const wrongs = await askReady(part, patiently());
      if (signal.aborted) return;
      note(part.name, wrongs, performance.now());
      complaints.set(part.name, wrongs);
      const before = well.get(part.name);
      if (wrongs.length > 0) well.delete(part.name);
      else well.set(part.name, { fromMs: before?.fromMs ?? askedMs, toMs: askedMs });
    });

  const headers = { authorization: `Bearer ${board.token}` };
  const watchBoard = () =>
    repeatedly(ASK_EVERY_MS * 2, async () => {
      const loads = await fetch(`${board.http}/api/v1/today`, { headers, signal: patiently() }).then(
        async (response) => (await response.text()) !== '' && response.ok,
        () => false,
      );
      if (!signal.aborted) note('board', loads ? [] : ['the board did not load'], performance.now());
    });
  const watchStream = () =>
    repeatedly(BOARD_RETRY_MS, async () => {
      await follow(`${board.http}/api/v1/stream`, headers, signal, () =>
        note('stream', [], performance.now()),
      );
      if (!signal.aborted) note('stream', ['the board said “not live”'], performance.now());
    });

  let markBefore: number | undefined;
  let lookedMs = 0;
  const watchSweeps = () =>
    repeatedly(ASK_EVERY_MS, async () => {
      const askedMs = performance.now();
      const { rows } = await sql<{ at: Date }>`select seen_at as at from watermark where name = 'sweep'`
        .execute(db)
        .catch(() => ({ rows: [] }));
      const mark = rows[0]?.at.getTime();
      if (mark === undefined) return;
      if (markBefore !== undefined && mark !== markBefore) {
        sweeps.push({ notBeforeMs: lookedMs, seenMs: performance.now() });
      }
      [markBefore, lookedMs] = [mark, askedMs];
    });

  const watching = Promise.all([...parts.map(watchPart), watchBoard(), watchStream(), watchSweeps()]);
  return {
    spells,
    readySince(sinceMs) {
      const moments = parts.map((part) => {
        const row = well.get(part.name);
        return row && row.toMs >= sinceMs ? Math.max(row.fromMs, sinceMs) : undefined;
      });
      return moments.every((moment) => moment !== undefined) ? Math.max(...moments) : undefined;
    },
    sweptSince: (sinceMs) => sweeps.find(({ notBeforeMs }) => notBeforeMs >= sinceMs)?.seenMs,
    complaints: () => [...complaints].flatMap(([name, wrongs]) => wrongs.map((wrong) => `${name}: ${wrong}`)),
    async stop() {
      ending.abort();
      await watching;
    },
  };
}

async function askReady(part: Part, signal: AbortSignal): Promise<string[]> {
  const silent = ['readyz did not answer'];
  const answer = await fetch(`${part.http}/readyz`, { signal }).then(
    (response) => response.json() as Promise<Readiness>,
    () => undefined,
  );
  if (!answer) return silent;
  return Object.entries(answer.parts)
    .filter(([, { ok }]) => !ok)
    .map(([what, { why }]) => `readyz said “${what}: ${why}”`);
}

/** Until the stream ends, for whatever reason. */
async function follow(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  onOpen: () => void,
): Promise<void> {
  try {
    const response = await fetch(url, { headers, signal });
    if (!response.ok || !response.body) return;
    onOpen();
    for await (const _ of response.body);
  } catch (error) {
    const isCut = error instanceof TypeError || error instanceof DOMException;
    if (!isCut) throw error;
  }
}
