export type Log = (level: 'info' | 'warn', event: string, fields?: Record<string, unknown>) => void;

export type EmbeddedPostgresOptions = {
  /** The folder of all our state; the cluster goes to `postgres` below it. Made if missing. */
  dataDir: string;
  log: Log;
  /** PostgreSQL settings over ours, by name (`max_connections`, `shared_buffers`, …). */
  settings?: Record<string, string>;
  /** Where root puts what PostgreSQL's own user must reach and cannot reach here. Default `/var/lib/curtain-pact`. */
  sharedDir?: string;
  /** Breaks the start off; a server that it has started by then is stopped again. */
  signal?: AbortSignal;
  /** Called once if another process took the data folder while PostgreSQL was restarting. Stop then. */
  onLost?: (error: Error) => void;
};

export type EmbeddedPostgres = {
  connectionString: string;
  /** The real place of the cluster, symlinks followed. */
  dataDirectory: string;
  /** Stops PostgreSQL (fast, after 4 s immediate; both keep every commit). Safe to call twice. */
  stop(): Promise<void>;
};
