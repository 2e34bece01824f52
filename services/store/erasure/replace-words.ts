import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../database.ts';
import { BLANK, patternOf, placesOf, type Words } from './words.ts';

type Column = { table: string; column: string; json?: true; where: RawBuilder<unknown> };

/**
 * Takes names, numbers and places out of what others have written and were sent in a community. What still waits to be
 * sent stays as it is: it is of somebody who is in the register. Places are looked for only in messages up to
 * `placesUpto`: later somebody else may live there and be called so.
 */
export async function replaceWords(
  tx: Tx,
  communityId: string,
  words: Words,
  placesUpto: Date,
): Promise<void> {
  const inCommunity = sql`select h.id from household h where h.community_id = ${communityId}`;
  const ofHome = sql`t.household_id in (${inCommunity})`;
  const ofAlert = sql`t.alert_id in (select a.id from alert a where a.community_id = ${communityId})`;
  const settled = sql`(t.community_id = ${communityId} or t.community_id is null) and t.state not in ('planned', 'sending')`;
  const inOutbox = (message: RawBuilder<unknown>) =>
    sql`t.message_id in (select m.id from message m where (m.community_id = ${communityId} or m.community_id is null) and ${message})`;
  const pattern = patternOf(words);
  if (pattern) {
    const columns: Column[] = [
      { table: 'message', column: 'text', where: settled },
      { table: 'message', column: 'content', json: true, where: settled },
      { table: 'message', column: 'envelope', json: true, where: settled },
      { table: 'outbox', column: 'text', where: inOutbox(sql`true`) },
      { table: 'household', column: 'note', where: sql`t.community_id = ${communityId}` },
      { table: 'household', column: 'key_note', where: sql`t.community_id = ${communityId}` },
      { table: 'resident', column: 'note', where: ofHome },
      { table: 'home_note', column: 'note', where: ofHome },
      { table: 'leave', column: 'reason', where: ofHome },
      { table: 'visit', column: 'note', where: ofHome },
      { table: 'care_contact', column: 'note', where: ofHome },
      { table: 'care_task', column: 'note', where: ofHome },
      { table: 'care_task', column: 'service', where: ofHome },
      { table: 'ticket', column: 'note', where: ofHome },
      { table: 'ticket', column: 'done', where: ofHome },
      { table: 'alert_entry', column: 'detail', json: true, where: ofAlert },
      { table: 'door_action', column: 'answer', where: ofAlert },
      { table: 'register_change', column: 'before', json: true, where: ofHome },
      { table: 'register_change', column: 'after', json: true, where: ofHome },
    ];
    for (const column of columns) await replaceIn(tx, column, pattern);
  }
  const places = placesOf(words);
  if (places) {
    const before = sql`${settled} and t.created_at <= ${placesUpto}`;
    for (const column of [
      { table: 'message', column: 'text', where: before },
      { table: 'message', column: 'content', json: true, where: before },
      { table: 'message', column: 'envelope', json: true, where: before },
      { table: 'outbox', column: 'text', where: inOutbox(sql`m.created_at <= ${placesUpto}`) },
    ] as const) {
      await replaceIn(tx, column, places);
    }
  }
}

async function replaceIn(tx: Tx, { table, column, json, where }: Column, pattern: string): Promise<void> {
  const field = sql.ref(`t.${column}`);
  const said = sql`regexp_replace(${field}::text, ${pattern}, ${BLANK}, 'g')`;
  // A number that stood there as a number leaves no JSON behind; then nothing of it is kept.
  const value = json ? sql`case when ${said} is json then ${said}::jsonb else '{}'::jsonb end` : said;
  await sql`
    update ${sql.table(table)} t set ${sql.ref(column)} = ${value}
    where ${where} and ${field}::text ~ ${pattern}`.execute(tx);
}
