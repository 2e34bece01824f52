import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Language } from '#pact/text/language.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db } from '../database.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';
import type { Author } from '../register/refusal.ts';
import { createStewardLink } from './steward-link.ts';

/** 96 random bits: the code on a door says nothing of the home and is not guessed. */
const createDecal = () => randomBytes(12).toString('base64url');

export type Decal = { householdId: string; code: string; decal: string };

/** The decals of homes of a community, all or those named, in the order of their numbers; homes without one get it. */
export async function readDecals(
  db: Db,
  communityId: string,
  householdIds: readonly string[] | 'all',
): Promise<Decal[]> {
  const which = householdIds === 'all' ? sql`true` : sql`id = any (${householdIds}::uuid[])`;
  return db.transaction().execute(async (tx) => {
    const { rows: without } = await sql<{ id: string }>`
      select id from household where community_id = ${communityId} and removed_at is null and not is_canary
        and decal is null and ${which} order by id for update`.execute(tx);
    await sql`
      update household h set decal = u.decal
      from unnest(${without.map(({ id }) => id)}::uuid[], ${without.map(createDecal)}::text[]) as u(id, decal)
      where h.id = u.id`.execute(tx);
    const { rows } = await sql<Decal>`
      select id as "householdId", code, decal from household
      where community_id = ${communityId} and removed_at is null and not is_canary and ${which}
      order by length(code), code`.execute(tx);
    return rows;
  });
}

/** Gives a home a new decal; the one on the door opens nothing any more. */
export async function renewDecal(
  db: Db,
  householdId: string,
  by: Author,
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('household').set({ decal: createDecal() }).where('id', '=', householdId).execute();
    await recordAudit(
      tx,
      { actor: by, action: 'decal.renew', subjectKind: 'household', subjectId: householdId },
      now,
    );
  });
}

export type DecalHome = {
  householdId: string;
  communityId: string;
  community: string;
  officePhone: string | null;
  emergencyNumber: string;
};

/** The home whose door carries the decal. */
export async function findDecalHome(db: Db, decal: string): Promise<DecalHome | undefined> {
  const { rows } = await sql<DecalHome>`
    select h.id as "householdId", c.id as "communityId", c.name as community, c.office_phone as "officePhone",
      c.emergency_number as "emergencyNumber"
    from household h join community c on c.id = h.community_id
    where h.decal = ${decal} and h.removed_at is null`.execute(db);
  return rows[0];
}

/** The alerts of a home that are still open. */
export async function findOpenAlertsOf(db: Db, householdId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from alert where household_id = ${householdId} and status <> 'closed' order by opened_at desc`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** However often somebody asks, a phone gets one link in so long. */
const SEND_EVERY_MS = 120_000;

type Asker = {
  alertId: string;
  personId: string;
  phone: string;
  language: Language;
  code: string;
  salutation: string;
};

/** Sends a link to a phone of somebody who was paged for this home's open alert; to nobody else, and silently. */
export async function sendLinkTo(
  db: Db,
  home: DecalHome,
  phone: string,
  linkOf: (token: string) => string,
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<Asker>`
      select distinct on (m.person_id) a.id as "alertId", m.person_id as "personId", m.phone, c.language, h.code, h.salutation
      from alert a join household h on h.id = a.household_id join community c on c.id = a.community_id
      join message m on m.alert_id = a.id and m.kind = 'page' and m.direction = 'out' and m.phone = ${phone}
      join person p on p.id = m.person_id and p.removed_at is null
      where a.household_id = ${home.householdId} and a.status <> 'closed'
      order by m.person_id, a.opened_at desc`.execute(tx);
    for (const { alertId, personId, language, code, salutation } of rows) {
      const { token } = await createStewardLink(tx, { alertId, personId }, now);
      await planMessages(
        tx,
        [
          {
            ...{
              communityId: home.communityId,
              kind: 'notice',
              channel: 'sms',
              alertId,
              personId,
              phone,
              language,
            },
            content: { kind: 'notice', notice: { kind: 'door_link', code, salutation, link: linkOf(token) } },
            ...{
              urgency: URGENCY.first,
              subject: `door_link/${alertId}/${Math.floor(now.epochMilliseconds / SEND_EVERY_MS)}`,
            },
          },
        ],
        now,
      );
    }
  });
}
