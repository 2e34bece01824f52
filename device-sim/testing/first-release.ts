import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import { loadServerKey } from '#platform/server-key.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import type { SensorCredentials } from '../virtual-sensor.ts';

/** What a database of the first released schema holds at 08:02 of 2026-03-03 in Shanghai, in the words of that schema. */
export type FirstRelease = {
  env: Record<string, string>;
  sensor: SensorCredentials;
  token: string;
};

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const COMMUNITY = uuid(1);
const GRID = uuid(2);
const LADDER = uuid(3);
const LADDER_STEPS = `[{"afterMinutes":0,"to":[{"role":"primary","channel":"sms"}]},
  {"afterMinutes":3,"to":[{"role":"backup","channel":"sms"},{"role":"primary","channel":"sms"}]},
  {"afterMinutes":6,"to":[{"role":"neighbour","channel":"sms"}]},{"afterMinutes":10,"to":[{"role":"office","channel":"sms"}]}]`;
const LADDER_COPY = `{"steps":${LADDER_STEPS},"repeatMinutes":15,"acknowledgementMinutes":15}`;

/**
 * Empties the database, gives it the first released schema, and writes into it the middle of a morning: home 01 is kept,
 * home 02 is missed and its steward's page delivered, home 03 is missed and its page not sent yet, home 04 is away, and
 * home 05 was visited the day before and has not been heard of today.
 */
export async function layFirstRelease(db: Db, databaseUrl: string): Promise<FirstRelease> {
  await sql`drop schema public cascade; create schema public`.execute(db);
  await migrateToLatest(databaseUrl, { until: '0001-foundation' });
  const secret = randomBytes(32).toString('base64url');
  const key = await loadServerKey('', secret);
  const sensor = { sensorId: 'sensor-01', secret: randomBytes(32).toString('base64url') };
  const token = randomBytes(32).toString('base64url');
  for (const statement of [REGISTER, ...HOMES, DAYS, ALERTS]) await sql.raw(statement).execute(db);
  await sql`insert into sensor (id, household_id, secret_hash, enrolled_at)
    values (${sensor.sensorId}, ${uuid(101)}, ${hashSensorSecret(key, sensor.sensorId, sensor.secret)}, '2026-03-01Z')`.execute(
    db,
  );
  await sql`insert into sensor_state (sensor_id, household_id, curtain, first_seen_at, last_seen_at)
    values (${sensor.sensorId}, ${uuid(101)}, 'open', '2026-03-01Z', '2026-03-03T07:10+08')`.execute(db);
  await sql`insert into api_token (id, name, token_hash, created_at)
    values (${uuid(900)}, 'before', ${createHash('sha256').update(token).digest()}, '2026-03-01Z')`.execute(
    db,
  );
  return { env: { DATABASE_URL: databaseUrl, PACT_SECRET: secret }, sensor, token };
}

const person = (n: number, kind: string) =>
  `('${uuid(n)}', '${COMMUNITY}', '${kind}', '${kind} ${n}', '+86139000000${n}', '2026-03-01Z', '2026-03-01Z')`;
const REGISTER = `
insert into community (id, name, time_zone) values ('${COMMUNITY}', '东苑社区', 'Asia/Shanghai');
insert into grid values ('${GRID}', '${COMMUNITY}', '一网格');
insert into ladder values ('${LADDER}', '${COMMUNITY}', 'default', '${LADDER_STEPS}', 15, 15);
insert into person (id, community_id, kind, name, phone, created_at, updated_at)
  values ${person(11, 'steward')}, ${person(12, 'steward')}, ${person(13, 'neighbour')}, ${person(14, 'office')};
insert into watermark values ('sweep', '2026-03-03T08:02+08'), ('intake', '2026-03-03T08:02+08');
insert into day_opening values ('${COMMUNITY}', '2026-03-02', '2026-03-02T00:00+08', '2026-03-02T00:00:01+08'),
  ('${COMMUNITY}', '2026-03-03', '2026-03-03T00:00+08', '2026-03-03T00:00:01+08');`;

const HOMES = [1, 2, 3, 4, 5].map(
  (n) => `
insert into household (id, community_id, grid_id, code, salutation, building, room, created_at, updated_at)
  values ('${uuid(100 + n)}', '${COMMUNITY}', '${GRID}', '0${n}', '奶奶', '3栋', '10${n}', '2026-03-01Z', '2026-03-01Z');
insert into resident (id, household_id, name, created_at, updated_at)
  values ('${uuid(200 + n)}', '${uuid(100 + n)}', '老人${n}', '2026-03-01Z', '2026-03-01Z');
insert into assignment (household_id, person_id, role, position) values ('${uuid(100 + n)}', '${uuid(11)}', 'primary', 0),
  ('${uuid(100 + n)}', '${uuid(12)}', 'backup', 0), ('${uuid(100 + n)}', '${uuid(13)}', 'neighbour', 0);
insert into pact (id, household_id, ladder_id, from_on, updated_at)
  values ('${uuid(300 + n)}', '${uuid(100 + n)}', '${LADDER}', '2026-03-01', '2026-03-01Z');`,
);

