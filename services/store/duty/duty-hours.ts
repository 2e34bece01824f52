import { Temporal } from 'temporal-polyfill';
import type { DutyDraft, DutyView } from '#contracts/http/register/duty.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db } from '../database.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { findOnRota } from './find-on-rota.ts';

export async function findDutyHours(db: Db, personId: string): Promise<DutyView['hours']> {
  return db
    .selectFrom('duty_hours')
    .select(['weekday', 'from_time as from', 'until_time as until'])
    .where('person_id', '=', personId)
    .orderBy('weekday')
    .orderBy('from_time')
    .execute();
}

/** Replaces somebody's weekly hours; an alert that is open feels it from its next step on. */
export async function saveDutyHours(
  db: Db,
  personId: string,
  { hours }: DutyDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const person = await findOnRota(tx, personId);
    if (!person.ok) return person;
    const rows = hours.map(({ weekday, from, until }) => ({
      person_id: personId,
      weekday,
      from_time: timeOf(from),
      until_time: timeOf(until),
    }));
    const keys = new Set(rows.map((row) => `${row.weekday} ${row.from_time}`));
    if (keys.size < rows.length) return refuse('hours_twice');
    await tx.deleteFrom('duty_hours').where('person_id', '=', personId).execute();
    if (rows.length > 0) await tx.insertInto('duty_hours').values(rows).execute();
    await recordAudit(
      tx,
      { actor: by, action: 'duty.change', subjectKind: 'person', subjectId: personId },
      now,
    );
    return saved(undefined);
  });
}

/** Two-digit hours, so that they sort; the contract has looked at the rest. */
export const timeOf = (text: string): string =>
  Temporal.PlainTime.from(text.padStart(5, '0')).toString({ smallestUnit: 'minute' });
