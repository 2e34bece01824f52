import pg from 'pg';

/**
 * Empties these tables and takes off what watches over their rows, references and triggers, so that they can be filled in
 * any order and nothing reacts. An owner may do this; switching triggers off for a session takes a superuser.
 */
export async function withoutGuards(
  client: pg.Client,
  tables: readonly string[],
): Promise<{ putBack(): Promise<void> }> {
  const quoted = tables.map((name) => pg.escapeIdentifier(name));
  if (quoted.length > 0) await client.query(`truncate ${quoted}`);
  const { rows: references } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0
    order by 1, 2`);
  for (const { table, name } of references) {
    await client.query(`alter table ${table} drop constraint ${name}`);
  }
  for (const table of quoted) await client.query(`alter table ${table} disable trigger user`);
  return {
    async putBack() {
      for (const { table, name, definition } of references) {
        await client.query(`alter table ${table} add constraint ${name} ${definition}`);
      }
      for (const table of quoted) await client.query(`alter table ${table} enable trigger user`);
    },
  };
}
