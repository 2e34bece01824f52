import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import type { PactDraft } from '#pact/pact.ts';
import type { Db } from '../database.ts';

/** A neighbourhood for tests, written row by row so that a test says only what it is about. */
export type Seed = {
  communityId: string;
  officeId: string;
  addHome(options?: HomeOptions): Promise<SeededHome>;
  /** An opening as the broker records it. */
  open(home: SeededHome, at: string, options?: { receivedAt?: string }): Promise<void>;
};

export type HomeOptions = {
  code?: string;
  pact?: Partial<PactDraft>;
  sensor?: boolean;
  silenceMinutes?: number;
  curtain?: 'open' | 'closed';
  lastSeenAt?: string;
};

export type SeededHome = {
  id: string;
  code: string;
  sensorId: string | undefined;
  primaryId: string;
  backupId: string;
  neighbourIds: string[];
};

/** After the deadline of the day before the tests' morning, so that this morning is the first that counts. */
const SIGNED = new Date('2026-11-23T10:00:00+08:00');
const LONG_AGO = new Date('2026-01-01T00:00:00Z');
let phones = 0;
const nextPhone = () => {
  phones += 1;
  return `+8613900${String(phones).padStart(6, '0')}`;
};

export async function seedCommunity(db: Db, options: { timeZone?: string } = {}): Promise<Seed> {
  const communityId = randomUUID();
  const gridId = randomUUID();
  const ladderId = randomUUID();
  const name = `东苑社区-${communityId.slice(0, 8)}`;
  await db
    .insertInto('community')
    .values({ id: communityId, name, time_zone: options.timeZone ?? 'Asia/Shanghai' })
    .execute();
  await db.insertInto('grid').values({ id: gridId, community_id: communityId, name: '一格' }).execute();
  const { steps, repeatMinutes, acknowledgementMinutes } = DEFAULT_LADDER;
  await db
    .insertInto('ladder')
    .values({
      id: ladderId,
      community_id: communityId,
      name: 'default',
      steps: JSON.stringify(steps),
      repeat_minutes: repeatMinutes,
      acknowledgement_minutes: acknowledgementMinutes,
    })
    .execute();

  const addPerson = async (kind: 'steward' | 'neighbour' | 'office') => {
    const id = randomUUID();
    await db
      .insertInto('person')
      .values({
        id,
        community_id: communityId,
        kind,
        name: `${kind}-${id.slice(0, 4)}`,
        phone: nextPhone(),
        created_at: LONG_AGO,
        updated_at: LONG_AGO,
      })
      .execute();
    return id;
  };
  const officeId = await addPerson('office');
  let homes = 0;

  const addHome = async (home: HomeOptions = {}): Promise<SeededHome> => {
    homes += 1;
    const id = randomUUID();
    const code = home.code ?? String(homes).padStart(2, '0');
    await db
      .insertInto('household')
      .values({
        id,
        community_id: communityId,
        grid_id: gridId,
        code,
        salutation: '王奶奶',
        building: '3栋',
        unit: '2单元',
        floor: 5,
        room: '501',
        created_at: LONG_AGO,
        updated_at: LONG_AGO,
      })
      .execute();
    const { weekdays, accepts, deadlines, signalCloses, fromOn, untilOn, ...times } = home.pact ?? {};
    await db
      .insertInto('pact')
      .values({
        id: randomUUID(),
        household_id: id,
        ladder_id: ladderId,
        ...times,
        deadlines: JSON.stringify(deadlines ?? {}),
        ...(weekdays ? { weekdays: [...weekdays] } : {}),
        ...(accepts ? { accepts: [...accepts] } : {}),
        signal_closes: signalCloses ?? true,
        from_on: fromOn ?? '2026-01-01',
        until_on: untilOn ?? null,
        updated_at: SIGNED,
      })
      .execute();
    const primaryId = await addPerson('steward');
    const backupId = await addPerson('steward');
    const neighbourIds = [await addPerson('neighbour'), await addPerson('neighbour')];
    await db
      .insertInto('assignment')
      .values([
        { household_id: id, person_id: primaryId, role: 'primary' as const },
        { household_id: id, person_id: backupId, role: 'backup' as const },
        ...neighbourIds.map((person_id) => ({ household_id: id, person_id, role: 'neighbour' as const })),
      ])
      .execute();
    const sensorId = home.sensor === false ? undefined : await addSensor(id, home);
    return { id, code, sensorId, primaryId, backupId, neighbourIds };
  };

  const addSensor = async (householdId: string, home: HomeOptions) => {
    const id = `s-${randomUUID().slice(0, 12)}`;
    const seen = home.lastSeenAt ? new Date(home.lastSeenAt) : null;
    await db
      .insertInto('sensor')
      .values({
        id,
        household_id: householdId,
        secret_hash: Buffer.alloc(32),
        silence_minutes: home.silenceMinutes ?? 90,
        enrolled_at: LONG_AGO,
      })
      .execute();
    await db
      .insertInto('sensor_state')
      .values({
        sensor_id: id,
        household_id: householdId,
        curtain: home.curtain ?? 'unknown',
        first_seen_at: seen,
        last_seen_at: seen,
      })
      .execute();
    return id;
  };

  return {
    communityId,
    officeId,
    addHome,
    async open(home, at, options = {}) {
      const instant = new Date(Temporal.Instant.from(at).epochMilliseconds);
      const receivedAt = options.receivedAt ? new Date(options.receivedAt) : instant;
      await db
        .insertInto('event')
        .values({
          sensor_id: home.sensorId ?? null,
          household_id: home.id,
          type: 'opened',
          at: instant,
          at_source: 'received',
          received_at: receivedAt,
          opening: true,
          judged: false,
        })
        .execute();
      if (home.sensorId) {
        await db
          .updateTable('sensor_state')
          .set({ curtain: 'open', last_seen_at: receivedAt, opened_at: instant })
          .where('sensor_id', '=', home.sensorId)
          .execute();
      }
    },
  };
}
