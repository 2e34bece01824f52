import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import type { KnownRegister, RegisterDraft } from '#contracts/register-sheet/sheet.ts';
import type { SheetRecord } from '#contracts/register-sheet/write-sheet.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { findPactWithdrawn } from '../enrolment/opted-out.ts';
import { saveAssignments } from './assignment.ts';
import { lockRegister, saveCommunities, saveGrids } from './community.ts';
import { saveHouseholds } from './household.ts';
import { savePacts } from './pact.ts';
import { savePeople } from './person.ts';
import { readSheetRecords } from './read-sheet-records.ts';
import type { Author } from './refusal.ts';
import { saveResidents } from './resident.ts';
import { insertSensors, pairSensors } from './sensor.ts';

type Count = { created: number; changed: number };

export type ImportReport = {
  communities: Count;
  households: Count;
  residents: Count;
  people: Count;
  pacts: Count;
  /** From which days the new pacts count, and how many from each. */
  pactsFrom: { fromOn: string; homes: number }[];
  sensors: Count;
  /** Homes whose stewards, neighbours or family changed. */
  rosters: number;
  /** What the new sensors sign in with: shown this once. */
  credentials: (SensorCredentials & { code: string })[];
  /** By which it can be taken back; none where nothing was done. */
  importId: string | null;
};

/** What the register holds of the communities that a sheet may speak of, for checking it. */
export async function readKnownRegister(db: Db): Promise<KnownRegister> {
  const communities = await db.selectFrom('community').select(['name', 'time_zone as timeZone']).execute();
  const people = await db
    .selectFrom('person as p')
    .innerJoin('community as c', 'c.id', 'p.community_id')
    .select(['c.name as community', 'p.kind', 'p.name', 'p.phone'])
    .where('p.removed_at', 'is', null)
    .execute();
  const pacts = await db
    .selectFrom('pact as p')
    .innerJoin('household as h', 'h.id', 'p.household_id')
    .innerJoin('community as c', 'c.id', 'h.community_id')
    .select(['c.name as community', 'h.code', 'p.deadline', 'p.earliest', 'p.deadlines'])
    .where('h.removed_at', 'is', null)
    .execute();
  const sensors = await db
    .selectFrom('sensor as s')
    .leftJoin('household as h', 'h.id', 's.household_id')
    .leftJoin('community as c', 'c.id', 'h.community_id')
    .select(['s.id', 'c.name as community', 'h.code', 's.retired_at'])
    .execute();
  return {
    communities,
    people,
    pacts,
    sensors: sensors.map(({ retired_at, ...sensor }) => ({ ...sensor, retired: retired_at !== null })),
  };
}

export type ImportOptions = {
  /** The server's key, for the secrets of new sensors. */
  key: Buffer;
  /** The zone of communities that the sheet names without one. */
  timeZone: string;
  /** The first day of new pacts that the sheet gives none; see `readNewPact` for what holds without it. */
  fromOn?: string | undefined;
  by: Author;
};

/** What one home's row says before an import and after it. */
export type RowChange = { before: SheetRecord | undefined; after: SheetRecord };

export type ImportPlan = {
  report: ImportReport;
  changes: RowChange[];
  /** Homes of the sheet's communities that it does not name. */
  unnamed: string[];
  /** Of what changes: the same register and the same sheet have the same one. */
  stamp: string;
  applied: boolean;
};

/**
 * Does an import to see what it does, and keeps it only where that is what somebody has seen and agreed to.
 * @param agreed the stamp of that; without it everything is rolled back
 */
