import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../testing/test-db.ts';

/** Columns in which somebody can be named, and what an erasure does about it. */
const NAMING: Record<string, 'emptied' | 'with its row'> = {
  'alert_entry.detail': 'emptied',
  'care_contact.note': 'emptied',
  'care_task.evidence': 'emptied',
  'care_task.note': 'emptied',
  'care_task.service': 'emptied',
  'consent.paper': 'emptied',
  'device.address': 'with its row',
  'device.name': 'with its row',
  'device.sensor_id': 'with its row',
  'device_report.payload': 'with its row',
  'device_report.topic': 'with its row',
  'door_action.answer': 'with its row',
  'home_note.note': 'with its row',
  'household.building': 'emptied',
  'household.code': 'emptied',
  'household.decal': 'emptied',
  'household.key_note': 'emptied',
  'household.note': 'emptied',
  'household.phone': 'emptied',
  'household.room': 'emptied',
  'household.salutation': 'emptied',
  'household.unit': 'emptied',
  'leave.reason': 'emptied',
  'message.content': 'emptied',
  'message.envelope': 'emptied',
  'message.phone': 'emptied',
  'message.provider_id': 'emptied',
  'message.text': 'emptied',
  'outbox.phone': 'with its row',
  'outbox.text': 'with its row',
  'person.code': 'emptied',
  'person.name': 'emptied',
  'person.phone': 'emptied',
  'quarantine.payload': 'with its row',
  'quarantine.topic': 'with its row',
  'register_change.after': 'emptied',
  'register_change.before': 'emptied',
  'register_change.subject_id': 'emptied',
  'resident.doctor': 'with its row',
  'resident.name': 'with its row',
  'resident.note': 'with its row',
  'resident.phone': 'with its row',
  'sensor.gateway': 'with its row',
  'sensor.id': 'with its row',
  'sensor_state.sensor_id': 'with its row',
  'commissioning.sensor_id': 'with its row',
  'event.sensor_id': 'with its row',
  'quarantine.sensor_id': 'with its row',
  'ticket.done': 'emptied',
  'ticket.note': 'emptied',
  'ticket.sensor_id': 'emptied',
  'visit.note': 'emptied',
  'audit_entry.subject_id': 'emptied',
};

/** Words of ours, of the office, of providers and devices: nobody who is watched is named there. */
const OTHERS =
  /^(account|api_token|backup_key|backup_run|bridge_memory|broker|canary_check|care_occasion|codec|community|district|grid|ladder|kysely_\w+|notice_run|outage|provider_health|retention_run|robot|server_key|service_process|session|setup_link|sign_in_origin|source|street|watermark)\./;
const OURS = new Set(
  `absence.created_by absence.from_time absence.until_time alert.closed_by alert.ladder alert.outcome alert.passed
  alert.reason alert.status alert_entry.kind assignment.role audit_entry.action audit_entry.actor_id audit_entry.actor_kind
  audit_entry.subject_kind care_contact.recorded_by care_contact.undone_by care_contact.way care_link.token_hash
  care_plan.created_by care_plan.kind care_task.done_by care_task.kind care_task.occasion care_task.opened_by
  care_task.reason care_task.state household.kind commissioning.page_confirmed_by commissioning.started_by consent.ended consent.purpose
  consent.recorded_by consent.withdrawn_by device.format device.guess device.last_refusal device.told_direction
  device_report.became device_report.contact device_report.refusal door_action.action duty_hours.from_time duty_hours.until_time event.at_source
  event.type home_note.struck_by home_note.written_by leave.created_by leave_link.token_hash message.channel
  message.direction message.failure message.kind message.language message.provider message.state message.subject outbox.channel
  outbox.provider_id pact.deadline pact.deadlines pact.earliest pact_day.closed_as pact_day.proof_kind pact_day.reason
  pact_day.verdict person.daily_at person.kind quarantine.reason register_change.actor register_change.kind
  register_change.subject resident.mobility sensor.kind sensor.secret_hash sensor_state.connection sensor_state.curtain
  sensor_state.firmware steward_link.token_hash ticket.kind visit.outcome`.split(/\s+/),
);

let opened: TestDb;
beforeAll(async () => {
  opened = await openTestDb();
});
afterAll(() => opened?.close());

it('knows of every column that has room for words whether somebody can be named in it', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'bytea', 'character varying')
    order by 1`.execute(opened.db);
  const names = rows.map(({ name }) => name);
  expect(names.filter((name) => !OTHERS.test(name) && !OURS.has(name) && !(name in NAMING))).toEqual([]);
  expect([...OURS, ...Object.keys(NAMING)].filter((name) => !names.includes(name))).toEqual([]);
});
