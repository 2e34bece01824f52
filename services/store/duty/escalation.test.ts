import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { advanceDueAlerts, changeAlert } from '../alert/change-alert.ts';
import { openAlerts } from '../alert/open-alerts.ts';
import type { Db } from '../database.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { cancelAbsence, createAbsence, createSwap } from './absence.ts';
import { saveDutyHours } from './duty-hours.ts';

const EIGHT = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
const TODAY = '2026-11-24';
const EVENING = EIGHT.subtract({ hours: 12 });
const OFFICE = { kind: 'account', id: 'office' };

let opened: TestDb;
let db: Db;
let seed: Seed;
let home: SeededHome;
/** A steward of another home. */
let zhao: string;
const before: { people: string[] } = { people: [] };

beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  seed = await seedCommunity(db);
  home = await seed.addHome();
  zhao = (await seed.addHome()).primaryId;
  before.people = [];
});

/** The morning comes without a sign of life; the escalation takes every step that is due by then. */
async function missedAt(at = EIGHT): Promise<string> {
  const alert = {
    householdId: home.id,
    communityId: seed.communityId,
    onDate: TODAY,
    deadlineAt: at,
    reason: 'no_signal' as const,
    silentSince: undefined,
    ladder: DEFAULT_LADDER,
  };
  await db.transaction().execute((tx) => openAlerts(tx, [alert], at));
  await advanceDueAlerts(db, at, 1_000);
  const { id } = await db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  return id;
}
const after = (minutes: number) => advanceDueAlerts(db, EIGHT.add({ minutes }), 1_000);

/** Who has been paged since this was last asked. */
async function paged(alertId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .select(['id', 'person_id as personId'])
    .where('alert_id', '=', alertId)
    .where('kind', '=', 'page')
    .where('direction', '=', 'out')
    .execute();
  const fresh = rows.filter(({ id }) => !before.people.includes(id));
  before.people.push(...fresh.map(({ id }) => id));
  return [...new Set(fresh.flatMap(({ personId }) => personId ?? []))].sort();
}

async function offDuty(personId: string, more: Partial<Parameters<typeof createAbsence>[1]> = {}) {
  const made = await createAbsence(db, { personId, fromOn: TODAY, ...more }, OFFICE, EVENING);
  if (!made.ok) throw new Error(made.reason);
  return made.value.id;
}
const everybodyOff = async () => {
  for (const id of [home.primaryId, home.backupId, ...home.neighbourIds]) await offDuty(id);
};

it('does not page the steward on leave, but her stand-in', async () => {
  await offDuty(home.primaryId, { standInId: zhao });
  const alertId = await missedAt();
  expect(await paged(alertId)).toEqual([zhao]);
  await after(3);
  expect(await paged(alertId)).toEqual([home.backupId, zhao].sort());
});

it('pages the backup at once while the steward has an hour off', async () => {
  await offDuty(home.primaryId, { fromTime: '07:30', untilTime: '08:30' });
  expect(await paged(await missedAt())).toEqual([home.backupId]);
});

it('pages the steward whose hour off is over', async () => {
  await offDuty(home.primaryId, { fromTime: '07:00', untilTime: '08:00' });
  expect(await paged(await missedAt())).toEqual([home.primaryId]);
});

it('pages whoever took the day in a swap', async () => {
  const swap = { personId: home.primaryId, on: TODAY, withPersonId: zhao, withOn: '2026-11-25' };
  expect((await createSwap(db, swap, OFFICE, EVENING)).ok).toBe(true);
  expect(await paged(await missedAt())).toEqual([zhao]);
});

it('does not page a steward outside her weekly hours', async () => {
  const hours = [{ weekday: 1, from: '07:00', until: '12:00' }];
  await saveDutyHours(db, home.primaryId, { hours }, OFFICE, EVENING);
  expect(await paged(await missedAt())).toEqual([home.backupId]);
});

it('pages the office at once where nobody is on duty', async () => {
  await everybodyOff();
  expect(await paged(await missedAt())).toEqual([seed.officeId]);
});

it('pages those off duty where there is not even an office', async () => {
  await everybodyOff();
  await db
    .updateTable('person')
    .set({ removed_at: new Date('2026-11-01T00:00:00Z') })
    .where('id', '=', seed.officeId)
    .execute();
  expect(await paged(await missedAt())).toEqual([home.primaryId]);
});

it('follows a rota that changes while the alert is open, from the next step on', async () => {
  const leave = await offDuty(home.backupId);
  const alertId = await missedAt();
  expect(await paged(alertId)).toEqual([home.primaryId]);
  await cancelAbsence(db, leave, OFFICE, EIGHT.add({ minutes: 1 }));
  await offDuty(home.primaryId, { standInId: zhao });
  expect(await paged(alertId)).toEqual([]);
  await after(3);
  expect(await paged(alertId)).toEqual([home.backupId, zhao].sort());
});

it('calls everybody to an emergency, on leave or not, and the stand-in too', async () => {
  await offDuty(home.primaryId, { standInId: zhao });
  await offDuty(home.backupId);
  const alertId = await missedAt();
  await paged(alertId);
  await changeAlert(db, alertId, { kind: 'emergency', by: undefined }, EIGHT.add({ minutes: 1 }));
  expect(await paged(alertId)).toEqual(
    [home.primaryId, home.backupId, zhao, seed.officeId, ...home.neighbourIds].sort(),
  );
});

it('lets a stand-in who left the register stand in for nobody', async () => {
  await offDuty(home.primaryId, { standInId: zhao });
  await db
    .updateTable('person')
    .set({ removed_at: new Date('2026-11-23T00:00:00Z') })
    .where('id', '=', zhao)
    .execute();
  expect(await paged(await missedAt())).toEqual([home.backupId]);
});
