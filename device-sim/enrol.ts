import type { Temporal } from 'temporal-polyfill';
import type { PersonKind, RegisterDraft, Role } from '#contracts/register-sheet/sheet.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '#store/database.ts';
import { createCommunity } from '#store/register/community.ts';
import { importRegister } from '#store/register/import-register.ts';
import { createLeave } from '#store/register/leave.ts';
import type { Home, Neighbourhood, Person } from './neighbourhood.ts';
import type { SensorCredentials } from './virtual-sensor.ts';

export type EnrolOptions = {
  /** The server's key, which the sensors' secrets are stored under. */
  key: Buffer;
  timeZone: string;
  language: 'zh-CN' | 'en';
  /** Codes of the homes that have a sensor, and of those that are away today. */
  withSensor: ReadonlySet<string>;
  /** By the home's code, for sensors whose gateway is known. */
  gateways?: ReadonlyMap<string, string>;
  onLeave: ReadonlySet<string>;
  now: Temporal.Instant;
};

const BY = { kind: 'cli' } as const;

/**
 * Writes a neighbourhood into the register by the way that an office's own sheet takes. Pacts hold from today.
 * @returns what each home's sensor signs in with, by the home's code
 */
export async function enrolNeighbourhood(
  db: Db,
  neighbourhood: Neighbourhood,
  options: EnrolOptions,
): Promise<Map<string, SensorCredentials>> {
  const { key, timeZone, language, now } = options;
  await createCommunity(db, { name: neighbourhood.community, timeZone, language }, BY, now);
  const today = localDateAt(now, timeZone);
  const draft = draftOf(neighbourhood, options.withSensor);
  const report = await importRegister(db, draft, { key, timeZone, fromOn: today.toString(), by: BY }, now);

  const away = [...options.onLeave];
  const homes = await db
    .selectFrom('household')
    .select(['id', 'code'])
    .where('is_canary', '=', false)
    .execute();
  for (const { id } of homes.filter((home) => away.includes(home.code))) {
    const leave = { householdId: id, fromOn: today.toString(), untilOn: today.add({ days: 3 }).toString() };
    const made = await createLeave(db, leave, BY, now);
    if (!made.ok) throw new Error(`The register refused a leave: ${made.reason}`);
  }
  for (const { code, id } of report.credentials) {
    const gateway = options.gateways?.get(code);
    if (gateway) await db.updateTable('sensor').set({ gateway }).where('id', '=', id).execute();
  }
  return new Map(report.credentials.map(({ code, id, secret }) => [code, { sensorId: id, secret }]));
}

function draftOf(
  { community, stewards, neighbours, office, homes }: Neighbourhood,
  withSensor: ReadonlySet<string>,
) {
  const person = (kind: PersonKind) => (someone: Person) => ({
    community,
    kind,
    name: someone.name,
    phone: someone.phone,
  });
  const draft: RegisterDraft = {
    communities: [{ name: community }],
    people: [
      ...stewards.map(person('steward')),
      ...neighbours.map(person('neighbour')),
      person('office')(office),
    ],
    households: homes.map((home, index) => ({
      row: index + 2,
      community,
      grid: home.grid,
      code: home.code,
      salutation: home.salutation,
      building: home.building,
      unit: home.unit,
      floor: home.floor,
      room: home.room,
      residents: [{ ...home.resident, livesAlone: true }],
      assignments: assignmentsOf(home),
      sensors: withSensor.has(home.code) ? [{ id: `curtain-${home.code}` }] : [],
      pact: {},
    })),
  };
  return draft;
}

function assignmentsOf(home: Home) {
  const as = (role: Role, kind: PersonKind) => (person: Person) => ({ role, kind, phone: person.phone });
  return [
    as('primary', 'steward')(home.primary),
    as('backup', 'steward')(home.backup),
    ...home.neighbours.map(as('neighbour', 'neighbour')),
  ];
}
