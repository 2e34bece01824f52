import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { LadderDraft, LadderPatch, LadderView } from '#contracts/http/register/pact.ts';
import { DEFAULT_LADDER_NAME, type LadderStep, ladderProblems } from '#pact/ladder.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db, Tx } from '../database.ts';
import { lockRegister } from './community.ts';
import { given } from './records.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

const selectLadders = (db: Db | Tx) =>
  db
    .selectFrom('ladder')
    .select(['id', 'community_id as communityId', 'name', 'steps', 'repeat_minutes as repeatMinutes'])
    .select('acknowledgement_minutes as acknowledgementMinutes')
    .orderBy('name');

/** The row's steps were checked when they were written. */
const viewOf = <T extends { steps: object[] }>(row: T) => ({
  ...row,
  steps: row.steps as LadderView['steps'],
});

export async function findLadders(db: Db, communityId?: string): Promise<LadderView[]> {
  const query = communityId ? selectLadders(db).where('community_id', '=', communityId) : selectLadders(db);
  return (await query.execute()).map(viewOf);
}

export async function findLadder(db: Db, id: string): Promise<LadderView | undefined> {
  const row = await selectLadders(db).where('id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

export async function createLadder(
  db: Db,
  draft: LadderDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const community = await tx
      .selectFrom('community')
      .select('id')
      .where('id', '=', draft.communityId)
      .executeTakeFirst();
    if (!community) return refuse('not_found');
    const problem = await refusalOf(tx, draft);
    if (problem) return problem;
    const id = randomUUID();
    await tx
      .insertInto('ladder')
      .values({ id, community_id: draft.communityId, ...columnsOf(draft) })
      .execute();
    await recordAudit(tx, { actor: by, action: 'ladder.create', subjectKind: 'ladder', subjectId: id }, now);
    return saved({ id });
  });
}

/** Alerts that are open keep the ladder that they began with; the next ones climb the new one. */
export async function changeLadder(
  db: Db,
  id: string,
  patch: LadderPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<LadderView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const row = await selectLadders(tx).where('id', '=', id).executeTakeFirst();
    if (!row) return refuse('not_found');
    const { name, steps, repeatMinutes, acknowledgementMinutes } = patch;
    const ladder = { ...viewOf(row), ...given({ name, steps, repeatMinutes, acknowledgementMinutes }) };
    if (row.name === DEFAULT_LADDER_NAME && ladder.name !== row.name) return refuse('usual_ladder');
    const problem = await refusalOf(tx, ladder, id);
    if (problem) return problem;
    await tx.updateTable('ladder').set(columnsOf(ladder)).where('id', '=', id).execute();
    await recordAudit(tx, { actor: by, action: 'ladder.change', subjectKind: 'ladder', subjectId: id }, now);
    return saved(ladder);
  });
}

async function refusalOf(tx: Tx, ladder: LadderDraft, id?: string) {
  const problems = ladderProblems({ ...ladder, steps: ladder.steps as LadderStep[] });
  if (problems.length > 0) return refuse('ladder_invalid', problems);
  const other = await tx
    .selectFrom('ladder')
    .select('id')
    .where('community_id', '=', ladder.communityId)
    .where('name', '=', ladder.name)
    .executeTakeFirst();
  return other && other.id !== id ? refuse('name_taken') : undefined;
}

const columnsOf = (ladder: Omit<LadderDraft, 'communityId'>) => ({
  name: ladder.name,
  steps: JSON.stringify(ladder.steps),
  repeat_minutes: ladder.repeatMinutes,
  acknowledgement_minutes: ladder.acknowledgementMinutes,
});