export async function planImport(
  db: Db,
  draft: RegisterDraft,
  options: ImportOptions,
  now: Temporal.Instant,
  agreed: string | undefined,
): Promise<ImportPlan> {
  const trx = await db.startTransaction().execute();
  try {
    await lockRegister(trx);
    const names = draft.communities.map(({ name }) => name);
    const before = await readRecordsOf(trx, names);
    const report = draft.households.length === 0 ? NOTHING : await importAll(trx, draft, options, now);
    const after = await readRecordsOf(trx, names);
    const changes = [...after].flatMap(([key, record]): RowChange[] => {
      const old = before.get(key);
      return old && isDeepStrictEqual(old.values, record.values) ? [] : [{ before: old, after: record }];
    });
    const stamp = createHash('sha256').update(JSON.stringify(changes)).digest('hex');
    const applied = agreed === stamp;
    await (applied ? trx.commit() : trx.rollback()).execute();
    const named = new Set(draft.households.map(({ community, code }) => `${community}\n${code}`));
    const unnamed = [...before].flatMap(([key, { code }]) => (named.has(key) ? [] : [code]));
    return { report: applied ? report : { ...report, ...UNDONE }, changes, unnamed, stamp, applied };
  } catch (error) {
    await trx.rollback().execute();
    throw error;
  }
}

async function readRecordsOf(tx: Tx, names: readonly string[]): Promise<Map<string, SheetRecord>> {
  const communities = await tx
    .selectFrom('community')
    .select('id')
    .where('name', 'in', [...names, ''])
    .execute();
  const records = await readSheetRecords(
    tx,
    communities.map(({ id }) => id),
  );
  return new Map(records.map((record) => [`${record.community}\n${record.code}`, record]));
}

/**
 * Takes a checked sheet into the register: makes what is missing, changes what differs, in one transaction and
 * a statement per table. Nothing is removed, and the same sheet again changes nothing.
 * @param dryRun true rolls everything back after counting
 */
export async function importRegister(
  db: Db,
  draft: RegisterDraft,
  options: ImportOptions,
  now: Temporal.Instant,
  dryRun = false,
): Promise<ImportReport> {
  if (draft.households.length === 0) return NOTHING;
  const trx = await db.startTransaction().execute();
  try {
    const report = await importAll(trx, draft, options, now);
    await (dryRun ? trx.rollback() : trx.commit()).execute();
    return dryRun ? { ...report, ...UNDONE } : report;
  } catch (error) {
    await trx.rollback().execute();
    throw error;
  }
}

/**
 * So many new homes change how the register is best read. PostgreSQL would find out by itself within minutes; until then it
 * reads as if there were none, and what takes tenths of a second takes seconds, or minutes where it knows one table only.
 */
const MANY_HOMES = 100;
const ANALYZED = 'household, resident, person, assignment, pact, sensor, sensor_state, grid, register_change';

/** What is not told of an import that was rolled back. */
const UNDONE = { credentials: [], importId: null };
const NONE: Count = { created: 0, changed: 0 };
const NOTHING: ImportReport = {
  communities: NONE,
  households: NONE,
  residents: NONE,
  people: NONE,
  pacts: NONE,
  pactsFrom: [],
  sensors: NONE,
  rosters: 0,
  credentials: [],
  importId: null,
};

