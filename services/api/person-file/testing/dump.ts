import pg from 'pg';

/** Every row of every table that is not PostgreSQL's own, the queue's included, as text. */
export async function dump(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
      order by 1`);
    const contents = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      contents.set(name, rows.map(({ row }) => row).join('\n'));
    }
    return contents;
  } finally {
    await client.end();
  }
}

/** Which of these words stand in which tables, as they are or as bytes. */
export function findWords(contents: ReadonlyMap<string, string>, words: readonly string[]): string[] {
  return [...contents].flatMap(([table, text]) =>
    words
      .filter((word) => text.includes(word) || text.includes(Buffer.from(word).toString('hex')))
      .map((word) => `${table}: ${word}`),
  );
}
