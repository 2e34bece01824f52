import { sql } from 'kysely';
import { loadServerKey } from '#platform/server-key.ts';
import { sleep } from '#platform/sleep.ts';
import { enrolSources } from '../enrol-sources.ts';
import { HOOK_MAPPING } from '../makers/makes.ts';
import { createChirpstack } from '../networks/chirpstack.ts';
import { type OperatorsBroker, startOperatorsBroker } from '../networks/operators-broker.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { PacedClock } from '../shared-clock.ts';
import type { Town } from '../town/town.ts';

/** Curtains with another maker's sensors, which our bridge hears through an operator's broker. */
export type BridgedCurtains = {
  readonly operators: OperatorsBroker;
  /** Waits until the bridge listens, and each device has been heard once: closed. */
  greet(): Promise<void>;
  /** From now on one curtain after the other is opened, each once. */
  begin(): void;
  /** Opens the rest, and waits until the openings are events, or for so long. */
  finish(withinMs: number): Promise<void>;
  /** Openings that the operator's broker has acknowledged and that are not one event each. */
  findLosses(): Promise<string[]>;
  opened(): number;
  close(): Promise<void>;
};

const CURTAINS = 100;
const EVERY_MS = 100;

export async function startBridgedCurtains(town: Town, clock: PacedClock): Promise<BridgedCurtains> {
  const operators = await startOperatorsBroker();
  const network = createChirpstack({ url: operators.url, random: createSeededRandom(6) });
  const devices = Array.from({ length: CURTAINS }, (_, n) => {
    const address = `24E124${String(n).padStart(10, '0')}`;
    return { address, sensorId: `bridged-${n}`, radio: network.device(address, 'milesight_ws301') };
  });
  const ids = devices.map(({ sensorId }) => sensorId);
  await sql`insert into sensor (id, secret_hash, enrolled_at)
    select id, '\\x00'::bytea, ${clock.now().toString()}::timestamptz from unnest(${ids}::text[]) as u(id)`.execute(
    town.db,
  );
  await sql`insert into sensor_state (sensor_id) select unnest(${ids}::text[])`.execute(town.db);
  const key = await loadServerKey('', town.env.PACT_SECRET);
  await enrolSources(
    town.db,
    devices.map(({ address, sensorId }) => ({
      ...{ address, sensorId, source: 'chirpstack' as const, format: 'milesight_ws301' as const },
      motorCounts: false,
    })),
    { key, url: operators.url, mapping: HOOK_MAPPING },
    clock.now(),
  );
  const ending = new AbortController();
  let opened = 0;
  let opening: Promise<void> = Promise.resolve();

  const at = () => clock.now().epochMilliseconds;
  const count = async (what: 'opened' | 'closed'): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(distinct sensor_id)::int as count from event where sensor_id = any (${ids}::text[]) and type = ${what}`.execute(
      town.db,
    );
    return rows[0]?.count ?? 0;
  };
  const isConnected = async () => {
    const { rows } = await sql`select from source where state <> 'connected'`.execute(town.db);
    return rows.length === 0;
  };
  const until = async (look: () => Promise<boolean>, withinMs: number): Promise<boolean> => {
    const sinceMs = performance.now();
    while (!(await look())) {
      if (performance.now() - sinceMs > withinMs) return false;
      await sleep(50, new AbortController().signal);
    }
    return true;
  };

  return {
    operators,
    opened: () => opened,
    async greet() {
      if (!(await until(isConnected, 20_000))) throw new Error('the bridge did not connect to its source');
      await network.connect(at());
      for (const { radio } of devices) await radio.close(at());
      if (!(await until(async () => (await count('closed')) === CURTAINS, 20_000))) {
        throw new Error('the bridge did not hear every device');
      }
    },
    begin() {
      opening = (async () => {
        for (const { radio } of devices) {
          await radio.open(at());
          opened += 1;
          await sleep(EVERY_MS, ending.signal);
        }
      })();
    },
    async finish(withinMs) {
      ending.abort();
      await opening;
      await until(async () => (await count('opened')) === CURTAINS, withinMs);
    },
    async findLosses() {
      const { rows } = await sql<{ id: string; count: number }>`
        select u.id, count(e.id)::int as count from unnest(${ids}::text[]) as u(id)
        left join event e on e.sensor_id = u.id and e.type = 'opened' group by u.id having count(e.id) <> 1`.execute(
        town.db,
      );
      return rows.map(
        ({ id, count: times }) => `The opening of the bridged curtain ${id} is ${times} events, not one.`,
      );
    },
    async close() {
      ending.abort();
      await opening;
      await network.vanish();
      await operators.stop();
    },
  };
}
