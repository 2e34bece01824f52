import type { Temporal } from 'temporal-polyfill';
import type { DoorAction, DoorAnswer, DoorPress } from '#contracts/http/door.ts';
import type { AlertCommand } from '#pact/alert.ts';
import { DOOR_NOTES } from '#pact/text/door-notes.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { changeAlert } from '../alert/change-alert.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { askForSensorVisit } from '../message/ask-for-sensor-visit.ts';
import { localTime } from '../notice/local-time.ts';
import { createLeave } from '../register/leave.ts';
import type { StewardLink } from './steward-link.ts';

/** What a phone's clock and a slow line may differ; later than that a press had to wait. */
const LATE_SECONDS = 120;

/**
 * Does what was pressed at the page of a link, once for each key, as a reply by SMS would. A press that comes late
 * is taken for now; when it was pressed stays with it.
 * @returns undefined when the alert is none of this link's
 */
export async function actAtDoor(
  db: Db,
  link: StewardLink,
  press: DoorPress,
  now: Temporal.Instant,
): Promise<DoorAnswer['answer'] | undefined> {
  const { key, alertId, action, note } = press;
  const { personId } = link;
  if (!link.alertIds.includes(alertId)) return undefined;
  return db.transaction().execute(async (tx) => {
    const row = {
      ...{ key, alert_id: alertId, person_id: personId, action, at: toDate(now), answer: 'done' },
      pressed_at: press.pressedAt === undefined ? null : new Date(press.pressedAt),
    };
    // The second of two that come at once waits here until the first has committed.
    const first = await tx
      .insertInto('door_action')
      .values(row)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('key')
      .executeTakeFirst();
    if (!first) {
      const known = await tx
        .selectFrom('door_action')
        .select('answer')
        .where('key', '=', key)
        .where('alert_id', '=', alertId)
        .where('person_id', '=', personId)
        .executeTakeFirst();
      return known?.answer as DoorAnswer['answer'] | undefined;
    }
    const audited = { kind: 'steward_link', id: personId };
    await recordAudit(
      tx,
      { actor: audited, action: `alert.${action}`, subjectKind: 'alert', subjectId: alertId },
      now,
    );
    if (action === 'sensor') {
      const { household_id } = await tx
        .selectFrom('alert')
        .select('household_id')
        .where('id', '=', alertId)
        .executeTakeFirstOrThrow();
      await askForSensorVisit(tx, household_id, now);
      return 'done';
    }
    const { refused } = await changeAlert(tx, alertId, commandOf(action, personId, note?.trim()), now);
    if (refused === undefined) await noteDelay(tx, press, now);
    const isDone = refused === undefined || refused === 'not_closed' || refused === 'not_on_ladder';
    const isLeaveRefused =
      refused === undefined && action === 'away' && !(await noteLeave(tx, link, press, now));
    const answer = isLeaveRefused ? 'days_refused' : isDone ? 'done' : refused;
    if (answer !== 'done')
      await tx.updateTable('door_action').set({ answer }).where('key', '=', key).execute();
    return answer;
  });
}

/** Who is away until a day is not looked for until then. @returns false where these days cannot be: nothing is excused */
async function noteLeave(
  tx: Tx,
  { personId }: StewardLink,
  { key, alertId, awayUntil, note }: DoorPress,
  now: Temporal.Instant,
): Promise<boolean> {
  if (awayUntil === undefined) return true;
  const home = await tx
    .selectFrom('alert as a')
    .innerJoin('community as c', 'c.id', 'a.community_id')
    .select(['a.household_id as householdId', 'c.time_zone as timeZone'])
    .where('a.id', '=', alertId)
    .executeTakeFirstOrThrow();
  const draft = {
    householdId: home.householdId,
    fromOn: localDateAt(now, home.timeZone).toString(),
    untilOn: awayUntil,
    reason: note?.trim().slice(0, 100) || null,
  };
  const by = { kind: 'steward_link', id: personId };
  return (await createLeave(tx, draft, by, now, { personId, leaveId: key })).ok;
}

/** A press that waited for a network: the timeline says when it was made. */
async function noteDelay(tx: Tx, { alertId, pressedAt }: DoorPress, now: Temporal.Instant): Promise<void> {
  if (pressedAt === undefined) return;
  const at = toInstant(new Date(pressedAt));
  if (at.until(now).total('seconds') < LATE_SECONDS) return;
  const { language, timeZone } = await tx
    .selectFrom('alert as a')
    .innerJoin('community as c', 'c.id', 'a.community_id')
    .select(['c.language', 'c.time_zone as timeZone'])
    .where('a.id', '=', alertId)
    .executeTakeFirstOrThrow();
  const note = DOOR_NOTES[language].late(localTime(at, timeZone));
  await changeAlert(tx, alertId, { kind: 'note', note }, now);
}

function commandOf(
  action: Exclude<DoorAction, 'sensor'>,
  by: string,
  note: string | undefined,
): AlertCommand {
  switch (action) {
    case 'acknowledge':
    case 'arrive':
    case 'pass':
    case 'emergency':
      return { kind: action, by };
    default:
      return { kind: 'record_outcome', outcome: action, by, ...(note ? { note } : {}) };
  }
}
