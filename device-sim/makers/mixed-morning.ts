import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { SourceFormat } from '#contracts/bridge/formats.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#store/database.ts';
import { type EnrolledSource, enrolSources } from '../enrol-sources.ts';
import { type OperatorsBroker, startOperatorsBroker } from '../networks/operators-broker.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Story } from '../stories.ts';
import type { MakersSummary, MorningSummary } from '../summary.ts';
import type { SensorCredentials } from '../virtual-sensor.ts';
import { type Estate, openEstate } from './estate.ts';
import { createMakersDevice, type MakersDevice } from './makers-device.ts';
import { HOOK_MAPPING, type Make } from './makes.ts';
import { planMakers } from './plan-makers.ts';

/** The makers' devices of a morning. */
export type Makers = {
  /** How many there are, and by how many sources they are heard. */
  counts(): Pick<MakersSummary, 'devices' | 'sources'>;
  /** Writes sources and devices into the register; before the service starts. */
  enrol(db: Db, key: Buffer, credentials: ReadonlyMap<string, SensorCredentials>): Promise<void>;
  /** Puts the gateways up, once the bridge listens to every source. */
  open(db: Db, pact: { mqtt: string; http: string }): Promise<void>;
  /** The device at this home; undefined where one of our own sensors hangs. */
  deviceAt(code: string): MakersDevice | undefined;
  /** Waits until what each device has said first has come through to us. */
  untilHeard(db: Db): Promise<void>;
  /** Adds what they did: each opening of a curtain is one event, however often and by whatever way it was told. */
  addTo(summary: MorningSummary, db: Db, midnight: Temporal.Instant): Promise<MorningSummary>;
  close(): Promise<void>;
};

type Missing = { name: string };

/** Gives some of a morning's homes the devices of other makers, and starts the broker that their gateways speak to. */
export async function prepareMakers(
  stories: readonly Story[],
  { random, clock }: { random: SeededRandom; clock: Clock },
): Promise<Makers> {
  const operators: OperatorsBroker = await startOperatorsBroker();
  const homes: { make: Make; code: string; credentials: SensorCredentials }[] = [];
  const devices = new Map<string, MakersDevice>();
  let estate: Estate | undefined;
  let sources = new Map<SourceFormat, EnrolledSource>();
  const pushTo = (format: SourceFormat, http: string) => {
    const { id = '', secret = '' } = sources.get(format) ?? {};
    return { url: `${http}/api/v1/push/${id}`, secret };
  };
  const counts = () => ({
    devices: homes.length,
    sources: new Set(homes.map(({ make }) => make.source)).size,
  });
  const sensorIds = () => [...devices.values()].map(({ sensorId }) => sensorId);

  return {
    counts,
    async enrol(db, key, credentials) {
      for (const [code, make] of planMakers(stories)) {
        const own = credentials.get(code);
        if (own) homes.push({ make, code, credentials: own });
      }
      const rows = homes.map(({ make, ...home }) => ({
        source: make.source,
        format: make.format,
        address: make.addressIn(home),
        sensorId: home.credentials.sensorId,
        motorCounts: make.isMotor,
      }));
      sources = await enrolSources(db, rows, { key, url: operators.url, mapping: HOOK_MAPPING }, clock.now());
    },
    async open(db, { mqtt, http }) {
      await untilNone(db, sql<Missing>`select name from source where state <> 'connected'`);
      const opened = await openEstate(
        {
          ...{ url: operators.url, pactUrl: mqtt, random },
          ...{
            ctwing: pushTo('ctwing', http),
            onenet: pushTo('onenet', http),
            jsonHook: pushTo('json_hook', http),
          },
        },
        clock.now().epochMilliseconds,
      );
      estate = opened;
      for (const { make, ...home } of homes) {
        const { sensorId } = home.credentials;
        const install = () => make.install(opened, home);
        devices.set(home.code, createMakersDevice({ sensorId, install, clock }));
      }
    },
    deviceAt: (code) => devices.get(code),
    untilHeard: (db) =>
      untilNone(
        db,
        sql<Missing>`select u.id as name from unnest(${sensorIds()}::text[]) as u(id) where not exists (
          select from sensor_state s where s.sensor_id = u.id and s.curtain <> 'unknown')`,
      ),
    async addTo(summary, db, midnight) {
      const { rows } = await sql<{ heard: number }>`
        select count(*)::int as heard from event where sensor_id = any (${sensorIds()}::text[])
          and opening and at >= ${midnight.toString()}`.execute(db);
      const opened = [...devices.values()].reduce((sum, device) => sum + device.opened, 0);
      const heard = rows[0]?.heard ?? 0;
      const wrong = `Makers' devices were opened ${opened} times, and ${heard} openings are known.`;
      const violations = heard === opened ? summary.violations : [...summary.violations, wrong];
      return { ...summary, makers: { ...counts(), opened, heard }, violations };
    },
    async close() {
      await estate?.close();
      await operators.stop();
    },
  };
}

/** Asks the database until nothing is missing; time stands meanwhile. */
async function untilNone(db: Db, missing: ReturnType<typeof sql<Missing>>): Promise<void> {
  let names = '';
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { rows } = await missing.execute(db);
    if (rows.length === 0) return;
    names = rows.map(({ name }) => name).join(', ');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The bridge has not heard within ten seconds of: ${names}.`);
}
