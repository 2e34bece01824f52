import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

/**
 * The version before, from the project's own history: its processes still run while those of this one come up. The commit
 * moves on when a version is released; its migrations are known from there on.
 */
export const RELEASED = 'cf22c9eb6fbd97a4ee8c6e4435895b3bb0c9f564';

export type ReleasedVersion = {
  /** What `startChildService` starts in place of this version's process. */
  script: string;
  /** Brings a database to that version's schema and enrols 45 homes by that version's own code; credentials by code. */
  enrol(connectionString: string, secret: string, withSensor: number, at: string): Promise<Credentials>;
  remove(): Promise<void>;
};
export type Credentials = Record<string, { sensorId: string; secret: string }>;

/** Whether the history is there: a copy without `.git`, or a shallow clone, has none. */
export async function hasReleasedVersion(): Promise<boolean> {
  try {
    await run('git', ['cat-file', '-e', `${RELEASED}^{commit}`], { cwd: ROOT });
    return true;
  } catch {
    return false;
  }
}

/** Unpacks it into a folder of its own, beside the packages that are installed here. */
export async function unpackReleasedVersion(): Promise<ReleasedVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-released-'));
  const archive = join(folder, 'archive.tar');
  await run('git', ['archive', '--output', archive, RELEASED], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const enrolment = join(folder, 'device-sim/enrol-town.ts');
  await writeFile(enrolment, ENROL);
  return {
    script: join(folder, 'device-sim/service-process.ts'),
    async enrol(...args) {
      const { stdout } = await run(process.execPath, [enrolment, ...args.map(String)]);
      return JSON.parse(stdout) as Credentials;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs inside the released version, so that the register is written by its code and into its schema. */
const ENROL = `
import { Temporal } from 'temporal-polyfill';
import { loadServerKey } from '#platform/server-key.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { enrolNeighbourhood } from './enrol.ts';
import { inventNeighbourhood } from './neighbourhood.ts';
import { createSeededRandom } from './seeded-random.ts';

const [connectionString, secret, withSensor, at] = process.argv.slice(2);
await migrateToLatest(connectionString);
const db = createDatabase(createPool({ connectionString, size: 1, name: 'enrol', onError: () => undefined }));
const neighbourhood = inventNeighbourhood(createSeededRandom(1));
const credentials = await enrolNeighbourhood(db, neighbourhood, {
  key: await loadServerKey('', secret),
  timeZone: 'Asia/Shanghai',
  language: 'zh-CN',
  withSensor: new Set(neighbourhood.homes.slice(0, Number(withSensor)).map((home) => home.code)),
  onLeave: new Set(),
  now: Temporal.Instant.from(at),
});
await db.destroy();
console.log(JSON.stringify(Object.fromEntries(credentials)));
`;
