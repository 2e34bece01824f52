import { type RawBuilder, sql } from 'kysely';
import type { AuditLine, AuditPage } from '#contracts/http/audit.ts';
import { type AuditKind, auditKindOf } from '#pact/audit-kind.ts';
import type { Db } from '../database.ts';
import { iso } from '../today/iso.ts';

export type AuditFilter = {
  /** The only communities; unset for all. */
  communityIds?: readonly string[] | undefined;
  /** Beside them what is of none, such as who was let in to see everything. */
  withNone: boolean;
  kind?: AuditKind | undefined;
  householdId?: string | undefined;
  actorId?: string | undefined;
  /** From this moment on, and before that one. */
  from?: Date | undefined;
  before?: Date | undefined;
};

type Row = Omit<AuditLine, 'at'> & { at: Date };

/** The audit log from the newest entry to the oldest, with the names that people have now. */
export async function readAudit(
  db: Db,
  filter: AuditFilter,
  page: { limit: number; before?: number | undefined },
): Promise<AuditPage> {
  const { communityIds, withNone, kind, householdId, actorId, from, before } = filter;
  const where: RawBuilder<unknown>[] = [sql`true`];
  if (communityIds) {
    where.push(
      sql`(e.community_id = any (${[...communityIds]}::uuid[]) or ${withNone} and e.community_id is null)`,
    );
  }
  if (kind) where.push(sql`e.action = any (${await actionsOf(db, kind)}::text[])`);
  if (householdId) where.push(sql`e.household_id = ${householdId}`);
  if (actorId) where.push(sql`e.actor_id = ${actorId}`);
  if (from) where.push(sql`e.at >= ${from}`);
  if (before) where.push(sql`e.at < ${before}`);
  if (page.before) where.push(sql`e.id < ${page.before}`);
  const { rows } = await sql<Row>`
    with page as (
      select e.* from audit_entry e where ${sql.join(where, sql` and `)} order by e.id desc limit ${page.limit + 1}
    )
    select e.id::int as id, e.at, e.actor_kind as "actorKind", e.actor_id as "actorId", e.action, e.subject_kind as "subjectKind",
      case
        when e.actor_kind = 'account' then (select name from account where id::text = e.actor_id)
        when e.actor_kind = 'token' then (select name from api_token where id::text = e.actor_id)
        else (select name from person where id::text = e.actor_id)
      end as actor,
      case e.subject_kind
        when 'resident' then (select name from resident where id::text = e.subject_id)
        when 'person' then (select name from person where id::text = e.subject_id)
        when 'absence' then (select p.name from absence b join person p on p.id = b.person_id where b.id::text = e.subject_id)
        when 'account' then (select name from account where id::text = e.subject_id)
        when 'token' then (select name from api_token where id::text = e.subject_id)
        when 'community' then (select name from community where id::text = e.subject_id)
        when 'grid' then (select name from grid where id::text = e.subject_id)
        when 'codec' then (select name from codec where id::text = e.subject_id)
        when 'ladder' then (select name from ladder where id::text = e.subject_id)
        when 'robot' then (select name from robot where id::text = e.subject_id)
        when 'source' then (select name from source where id::text = e.subject_id)
        when 'device' then (select address from device where id::text = e.subject_id)
        when 'sensor' then e.subject_id
      end as subject,
      h.id as "householdId", h.code, h.salutation
    from page e left join household h on h.id = e.household_id and not h.is_canary
    order by e.id desc`.execute(db);
  const shown = rows.slice(0, page.limit);
  return {
    items: shown.map((row) => ({ ...row, at: iso(row.at) })),
    next: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** The actions of a kind that the log has; there are some dozen in all, found by hopping from one to the next. */
async function actionsOf(db: Db, kind: AuditKind): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    with recursive hop as (
      (select action from audit_entry order by action limit 1)
      union all
      select (select e.action from audit_entry e where e.action > hop.action order by e.action limit 1)
      from hop where hop.action is not null
    )
    select action from hop where action is not null`.execute(db);
  return rows.map(({ action }) => action).filter((action) => auditKindOf(action) === kind);
}
