import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { PactPatch, PactView } from '#contracts/http/register/pact.ts';
import { DEFAULT_LADDER_NAME } from '#pact/ladder.ts';
import { type Pact, type PactDraft, type PactProblem, readPact } from '#pact/pact.ts';
import { windowOf } from '#pact/pact-day.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { isPactWithdrawn } from '../enrolment/opted-out.ts';
import { toDate } from '../instant.ts';
import { countSaved } from './community.ts';
import { records } from './records.ts';
import type { Author } from './refusal.ts';
import { refuse, type Saved, saved } from './refusal.ts';

/** What a household's pact may say differently from the default one: 08:00, every day, from 04:00 on. */
export type PactTerms = {
  deadline?: string | undefined;
  earliest?: string | undefined;
  weekdays?: number[] | undefined;
  fromOn?: string | undefined;
  accepts?: string[] | undefined;
};

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/**
 * Reads a new pact. Unless it is told another first day it holds from today while today's deadline lies ahead,
 * else from tomorrow: a pact never begins with a deadline that has passed, because nobody could have kept it.
 */
export function readNewPact(
  terms: PactTerms,
  now: Temporal.Instant,
  timeZone: string,
): { ok: true; pact: Pact } | { ok: false; problems: PactProblem[] } {
  const today = localDateAt(now, timeZone);
  const read = readPact({
    deadline: terms.deadline ?? '08:00',
    earliest: terms.earliest ?? '04:00',
    weekdays: terms.weekdays ?? EVERY_DAY,
    accepts: terms.accepts ?? ['opened', 'seen'],
    signalCloses: true,
    fromOn: terms.fromOn ?? today.toString(),
  });
  if (!read.ok) return read;
  const { deadlineAt } = windowOf(read.pact, today, timeZone);
  const soonest = Temporal.Instant.compare(now, deadlineAt) < 0 ? today : today.add({ days: 1 });
  const told = read.pact.fromOn;
  return {
    ok: true,
    pact: { ...read.pact, fromOn: Temporal.PlainDate.compare(told, soonest) > 0 ? told : soonest },
  };
}

export type PactHome = {
  householdId: string;
  communityId: string;
  timeZone: string;
  terms: PactTerms;
  /** Whether a pact that is there already (of a home that was removed) begins anew. */
  anew?: boolean;
};

/**
 * Gives each home its pact: a new one, or the one it has with the terms that are named. The first day counts
 * only for a new pact, so that the same file may be imported for years.
 * @returns also from which days the new ones count, and how many from each
 * @throws PactError PACT_INVALID when the terms were not checked before
 */
export async function savePacts(tx: Tx, homes: readonly PactHome[], now: Temporal.Instant) {
  const stored = await tx
    .selectFrom('pact')
    .selectAll()
    // One parameter for however many homes; a list would end at 65,535.
    .where(sql<boolean>`household_id = any (${homes.map((home) => home.householdId)}::uuid[])`)
    .orderBy('household_id')
    .forUpdate()
    .execute();
  const byHousehold = new Map(stored.map((row) => [row.household_id, row]));
  const drafts = homes.map((home) => {
    const old = byHousehold.get(home.householdId);
    const { deadline, earliest, weekdays } = home.terms;
    const read =
      old && !home.anew
        ? readPact({
            ...draftOf(old),
            ...(deadline ? { deadline } : {}),
            ...(earliest ? { earliest } : {}),
            ...(weekdays ? { weekdays } : {}),
          })
        : readNewPact(home.terms, now, home.timeZone);
    if (read.ok) return { ...home, ...columnsOf(read.pact) };
    throw new PactError('PACT_INVALID', `The pact of a home cannot be kept: ${read.problems.join(', ')}`, {
      details: read.problems,
    });
  });
  const { rows } = await sql<{ created: boolean; householdId: string; fromOn: string }>`
    insert into pact as p (id, household_id, ladder_id, deadline, earliest, deadlines, weekdays, accepts, signal_closes,
      from_on, until_on, updated_at)
    select gen_random_uuid(), u."householdId", l.id, u.deadline, u.earliest, u.deadlines,
      array(select jsonb_array_elements_text(u.weekdays)::smallint), array(select jsonb_array_elements_text(u.accepts)),
      u."signalCloses", u."fromOn", u."untilOn", ${toDate(now)}
    from ${records(
      drafts,
      '"householdId" uuid, "communityId" uuid, deadline text, earliest text, deadlines jsonb, weekdays jsonb, accepts jsonb, "signalCloses" boolean, "fromOn" date, "untilOn" date',
    )} join ladder l on l.community_id = u."communityId" and l.name = ${DEFAULT_LADDER_NAME}
    order by u."householdId"
    on conflict (household_id) do update set deadline = excluded.deadline, earliest = excluded.earliest,
      deadlines = excluded.deadlines, weekdays = excluded.weekdays, accepts = excluded.accepts,
      signal_closes = excluded.signal_closes, from_on = excluded.from_on, until_on = excluded.until_on,
      updated_at = excluded.updated_at
    where (p.deadline, p.earliest, p.deadlines, p.weekdays, p.accepts, p.signal_closes, p.from_on, p.until_on)
      is distinct from (excluded.deadline, excluded.earliest, excluded.deadlines, excluded.weekdays, excluded.accepts,
        excluded.signal_closes, excluded.from_on, excluded.until_on)
    returning (xmax = 0) as created, household_id as "householdId", from_on as "fromOn"`.execute(tx);
  const anew = new Set(homes.filter((home) => home.anew).map((home) => home.householdId));
  const begun = rows.filter((row) => row.created || anew.has(row.householdId));
  const from = [...Map.groupBy(begun, ({ fromOn }) => fromOn)]
    .map(([fromOn, { length }]) => ({ fromOn, homes: length }))
    .sort((a, b) => a.fromOn.localeCompare(b.fromOn));
  return { ...countSaved(rows), from };
}

