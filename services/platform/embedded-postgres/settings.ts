import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { isMissing } from './error-code.ts';

/** Read by the cluster's postgresql.conf and written before every start: edits belong into `settings`. */
export const SETTINGS_FILE = 'curtain-pact.conf';

/** Durable, and small: it shares one little box with everything else. */
const OURS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // A path longer than 107 bytes is no socket, and TCP is there anyway.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'replica',
  max_wal_senders: '3',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  checkpoint_timeout: '5min',
  max_connections: '120',
  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  effective_cache_size: '256MB',
  jit: 'off',
  // The default keeps three idle worker processes for reads that one box answers from its cache.
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '1',
  autovacuum: 'on',
  autovacuum_max_workers: '2',
  autovacuum_vacuum_scale_factor: '0.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // Statements and the details of a violated key carry names and telephone numbers.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

export const settingsText = (settings: Record<string, string> = {}): string =>
  Object.entries({ ...OURS, ...settings })
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''").replaceAll('\n', ' ')}'\n`)
    .join('');

/** The settings that the cluster was last started with. */
export const readSettings = async (cluster: Cluster): Promise<string> => {
  try {
    return await readFile(join(cluster.directory, SETTINGS_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
};

export const writeSettings = async (cluster: Cluster): Promise<void> => {
  const file = join(cluster.directory, SETTINGS_FILE);
  await writeFile(file, cluster.settings, { mode: 0o600 });
  if (cluster.runAs) await chown(file, cluster.runAs.uid, cluster.runAs.gid);
};