const day = (n: number, on: string, verdict: string, closedAs: string, alert = 'null') =>
  `('${uuid(100 + n)}', '${on}', '${COMMUNITY}', '${uuid(300 + n)}', '${on}T04:00+08', '${on}T08:00+08', '${verdict}',
    ${closedAs === 'unresolved' ? "'never_reported'" : 'null'}, '${closedAs}', ${alert === 'null' ? 'null' : `'${alert}'`})`;
const alert = (n: number, home: number, on: string, at: string, rest: string) =>
  `('${uuid(n)}', '${uuid(100 + home)}', '${COMMUNITY}', '${on}', 'never_reported', '${on}T08:00+08', '${at}', '${LADDER_COPY}', ${rest})`;
const DAYS = `
insert into leave (id, household_id, from_on, until_on, created_at, created_by)
  values ('${uuid(400)}', '${uuid(104)}', '2026-03-03', '2026-03-05', '2026-03-02Z', 'office');
insert into alert (id, household_id, community_id, on_date, reason, deadline_at, opened_at, ladder, status, next_step, next_step_at,
    outcome, outcome_at, closed_at, closed_by) values
  ${alert(502, 2, '2026-03-03', '2026-03-03T08:00:01+08', "'open', 1, '2026-03-03T08:03:01+08', null, null, null, null")},
  ${alert(503, 3, '2026-03-03', '2026-03-03T08:00:01+08', "'open', 1, '2026-03-03T08:03:01+08', null, null, null, null")},
  ${alert(505, 5, '2026-03-02', '2026-03-02T08:00:01+08', "'closed', 1, null, 'safe', '2026-03-02T08:20+08', '2026-03-02T08:20+08', 'outcome'")};
insert into pact_day (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict, reason, closed_as, alert_id) values
  ${day(1, '2026-03-02', 'kept', 'kept')}, ${day(2, '2026-03-02', 'kept', 'kept')}, ${day(3, '2026-03-02', 'kept', 'kept')},
  ${day(4, '2026-03-02', 'kept', 'kept')}, ${day(5, '2026-03-02', 'missed', 'visited', uuid(505))},
  ${day(1, '2026-03-03', 'kept', 'kept')}, ${day(2, '2026-03-03', 'missed', 'unresolved', uuid(502))},
  ${day(3, '2026-03-03', 'missed', 'unresolved', uuid(503))}, ${day(4, '2026-03-03', 'excused', 'excused')};
-- A home whose day was not judged before the service was stopped for the upgrade.
insert into pact_day (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict)
  values ('${uuid(105)}', '2026-03-03', '${COMMUNITY}', '${uuid(305)}', '2026-03-03T04:00+08', '2026-03-03T08:00+08', 'awaiting');
update pact_day set proof_at = (on_date + time '07:10') at time zone 'Asia/Shanghai', proof_kind = 'opened' where verdict = 'kept';
delete from stale_day;`;

const page = (n: number, alertId: string, state: string, rest: string) =>
  `('${uuid(n)}', '${COMMUNITY}', 'out', 'page', '${alertId}', 0, '${uuid(11)}', 'sms', '+8613900000011', '…', '2026-03-03T08:00:01+08',
    '${state}', ${rest})`;
const ALERTS = `
insert into alert_entry (alert_id, at, kind) values ('${uuid(502)}', '2026-03-03T08:00:01+08', 'opened'),
  ('${uuid(503)}', '2026-03-03T08:00:01+08', 'opened');
insert into visit (id, household_id, alert_id, person_id, outcome, visited_at, recorded_at)
  values ('${uuid(600)}', '${uuid(105)}', '${uuid(505)}', '${uuid(11)}', 'safe', '2026-03-02T08:20+08', '2026-03-02T08:20+08');
insert into message (id, community_id, direction, kind, alert_id, step, person_id, channel, phone, text, created_at, state,
    next_attempt_at, accepted_at, provider, provider_id) values
  ${page(702, uuid(502), 'accepted', "null, '2026-03-03T08:00:02+08', 'outbox', 'outbox-702'")},
  ${page(703, uuid(503), 'planned', "'2026-03-03T08:00:01+08', null, null, null")};
insert into outbox (message_id, provider_id, phone, text, accepted_at)
  values ('${uuid(702)}', 'outbox-702', '+8613900000011', '…', '2026-03-03T08:00:02+08');
insert into event (household_id, type, at, at_source, received_at, opening)
  select household_id, 'opened', proof_at, 'received', proof_at, true from pact_day where verdict = 'kept' and on_date = '2026-03-02';
insert into event (sensor_id, household_id, type, at, at_source, received_at, seq, opening)
  values ('sensor-01', '${uuid(101)}', 'opened', '2026-03-03T07:10+08', 'received', '2026-03-03T07:10+08', 1, true);
insert into audit_entry (at, actor_kind, action, subject_kind, subject_id)
  values ('2026-03-02T08:20+08', 'account', 'alert.outcome', 'alert', '${uuid(505)}');`;