/** Changes a pact; the opening of the day takes it up as long as today's deadline lies ahead. */
export async function changePact(
  db: Db,
  id: string,
  patch: PactPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<PactView>> {
  return db.transaction().execute(async (tx) => {
    const row = await selectPacts(tx).where('p.id', '=', id).forUpdate('p').executeTakeFirst();
    if (!row) return refuse('not_found');
    const old = viewOf(row);
    const { ladderId = old.ladderId, callsElder = old.callsElder, ...changes } = patch;
    const read = readPact({ ...old, ...changes });
    if (!read.ok) return refuse('pact_invalid', read.problems);
    if (!(await isLadderOf(tx, ladderId, old.communityId))) return refuse('unknown_ladder');
    const columns = columnsOf(read.pact);
    const isLonger = old.untilOn !== null && (columns.untilOn ?? '9999') > old.untilOn;
    if (isLonger && (await isPactWithdrawn(tx, old.householdId))) return refuse('consent_withdrawn');
    await tx
      .updateTable('pact')
      .set({
        ladder_id: ladderId,
        deadline: columns.deadline,
        earliest: columns.earliest,
        deadlines: JSON.stringify(columns.deadlines),
        weekdays: columns.weekdays,
        accepts: columns.accepts,
        signal_closes: columns.signalCloses,
        calls_elder: callsElder,
        from_on: columns.fromOn,
        until_on: columns.untilOn,
        updated_at: toDate(now),
      })
      .where('id', '=', id)
      .execute();
    await announce(tx, { communityId: old.communityId, householdIds: [old.householdId] });
    await recordAudit(tx, { actor: by, action: 'pact.change', subjectKind: 'pact', subjectId: id }, now);
    return saved({ ...old, ...columns, ladderId, callsElder });
  });
}

const isLadderOf = async (tx: Tx, id: string, communityId: string): Promise<boolean> =>
  (await tx
    .selectFrom('ladder')
    .select('id')
    .where('id', '=', id)
    .where('community_id', '=', communityId)
    .executeTakeFirst()) !== undefined;

export async function findPact(
  db: Db,
  where: { id: string } | { householdId: string },
): Promise<PactView | undefined> {
  const query = selectPacts(db);
  const row = await ('id' in where
    ? query.where('p.id', '=', where.id)
    : query.where('p.household_id', '=', where.householdId)
  ).executeTakeFirst();
  return row && viewOf(row);
}

export async function listPacts(
  db: Db,
  page: { communityId?: string | undefined; limit: number; offset: number },
) {
  let query = selectPacts(db).where('h.removed_at', 'is', null);
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  const total = await countOf(query);
  const rows = await query.orderBy('h.code').orderBy('p.id').limit(page.limit).offset(page.offset).execute();
  return { items: rows.map(viewOf), total };
}

const selectPacts = (db: Db | Tx) =>
  db
    .selectFrom('pact as p')
    .innerJoin('household as h', 'h.id', 'p.household_id')
    .selectAll('p')
    .select('h.community_id');

type PactColumns = Awaited<ReturnType<ReturnType<typeof selectPacts>['executeTakeFirstOrThrow']>>;

const draftOf = (row: Omit<PactColumns, 'community_id'>): PactDraft => ({
  deadline: row.deadline,
  earliest: row.earliest,
  deadlines: row.deadlines,
  weekdays: row.weekdays,
  accepts: row.accepts,
  signalCloses: row.signal_closes,
  fromOn: row.from_on,
  untilOn: row.until_on,
});

const viewOf = (row: PactColumns): PactView => ({
  id: row.id,
  householdId: row.household_id,
  communityId: row.community_id,
  ladderId: row.ladder_id,
  deadline: row.deadline,
  earliest: row.earliest,
  deadlines: row.deadlines,
  weekdays: row.weekdays,
  accepts: row.accepts,
  signalCloses: row.signal_closes,
  callsElder: row.calls_elder,
  fromOn: row.from_on,
  untilOn: row.until_on,
});

const hhmm = (time: Temporal.PlainTime): string => time.toString({ smallestUnit: 'minute' });

function columnsOf(pact: Pact) {
  const deadlines = Object.entries(pact.deadlines).map(([day, time]) => [day, hhmm(time)] as const);
  return {
    deadline: hhmm(pact.deadline),
    earliest: hhmm(pact.earliest),
    deadlines: Object.fromEntries(deadlines) as Record<string, string>,
    weekdays: [...pact.weekdays] as number[],
    accepts: [...pact.accepts] as string[],
    signalCloses: pact.signalCloses,
    fromOn: pact.fromOn.toString(),
    untilOn: pact.untilOn?.toString() ?? null,
  };
}

/**
 * A pact holds through the day and no longer; one that was still to begin never does, and of its days there is none.
 * @returns how it was and when it ends by now; undefined where it had ended before
 */
export async function endPact(
  tx: Tx,
  householdId: string,
  on: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<PactSpan | undefined> {
  const { rows } = await sql<PactSpan>`
    with old as (
      select id, from_on, until_on, case when from_on > ${on.toString()}::date then ${on.subtract({ days: 1 }).toString()}::date
        else ${on.toString()}::date end as ends_on
      from pact where household_id = ${householdId} and (until_on is null or until_on > ${on.toString()}::date) for update
    )
    update pact p set from_on = least(p.from_on, old.ends_on), until_on = old.ends_on, updated_at = ${toDate(now)}
    from old where p.id = old.id
    returning old.from_on as "fromOn", old.until_on as "untilOn", old.ends_on as "endsOn"`.execute(tx);
  return rows[0];
}

type PactSpan = { fromOn: string; untilOn: string | null; endsOn: string };

/** Takes an ending back, as long as nobody has changed the pact since. */
export async function resumePact(
  tx: Tx,
  householdId: string,
  { fromOn, untilOn, endsOn }: PactSpan,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('pact')
    .set({ from_on: fromOn, until_on: untilOn, updated_at: toDate(now) })
    .where('household_id', '=', householdId)
    .where('until_on', '=', endsOn)
    .execute();
}

/** Gives a pact to a home that has none, or whose last one is over. */
export async function beginPact(
  db: Db,
  householdId: string,
  { ladderId, ...terms }: PactTerms & { ladderId?: string | undefined },
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const home = await tx
      .selectFrom('household as h')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .leftJoin('pact as p', 'p.household_id', 'h.id')
      .select(['h.community_id as communityId', 'c.time_zone as timeZone'])
      .select(['p.id as pactId', 'p.until_on as untilOn'])
      .where('h.id', '=', householdId)
      .where('h.removed_at', 'is', null)
      .where('h.is_canary', '=', false)
      .forUpdate('h')
      .executeTakeFirst();
    if (!home) return refuse('not_found');
    const { communityId, timeZone, pactId, untilOn } = home;
    const today = localDateAt(now, timeZone);
    const isOver = untilOn !== null && Temporal.PlainDate.compare(untilOn, today) < 0;
    if (pactId !== null && !isOver) return refuse('pact_exists');
    if (await isPactWithdrawn(tx, householdId)) return refuse('consent_withdrawn');
    const read = readNewPact(terms, now, timeZone);
    if (!read.ok) return refuse('pact_invalid', read.problems);
    if (ladderId && !(await isLadderOf(tx, ladderId, communityId))) return refuse('unknown_ladder');
    await savePacts(tx, [{ householdId, communityId, timeZone, terms, anew: true }], now);
    if (ladderId)
      await tx
        .updateTable('pact')
        .set({ ladder_id: ladderId })
        .where('household_id', '=', householdId)
        .execute();
    await announce(tx, { communityId, householdIds: [householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'pact.begin', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved(undefined);
  });
}
