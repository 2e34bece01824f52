import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { RobotDraft, RobotPatch, RobotView } from '#contracts/http/register/robot.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';
import { iso } from '../today/iso.ts';
import { lockRegister } from './community.ts';
import { given } from './records.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

/** Without its address and secret: they are written and never read out again. */
const selectRobots = (db: Db | Tx) =>
  db
    .selectFrom('robot')
    .select(['id', 'community_id as communityId', 'name', 'format', 'created_at as createdAt'])
    .select(({ eb }) => eb('secret', 'is not', null).as('isSigned'))
    .where('removed_at', 'is', null);

type Row = Awaited<ReturnType<ReturnType<typeof selectRobots>['executeTakeFirstOrThrow']>>;
const viewOf = ({ isSigned, ...row }: Row): RobotView => ({
  ...row,
  isSigned: Boolean(isSigned),
  createdAt: iso(row.createdAt),
});

export async function findRobot(db: Db, id: string): Promise<RobotView | undefined> {
  const row = await selectRobots(db).where('id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

export async function listRobots(
  db: Db,
  page: { communityId?: string | undefined; limit: number; offset: number },
): Promise<{ items: RobotView[]; total: number }> {
  let query = selectRobots(db);
  if (page.communityId) query = query.where('community_id', '=', page.communityId);
  const total = await countOf(query);
  const rows = await query.orderBy('name').orderBy('id').limit(page.limit).offset(page.offset).execute();
  return { items: rows.map(viewOf), total };
}

export async function createRobot(
  db: Db,
  draft: RobotDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  const { communityId, name, format, url, secret = null } = draft;
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const community = await tx
      .selectFrom('community')
      .select('id')
      .where('id', '=', communityId)
      .executeTakeFirst();
    if (!community) return refuse('not_found');
    if (format === 'json' && !secret) return refuse('robot_unsigned');
    if (await isNameTaken(tx, communityId, name)) return refuse('name_taken');
    const id = randomUUID();
    await tx
      .insertInto('robot')
      .values({ id, community_id: communityId, name, format, url, secret, created_at: toDate(now) })
      .execute();
    await audit(tx, by, 'robot.create', id, now);
    return saved({ id });
  });
}

export async function changeRobot(
  db: Db,
  id: string,
  patch: RobotPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<RobotView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectRobots(tx).where('id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    const { name, url, secret } = patch;
    if (old.format === 'json' && secret === null) return refuse('robot_unsigned');
    if (name && (await isNameTaken(tx, old.communityId, name, id))) return refuse('name_taken');
    await tx.updateTable('robot').set(given({ name, url, secret })).where('id', '=', id).execute();
    await audit(tx, by, 'robot.change', id, now);
    return saved(viewOf(await selectRobots(tx).where('id', '=', id).executeTakeFirstOrThrow()));
  });
}

/** Only once nobody is reached through it; its address and secret are forgotten. */
export async function removeRobot(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectRobots(tx).where('id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    const user = await tx
      .selectFrom('person')
      .select('id')
      .where('robot_id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (user) return refuse('robot_in_use');
    await tx
      .updateTable('robot')
      .set({ removed_at: toDate(now), url: '', secret: null })
      .where('id', '=', id)
      .execute();
    await audit(tx, by, 'robot.remove', id, now);
    return saved(undefined);
  });
}

/** A message of its own kind, which goes the way that every message goes and stands with them on the board. */
export async function testRobot(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const robot = await tx
      .selectFrom('robot as r')
      .innerJoin('community as c', 'c.id', 'r.community_id')
      .select(['r.name', 'r.community_id as communityId', 'c.language'])
      .where('r.id', '=', id)
      .where('r.removed_at', 'is', null)
      .executeTakeFirst();
    if (!robot) return refuse('not_found');
    const { communityId, name, language } = robot;
    const notice = { kind: 'robot_test' as const, name };
    await planMessages(
      tx,
      [
        {
          ...{ communityId, language, kind: 'notice', channel: 'robot', phone: '', robotId: id },
          ...{ urgency: URGENCY.notice, content: { kind: 'notice', notice } },
        },
      ],
      now,
    );
    await audit(tx, by, 'robot.test', id, now);
    return saved(undefined);
  });
}

/** Whether people of this community may be reached through it. */
export async function isRobotOf(tx: Tx, id: string, communityId: string): Promise<boolean> {
  const robot = await selectRobots(tx)
    .where('id', '=', id)
    .where('community_id', '=', communityId)
    .executeTakeFirst();
  return robot !== undefined;
}

/** How to speak to it; for the gateway alone. */
export const findRobotAddress = (db: Db, id: string) =>
  db
    .selectFrom('robot')
    .select(['format', 'url', 'secret'])
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();

export type RobotAddress = NonNullable<Awaited<ReturnType<typeof findRobotAddress>>>;

async function isNameTaken(tx: Tx, communityId: string, name: string, except?: string): Promise<boolean> {
  const other = await selectRobots(tx)
    .where('community_id', '=', communityId)
    .where('name', '=', name)
    .executeTakeFirst();
  return other !== undefined && other.id !== except;
}

const audit = (tx: Tx, by: Author, action: string, id: string, now: Temporal.Instant) =>
  recordAudit(tx, { actor: by, action, subjectKind: 'robot', subjectId: id }, now);