async function importAll(
  tx: Tx,
  draft: RegisterDraft,
  options: ImportOptions,
  now: Temporal.Instant,
): Promise<ImportReport> {
  await lockRegister(tx);
  const { communities, ...communityCount } = await saveCommunities(
    tx,
    draft.communities.map((community) => ({ timeZone: options.timeZone, ...community })),
  );
  const byName = new Map(communities.map((community) => [community.name, community]));
  const communityOf = (name: string) => {
    const community = byName.get(name);
    if (!community) throw new Error('a community that was just saved is missing');
    return community;
  };
  const rows = draft.households.map((row) => {
    const { id, timeZone } = communityOf(row.community);
    return { ...row, communityId: id, timeZone };
  });
  const gridOf = await saveGrids(tx, rows);
  const { idOf: personOf, ...peopleCount } = await savePeople(
    tx,
    draft.people.map((person) => ({ ...person, communityId: communityOf(person.community).id })),
    now,
  );
  const households = await saveHouseholds(
    tx,
    rows.map((row) => ({ ...row, gridId: gridOf(row.communityId, row.grid) })),
    now,
  );
  const homes = rows.map((row) => ({ ...row, householdId: households.idOf(row.communityId, row.code) }));
  const residents = await saveResidents(
    tx,
    homes.flatMap(({ householdId, residents: people }) =>
      people.map((person) => ({ householdId, ...person })),
    ),
    now,
  );
  const rosters = await saveRosters(tx, homes, personOf);
  const withdrawn = await findPactWithdrawn(tx, [...households.revived]);
  const { from: pactsFrom, ...pacts } = await savePacts(
    tx,
    homes.map(({ householdId, communityId, timeZone, pact }) => ({
      householdId,
      communityId,
      timeZone,
      terms: { fromOn: options.fromOn, ...pact },
      anew: households.revived.has(householdId) && !withdrawn.has(householdId),
    })),
    now,
  );
  const { credentials, ...sensors } = await saveSensors(tx, homes, options.key, now);
  if (households.created >= MANY_HOMES) await sql`analyze ${sql.raw(ANALYZED)}`.execute(tx);
  const touched =
    [communityCount, peopleCount, households, residents, pacts, sensors].some(
      (count) => count.created + count.changed > 0,
    ) || rosters.length > 0;
  const importId = touched ? await readTransaction(tx) : null;
  if (importId) {
    await announceAll(tx, homes);
    const entry = { action: 'register.import', subjectKind: 'register', subjectId: importId };
    await recordAudit(tx, { actor: options.by, ...entry }, now);
  }
  return {
    communities: communityCount,
    households: { created: households.created, changed: households.changed },
    residents,
    people: peopleCount,
    pacts,
    pactsFrom,
    sensors,
    rosters: rosters.length,
    credentials,
    importId,
  };
}

/** An import is known by its transaction: the register's history has it at every change. */
async function readTransaction(tx: Tx): Promise<string> {
  const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a transaction has a number');
  return row.id;
}

type Home = RegisterDraft['households'][number] & { householdId: string; communityId: string };

function saveRosters(
  tx: Tx,
  homes: readonly Home[],
  personOf: (communityId: string, kind: string, phone: string) => string,
): Promise<string[]> {
  const assignments = homes.flatMap(({ householdId, communityId, assignments: people }) => {
    const byRole = Map.groupBy(people, ({ role }) => role);
    return [...byRole].flatMap(([role, named]) =>
      named.map(({ kind, phone }, position) => {
        return { householdId, role, personId: personOf(communityId, kind, phone), position };
      }),
    );
  });
  return saveAssignments(
    tx,
    assignments.filter(({ position }) => position === 0),
    assignments,
  );
}

/** New sensors get a secret; spare ones that the sheet names are paired. Sensors of other homes were refused. */
async function saveSensors(tx: Tx, homes: readonly Home[], key: Buffer, now: Temporal.Instant) {
  const named = homes.flatMap(({ householdId, code, sensors }) =>
    sensors.map((sensor) => ({ ...sensor, householdId, code })),
  );
  const ids = named.map(({ id }) => id);
  const { rows } = await sql<{ id: string; household_id: string | null; kind: string }>`
    select id, household_id, kind from sensor where id = any (${ids}::text[])`.execute(tx);
  const stored = new Map(rows.map((row) => [row.id, row]));
  const fresh = named.filter(({ id }) => !stored.has(id));
  const credentials = fresh.length > 0 ? await insertSensors(tx, key, fresh, now) : [];
  const spare = named.filter(({ id }) => stored.get(id)?.household_id === null);
  if (spare.length > 0) await pairSensors(tx, spare);
  const rekinded = named.filter(({ id, kind }) => kind && stored.has(id) && stored.get(id)?.kind !== kind);
  for (const { id, kind } of rekinded) {
    if (kind) await tx.updateTable('sensor').set({ kind }).where('id', '=', id).execute();
  }
  return {
    created: fresh.length,
    changed: new Set([...spare, ...rekinded].map(({ id }) => id)).size,
    credentials: credentials.map((sensor, index) => ({ ...sensor, code: fresh[index]?.code ?? '' })),
  };
}
