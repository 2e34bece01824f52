import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { ConsentDraft, ConsentView } from '#contracts/http/register/enrolment.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { isDate } from '../register/is-date.ts';
import { endPact } from '../register/pact.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from '../register/refusal.ts';

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
    const standing = await tx
      .selectFrom('consent')
      .select('id')
      .where('household_id', '=', householdId)
      .where('purpose', '=', draft.purpose)
      .where('withdrawn_on', 'is', null)
      .executeTakeFirst();
    if (standing) return refuse('already_consented');
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
    await tx
      .updateTable('consent')
      .set({ withdrawn_on: on, withdrawn_at: toDate(now), withdrawn_by: signatureOf(by) })
      .where('id', '=', id)
      .execute();
    if (consent.purpose === 'entry') await setEntry(tx, consent.household_id, false);
    if (consent.purpose === 'pact') {
      await endPact(tx, consent.household_id, Temporal.PlainDate.from(on), now);
    }
    await announce(tx, { communityId: home.communityId, householdIds: [consent.household_id] });
    await recordAudit(
      tx,
      { actor: by, action: 'consent.withdraw', subjectKind: 'household', subjectId: consent.household_id },
      now,
    );
    return saved(undefined);
  });
}

/** A home's consents, the newest first. */
export async function listConsents(db: Db | Tx, householdId: string): Promise<ConsentView[]> {
  return db
    .selectFrom('consent')
    .select(['id', 'purpose', 'signed_on as signedOn', 'paper', 'withdrawn_on as withdrawnOn'])
    .where('household_id', '=', householdId)
    .orderBy('recorded_at', 'desc')
    .execute();
}

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

const setEntry = (tx: Tx, householdId: string, consented: boolean) =>
  tx.updateTable('household').set({ entry_consent: consented }).where('id', '=', householdId).execute();
