import { sql } from 'kysely';
import type { Db } from '../database.ts';

type Column = { table: string; name: string; type: string; required: boolean; filled: boolean };
type Rule = { table: string; name: string; kind: 'check' | 'unique' | 'reference'; columns: string[] };

/** What the statements of a version can run into. */
export type Schema = { columns: Column[]; rules: Rule[] };

export async function readSchema(db: Db): Promise<Schema> {
  const { rows: columns } = await sql<Column>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
      a.atthasdef or a.attidentity <> '' as filled
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
      and c.relname not like 'kysely%'`.execute(db);
  const { rows: rules } = await sql<Rule>`
    select c.relname as table, k.conname as name,
      case k.contype when 'c' then 'check' when 'f' then 'reference' else 'unique' end as kind,
      array(select attname::text from pg_attribute where attrelid = c.oid and attnum = any (k.conkey)) as columns
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and k.contype in ('c', 'f')
    union all
    select c.relname, i.relname, 'unique',
      array(select distinct a.attname::text from pg_depend d join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
        where d.objid = x.indexrelid and d.refobjid = c.oid)
    from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    where c.relnamespace = 'public'::regnamespace and x.indisunique`.execute(db);
  return { columns, rules };
}

/**
 * What of a step in the schema the version before would stumble over: it knows nothing of new columns, and goes on
 * reading and writing the old ones as before. A rule that is replaced under its own name counts as one that allows more:
 * that it does is for the reviewer.
 */
export function findContractions(before: Schema, after: Schema): string[] {
  const tables = new Set(before.columns.map(({ table }) => table));
  const key = ({ table, name }: { table: string; name: string }) => `${table}.${name}`;
  const old = new Map(before.columns.map((column) => [key(column), column]));
  const now = new Map(after.columns.map((column) => [key(column), column]));
  const oldRules = new Set(before.rules.map(key));
  const gone = before.columns
    .filter((column) => !now.has(key(column)))
    .map((column) => `drops ${key(column)}`);
  const changed = after.columns.flatMap((column) => {
    const was = old.get(key(column));
    if (!was) {
      const fails = tables.has(column.table) && column.required && !column.filled;
      return fails ? [`requires ${key(column)}, which nobody writes yet`] : [];
    }
    return [
      ...(was.type === column.type ? [] : [`turns ${key(column)} from ${was.type} into ${column.type}`]),
      ...(column.required && !was.required ? [`requires ${key(column)}`] : []),
      ...(was.filled && !column.filled ? [`no longer fills ${key(column)}`] : []),
    ];
  });
  const stricter = after.rules
    .filter((rule) => tables.has(rule.table) && !oldRules.has(key(rule)))
    .filter(({ table, columns }) => columns.every((name) => old.has(key({ table, name }))))
    .map((rule) => `adds a ${rule.kind} rule ${key(rule)} to what is written already`);
  return [...gone, ...changed, ...stricter].sort();
}
