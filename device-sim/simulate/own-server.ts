import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { migrateToLatest } from '#store/migrate.ts';

export type OwnServer = {
  /** Connection strings of as many migrated, empty databases. */
  databaseUrls: string[];
  stop(): Promise<void>;
};

/** A PostgreSQL of the simulation's own that forgets on a power cut, with databases made from one template. */
export async function startOwnServer(databases: number): Promise<OwnServer> {
  const root = await mkdtemp(join(tmpdir(), 'curtain-pact-simulation-'));
  // Where root runs it, PostgreSQL runs as another user, has to pass, and puts its socket here.
  await chmod(root, 0o1777);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(root, 'data'),
    sharedDir: join(root, 'shared'),
    log: (level, event, fields) => {
      if (level === 'warn') console.error(event, fields);
    },
    settings: {
      ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '1GB' },
      // Vacuumed between mornings, when tables are empty.
      autovacuum: 'off',
      // Most of a statement's time is its way there and back, and a socket's is a fifth of TCP's.
      unix_socket_directories: root,
      ...{
        wal_level: 'minimal',
        max_wal_senders: '0',
        checkpoint_timeout: '1h',
        update_process_title: 'off',
      },
    },
  });
  const urlOf = (database: string) => {
    const url = new URL(postgres.connectionString);
    url.pathname = `/${database}`;
    url.hostname = encodeURIComponent(root);
    return url.href;
  };
  const admin = new pg.Client({ connectionString: postgres.connectionString });
  await admin.connect();
  await admin.query('create database simulation');
  await migrateToLatest(urlOf('simulation'));
  const databaseUrls: string[] = [];
  for (let index = 0; index < databases; index += 1) {
    await admin.query(`create database simulation_${index} template simulation`);
    databaseUrls.push(urlOf(`simulation_${index}`));
  }
  await admin.end();
  return {
    databaseUrls,
    async stop() {
      await postgres.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
