import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { ConsentDraft, ConsentView } from '#contracts/http/register/enrolment.ts';
import type { ConsentPurpose } from '#pact/enrolment.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx, WithdrawnAlong } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { isDate } from '../register/is-date.ts';
import { endPact, resumePact } from '../register/pact.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from '../register/refusal.ts';
import { isoOrNull } from '../today/iso.ts';

/** Records what somebody signed. The consent to force the door is also what an emergency text goes by. */
export async function recordConsent(
  db: Db,
  householdId: string,
  draft: ConsentDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    const home = await lockHome(tx, householdId);
    if (!home) return refuse('not_found');
    if (!isDate(draft.signedOn)) return refuse('date_unreadable');
    const today = localDateAt(now, home.timeZone);
    if (Temporal.PlainDate.compare(draft.signedOn, today) > 0) return refuse('date_ahead');
    if (await findStanding(tx, householdId, draft.purpose)) return refuse('already_consented');
    const id = randomUUID();
    await tx
      .insertInto('consent')
      .values({
        id,
        household_id: householdId,
        purpose: draft.purpose,
        signed_on: draft.signedOn,
        paper: draft.paper ?? null,
        recorded_at: toDate(now),
        recorded_by: signatureOf(by),
      })
      .execute();
    if (draft.purpose === 'entry') await setEntry(tx, householdId, true);
    await announce(tx, { communityId: home.communityId, householdIds: [householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'consent.record', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved({ id });
  });
}

/**
 * Takes a consent back from a day on. Without consent to the pact the home is watched through that day and no
 * longer: its pact ends, and what is open of that day goes on to its outcome.
 */
export async function withdrawConsent(
  db: Db,
  id: string,
  on: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const consent = await tx
      .selectFrom('consent')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const home = consent && (await lockHome(tx, consent.household_id));
    if (!consent || !home) return refuse('not_found');
    if (consent.withdrawn_on) return refuse('already_closed');
    if (!isDate(on)) return refuse('date_unreadable');
    const today = localDateAt(now, home.timeZone);
    if (Temporal.PlainDate.compare(on, today) < 0) return refuse('already_over');
    const ended = await endAlong(tx, consent, Temporal.PlainDate.from(on), now);
    await tx
      .updateTable('consent')
      .set({
        withdrawn_on: on,
        withdrawn_at: toDate(now),
        withdrawn_by: signatureOf(by),
        ended: JSON.stringify(ended),
      })
      .where('id', '=', id)
      .execute();
    await announce(tx, { communityId: home.communityId, householdIds: [consent.household_id] });
    await recordAudit(
      tx,
      { actor: by, action: 'consent.withdraw', subjectKind: 'household', subjectId: consent.household_id },
      now,
    );
    return saved(undefined);
  });
}

/** What ends with a consent beside it. */
async function endAlong(
  tx: Tx,
  { purpose, household_id: householdId }: { purpose: ConsentPurpose; household_id: string },
  on: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<WithdrawnAlong> {
  if (purpose === 'pact') {
    const pact = await endPact(tx, householdId, on, now);
    return pact ? { pact } : {};
  }
  return purpose === 'entry' ? { entry: await setEntry(tx, householdId, false) } : {};
}

/**
 * Undoes a withdrawal on the day on which it was said: the consent stands as before, and so does the pact, as long as
 * nobody has changed it since. Later a new consent is signed.
 */
export async function undoWithdrawal(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const consent = await tx
      .selectFrom('consent')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const home = consent && (await lockHome(tx, consent.household_id));
    if (!consent || !home) return refuse('not_found');
    const { household_id: householdId, purpose, withdrawn_at: at, ended } = consent;
    // Pressed twice, it is undone once.
    if (!at) return saved(undefined);
    const isToday = localDateAt(toInstant(at), home.timeZone).equals(localDateAt(now, home.timeZone));
    if (!isToday) return refuse('not_today');
    if (await findStanding(tx, householdId, purpose)) return refuse('already_consented');
    await tx
      .updateTable('consent')
      .set({ withdrawn_on: null, withdrawn_at: null, withdrawn_by: null, ended: null })
      .where('id', '=', id)
      .execute();
    if (ended?.pact) await resumePact(tx, householdId, ended.pact, now);
    if (ended?.entry) await setEntry(tx, householdId, true);
    await announce(tx, { communityId: home.communityId, householdIds: [householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'consent.resume', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved(undefined);
  });
}

/** A home's consents, the newest first. */
export async function listConsents(db: Db | Tx, householdId: string): Promise<ConsentView[]> {
  const rows = await db
    .selectFrom('consent')
    .select(['id', 'purpose', 'signed_on as signedOn', 'paper', 'withdrawn_on as withdrawnOn'])
    .select('withdrawn_at as withdrawnAt')
    .where('household_id', '=', householdId)
    .orderBy('recorded_at', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, withdrawnAt: isoOrNull(row.withdrawnAt) }));
}

const findStanding = (tx: Tx, householdId: string, purpose: ConsentPurpose) =>
  tx
    .selectFrom('consent')
    .select('id')
    .where('household_id', '=', householdId)
    .where('purpose', '=', purpose)
    .where('withdrawn_on', 'is', null)
    .executeTakeFirst();

/** The home of a consent, for whoever asks whether they may touch it. */
export const findConsentHome = (db: Db, id: string) =>
  db.selectFrom('consent').select('household_id as householdId').where('id', '=', id).executeTakeFirst();

const lockHome = (tx: Tx, id: string) =>
  tx
    .selectFrom('household as h')
    .innerJoin('community as c', 'c.id', 'h.community_id')
    .select(['c.id as communityId', 'c.time_zone as timeZone'])
    .where('h.id', '=', id)
    .where('h.removed_at', 'is', null)
    .where('h.is_canary', '=', false)
    .forUpdate('h')
    .executeTakeFirst();

/** @returns whether that changed anything */
async function setEntry(tx: Tx, householdId: string, consented: boolean): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('household')
    .set({ entry_consent: consented })
    .where('id', '=', householdId)
    .where('entry_consent', '<>', consented)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
