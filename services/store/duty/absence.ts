import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { AbsenceDraft, AbsenceView, SwapDraft } from '#contracts/http/register/duty.ts';
import { type Absence, overlap, swapDays } from '#pact/duty.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, type Refused, refuse, type Saved, saved } from '../register/refusal.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { timeOf } from './duty-hours.ts';
import { findOnRota } from './find-on-rota.ts';
import { absenceOf } from './load-rota.ts';

const selectAbsences = (db: Db | Tx) =>
  db
    .selectFrom('absence as a')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .leftJoin('person as s', (join) =>
      join.onRef('s.id', '=', 'a.stand_in_id').on('s.removed_at', 'is', null),
    )
    .select(['a.id', 'p.community_id as communityId', 'a.person_id as personId', 'p.name'])
    .select(['a.from_on as fromOn', 'a.until_on as untilOn', 'a.from_time as fromTime'])
    .select(['a.until_time as untilTime', 's.id as standInId', 's.name as standIn', 'a.swap_id as swapId'])
    .select(['a.created_at as createdAt', 'a.cancelled_at as cancelledAt'])
    .where('p.removed_at', 'is', null);

type Row = Awaited<ReturnType<ReturnType<typeof selectAbsences>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): AbsenceView => ({
  ...row,
  createdAt: iso(row.createdAt),
  cancelledAt: isoOrNull(row.cancelledAt),
});

export async function findAbsence(db: Db, id: string): Promise<AbsenceView | undefined> {
  const row = await selectAbsences(db).where('a.id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

/** Absences that hold between two dates, both included, and were not taken back; the first ones first. */
export async function listAbsences(
  db: Db | Tx,
  page: {
    communityId?: string | undefined;
    personId?: string | undefined;
    fromOn?: string | undefined;
    untilOn?: string | undefined;
    limit: number;
    offset: number;
  },
): Promise<{ items: AbsenceView[]; total: number }> {
  let query = selectAbsences(db).where('a.cancelled_at', 'is', null);
  if (page.communityId) query = query.where('p.community_id', '=', page.communityId);
  if (page.personId) query = query.where('a.person_id', '=', page.personId);
  if (page.fromOn) query = query.where('a.until_on', '>=', page.fromOn);
  if (page.untilOn) query = query.where('a.from_on', '<=', page.untilOn);
  const total = await countOf(query);
  const rows = await query
    .orderBy('a.from_on')
    .orderBy('a.from_time', (by) => by.asc().nullsFirst())
    .orderBy('a.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items: rows.map(viewOf), total };
}

/** Somebody does not serve for a while; whoever stands in for them is paged from the next step on. */
export async function createAbsence(
  db: Db,
  { personId, fromOn, untilOn = fromOn, fromTime, untilTime, standInId }: AbsenceDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    if (Temporal.PlainDate.compare(untilOn, fromOn) < 0) return refuse('ends_before_it_starts');
    if ((fromTime === undefined) !== (untilTime === undefined)) return refuse('hours_incomplete');
    const from = fromTime === undefined ? null : timeOf(fromTime);
    const until = untilTime === undefined ? null : timeOf(untilTime);
    if (from && until && until <= from) return refuse('hours_end_before_they_start');
    const draft = { personId, fromOn, untilOn, fromTime: from, untilTime: until, standIn: standInId ?? null };
    const made = await insertAbsences(tx, [absenceOf(draft)], null, by, now);
    return made.ok ? saved({ id: made.value[0] as string }) : made;
  });
}

/** Two people exchange a day each. @returns both absences */
export async function createSwap(
  db: Db,
  { personId, on, withPersonId, withOn }: SwapDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ ids: readonly string[] }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const swap = swapDays(
      { personId, on: Temporal.PlainDate.from(on) },
      { personId: withPersonId, on: Temporal.PlainDate.from(withOn) },
    );
    if (!swap.ok) return refuse(swap.problem);
    const made = await insertAbsences(tx, swap.absences, randomUUID(), by, now);
    return made.ok ? saved({ ids: made.value }) : made;
  });
}

async function insertAbsences(
  tx: Tx,
  absences: readonly Absence[],
  swapId: string | null,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<string[]>> {
  for (const absence of absences) {
    const problem = await problemOf(tx, absence, now);
    if (problem) return problem;
  }
  const rows = absences.map(({ personId, fromOn, untilOn, hours, standIn }) => ({
    id: randomUUID(),
    person_id: personId,
    from_on: fromOn.toString(),
    until_on: untilOn.toString(),
    from_time: hours?.from.toString({ smallestUnit: 'minute' }) ?? null,
    until_time: hours?.until.toString({ smallestUnit: 'minute' }) ?? null,
    stand_in_id: standIn ?? null,
    swap_id: swapId,
    created_at: toDate(now),
    created_by: by.id ? `${by.kind}:${by.id}` : by.kind,
  }));
  await tx.insertInto('absence').values(rows).execute();
  for (const { id } of rows) await audit(tx, by, 'absence.create', id, now);
  return saved(rows.map(({ id }) => id));
}

async function problemOf(tx: Tx, absence: Absence, now: Temporal.Instant): Promise<Refused | undefined> {
  const person = await findOnRota(tx, absence.personId);
  if (!person.ok) return person;
  const { communityId, kind, timeZone } = person.value;
  if (Temporal.PlainDate.compare(absence.untilOn, localDateAt(now, timeZone)) < 0)
    return refuse('already_over');
  if (absence.standIn === absence.personId) return refuse('own_stand_in');
  if (absence.standIn) {
    const standIn = await findOnRota(tx, absence.standIn);
    if (!standIn.ok || standIn.value.communityId !== communityId || standIn.value.kind !== kind) {
      return refuse('stand_in_unfit');
    }
  }
  const { items } = await listAbsences(tx, {
    personId: absence.personId,
    fromOn: absence.fromOn.toString(),
    untilOn: absence.untilOn.toString(),
    limit: 1_000,
    offset: 0,
  });
  const clash = items.some((other) => overlap(absence, absenceOf({ ...other, standIn: null })));
  return clash ? refuse('absence_overlaps') : undefined;
}

/** They serve after all. Of a swap both days are taken back: neither owes the other one. */
export async function cancelAbsence(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const absence = await selectAbsences(tx).where('a.id', '=', id).executeTakeFirst();
    if (!absence) return refuse('not_found');
    if (absence.cancelledAt) return refuse('already_closed');
    const cancelled = await tx
      .updateTable('absence')
      .set({ cancelled_at: toDate(now) })
      .where(absence.swapId ? 'swap_id' : 'id', '=', absence.swapId ?? id)
      .where('cancelled_at', 'is', null)
      .returning('id')
      .execute();
    for (const each of cancelled) await audit(tx, by, 'absence.cancel', each.id, now);
    return saved(undefined);
  });
}

const audit = (tx: Tx, by: Author, action: string, id: string, now: Temporal.Instant) =>
  recordAudit(tx, { actor: by, action, subjectKind: 'absence', subjectId: id }, now);
