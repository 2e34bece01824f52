import type { ColumnType, GeneratedAlways, JSONColumnType, Kysely, Transaction } from 'kysely';
import type { DeviceFormat, SourceFormat, SourceKind } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import type { ContactWay, HomeKind, PlanKind, TaskKind, TaskState } from '#pact/care.ts';
import type { MessageState } from '#pact/delivery.ts';
import type { ConsentPurpose } from '#pact/enrolment.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Weekday } from '#pact/pact.ts';
import type { Role, TokenRole } from '#pact/role.ts';
import type { TicketKind } from '#pact/sensor-health.ts';
import type { Language } from '#pact/text/language.ts';
import type { SourceState } from './bridge/setting.ts';

/** Row types as PostgreSQL holds them; they stop at the repositories. Instants are `Date`, local dates are text. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Default<T> = ColumnType<T, T | undefined, T>;
type Json<T extends object> = JSONColumnType<T, string, string>;
type NullableJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

export type Tables = {
  district: { id: string; name: string };
  street: { id: string; district_id: string; name: string };
  community: CommunityRow;
  grid: { id: string; community_id: string; name: string };
  person: PersonRow;
  household: HouseholdRow;
  resident: ResidentRow;
  assignment: AssignmentRow;
  sensor: SensorRow;
  sensor_state: SensorStateRow;
  broker: { id: string; seen_at: Date };
  event: EventRow;
  quarantine: QuarantineRow;
  ticket: TicketRow;
  ladder: LadderRow;
  pact: PactRow;
  leave: LeaveRow;
  duty_hours: { person_id: string; weekday: number; from_time: string; until_time: string };
  absence: AbsenceRow;
  stale_day: { household_id: string };
  day_opening: {
    community_id: string;
    on_date: string;
    begun_at: Date;
    completed_at: Nullable<Date>;
    rhythm_upto: Nullable<string>;
    rhythm_at: Nullable<Date>;
  };
  alert: AlertRow;
  pact_day: PactDayRow;
  alert_entry: AlertEntryRow;
  visit: VisitRow;
  message: MessageRow;
  outbox: {
    message_id: string;
    provider_id: string;
    phone: string;
    text: string;
    accepted_at: Date;
    channel: Default<string>;
  };
  robot: RobotRow;
  consent: ConsentRow;
  home_note: HomeNoteRow;
  steward_link: StewardLinkRow;
  leave_link: LeaveLinkRow;
  door_action: DoorActionRow;
  commissioning: CommissioningRow;
  care_plan: CarePlanRow;
  care_occasion: CareOccasionRow;
  care_day: {
    community_id: string;
    on_date: string;
    opened_at: Date;
    drift_upto: Nullable<string>;
    drift_at: Nullable<Date>;
  };
  care_contact: CareContactRow;
  care_task: CareTaskRow;
  care_link: CareLinkRow;
  source: SourceRow;
  codec: CodecRow;
  device: DeviceRow;
  device_report: DeviceReportRow;
  provider_health: ProviderHealthRow;
  canary_check: CanaryCheckRow;
  notice_run: NoticeRunRow;
  outage: OutageRow;
  account: AccountRow;
  session: SessionRow;
  sign_in_origin: SignInOriginRow;
  api_token: ApiTokenRow;
  setup_link: SetupLinkRow;
  audit_entry: AuditEntryRow;
  retention_run: RetentionRunRow;
  server_key: { singleton: true; fingerprint: Buffer };
  backup_key: { only_one: Default<boolean>; recipient: string };
  backup_run: BackupRunRow;
  watermark: {
    name: string;
    seen_at: Date;
    resumed_at: Nullable<Date>;
    gap_from: Nullable<Date>;
    /** Those before the last one whose minute was not over. */
    earlier_gaps: ColumnType<{ from: string; resumedAt: string }[], string | undefined, string>;
  };
};

type CommunityRow = {
  id: string;
  street_id: Nullable<string>;
  name: string;
  time_zone: string;
  language: Default<'zh-CN' | 'en'>;
  emergency_number: Default<string>;
  evening_at: Default<string>;
  sensor_check_at: Default<string>;
  office_phone: Nullable<string>;
  quiet_from: Default<string>;
  quiet_until: Default<string>;
  storm_percent: Default<number>;
};

type PersonRow = {
  id: string;
  community_id: string;
  kind: 'steward' | 'neighbour' | 'office' | 'family';
  code: Nullable<string>;
  name: string;
  phone: string;
  grid_id: Nullable<string>;
  channels: Default<Channel[]>;
  daily_at: Nullable<string>;
  robot_id: Nullable<string>;
  created_at: Date;
  updated_at: Date;
  removed_at: Nullable<Date>;
  erased_at: Nullable<Date>;
};

type HouseholdRow = {
  id: string;
  community_id: string;
  grid_id: string;
  code: string;
  salutation: string;
  building: string;
  unit: Nullable<string>;
  floor: Nullable<number>;
  room: string;
  phone: Nullable<string>;
  note: Nullable<string>;
  key_note: Nullable<string>;
  entry_consent: Default<boolean>;
  is_canary: Default<boolean>;
  kind: Default<HomeKind>;
  decal: Nullable<string>;
  created_at: Date;
  updated_at: Date;
  removed_at: Nullable<Date>;
  erased_at: Nullable<Date>;
};

type ResidentRow = {
  id: string;
  household_id: string;
  name: string;
  birth_year: Nullable<number>;
  phone: Nullable<string>;
  lives_alone: Default<boolean>;
  hearing_weak: Default<boolean>;
  mobility: Nullable<'well' | 'stick' | 'wheelchair' | 'bed'>;
  doctor: Nullable<string>;
  note: Nullable<string>;
  created_at: Date;
  updated_at: Date;
  removed_at: Nullable<Date>;
};

type AssignmentRow = {
  household_id: string;
  person_id: string;
  role: 'primary' | 'backup' | 'neighbour' | 'family';
  position: Default<number>;
};

type SensorRow = {
  id: string;
  household_id: Nullable<string>;
  secret_hash: Buffer;
  kind: Default<'contact' | 'position'>;
  silence_minutes: Default<number>;
  open_percent: Default<number>;
  gateway: Nullable<string>;
  reversed: Default<boolean>;
  polarity_tested_at: Nullable<Date>;
  enrolled_at: Date;
  retired_at: Nullable<Date>;
};

type SensorStateRow = {
  sensor_id: string;
  household_id: Nullable<string>;
  curtain: Default<'open' | 'closed' | 'unknown'>;
  curtain_at: Nullable<Date>;
  opened_at: Nullable<Date>;
  opening: Default<boolean>;
  position: Nullable<number>;
  first_seen_at: Nullable<Date>;
  last_seen_at: Nullable<Date>;
  online: Default<boolean>;
  connection: Nullable<string>;
  battery: Nullable<number>;
  rssi: Nullable<number>;
  firmware: Nullable<string>;
  last_seq: Nullable<number>;
  boot: Default<number>;
  tampered_at: Nullable<Date>;
  clock_wrong_at: Nullable<Date>;
  quarantined: Default<number>;
};

type EventRow = {
  id: GeneratedAlways<number>;
  sensor_id: Nullable<string>;
  household_id: Nullable<string>;
  type: 'opened' | 'closed' | 'position' | 'tamper' | 'seen' | 'called';
  at: Date;
  at_source: 'device' | 'received' | 'device_refused';
  device_at: Nullable<Date>;
  received_at: Date;
  seq: Nullable<number>;
  boot: Default<number>;
  position: Nullable<number>;
  battery: Nullable<number>;
  retained: Default<boolean>;
  opening: Default<boolean>;
  judged: Default<boolean>;
  recorded_by: Nullable<string>;
};

type QuarantineRow = {
  id: GeneratedAlways<number>;
  sensor_id: string;
  received_at: Date;
  topic: string;
  reason: string;
  payload: Buffer;
  size: number;
};

type TicketRow = {
  id: string;
  sensor_id: Nullable<string>;
  household_id: Nullable<string>;
  kind: TicketKind;
  opened_at: Date;
  due_on: string;
  owner_id: Nullable<string>;
  closed_at: Nullable<Date>;
  note: Nullable<string>;
  done: Nullable<string>;
  told_at: Nullable<Date>;
};

type LadderRow = {
  id: string;
  community_id: string;
  name: string;
  steps: Json<object[]>;
  repeat_minutes: number;
  acknowledgement_minutes: number;
};

type PactRow = {
  id: string;
  household_id: string;
  ladder_id: string;
  deadline: Default<string>;
  earliest: Default<string>;
  deadlines: ColumnType<Record<string, string>, string | undefined, string>;
  weekdays: Default<number[]>;
  accepts: Default<string[]>;
  signal_closes: Default<boolean>;
  from_on: string;
  until_on: Nullable<string>;
  calls_elder: Default<boolean>;
  updated_at: Date;
};

type LeaveRow = {
  id: string;
  household_id: string;
  from_on: string;
  until_on: string;
  reason: Nullable<string>;
  created_at: Date;
  created_by: string;
  cancelled_at: Nullable<Date>;
  asked_by: Nullable<string>;
  opened_at: Nullable<Date>;
  back: Nullable<boolean>;
};

type LeaveLinkRow = {
  token_hash: Buffer;
  household_id: string;
  person_id: string;
  created_at: Date;
  expires_at: Date;
};

type AbsenceRow = {
  id: string;
  person_id: string;
  from_on: string;
  until_on: string;
  from_time: Nullable<string>;
  until_time: Nullable<string>;
  stand_in_id: Nullable<string>;
  swap_id: Nullable<string>;
  created_at: Date;
  created_by: string;
  cancelled_at: Nullable<Date>;
};

type PactDayRow = {
  household_id: string;
  on_date: string;
  community_id: string;
  pact_id: string;
  earliest_at: Date;
  deadline_at: Date;
  verdict: 'awaiting' | 'kept' | 'missed' | 'excused';
  reason: Nullable<string>;
  closed_as: Nullable<'kept' | 'kept_late' | 'visited' | 'excused' | 'unresolved'>;
  proof_at: Nullable<Date>;
  proof_kind: Nullable<string>;
  judged_at: Nullable<Date>;
  alert_id: Nullable<string>;
  late_from: Nullable<Date>;
};

type AlertRow = {
  id: string;
  household_id: string;
  community_id: string;
  on_date: string;
  reason: string;
  silent_since: Nullable<Date>;
  deadline_at: Date;
  opened_at: Date;
  status: 'open' | 'acknowledged' | 'closed';
  ladder: Json<object>;
  next_step: Default<number>;
  next_step_at: Nullable<Date>;
  acknowledged_by: Nullable<string>;
  acknowledged_at: Nullable<Date>;
  acknowledgement_expires_at: Nullable<Date>;
  emergency_at: Nullable<Date>;
  signal_at: Nullable<Date>;
  passed: ColumnType<string[], string | undefined, string>;
  outcome: Nullable<string>;
  outcome_at: Nullable<Date>;
  closed_at: Nullable<Date>;
  closed_by: Nullable<'outcome' | 'signal' | 'canary'>;
  arrived_at: Nullable<Date>;
  ladder_from: Default<number>;
};

type AlertEntryRow = {
  id: GeneratedAlways<number>;
  alert_id: string;
  at: Date;
  kind: string;
  person_id: Nullable<string>;
  step: Nullable<number>;
  detail: ColumnType<Record<string, unknown>, string | undefined, string>;
};

type VisitRow = {
  id: string;
  household_id: string;
  alert_id: Nullable<string>;
  person_id: Nullable<string>;
  account_id: Nullable<string>;
  outcome: string;
  note: Nullable<string>;
  visited_at: Date;
  recorded_at: Date;
  corrects: Nullable<string>;
};

type MessageRow = {
  id: string;
  community_id: Nullable<string>;
  direction: 'out' | 'in';
  kind: 'page' | 'stand_down' | 'answer' | 'reply' | 'notice';
  alert_id: Nullable<string>;
  step: Nullable<number>;
  person_id: Nullable<string>;
  in_reply_to: Nullable<string>;
  channel: string;
  phone: string;
  text: string;
  state: MessageState;
  created_at: Date;
  next_attempt_at: Nullable<Date>;
  attempts: Default<number>;
  sending_at: Nullable<Date>;
  accepted_at: Nullable<Date>;
  settled_at: Nullable<Date>;
  provider: Nullable<string>;
  provider_id: Nullable<string>;
  failure: Nullable<string>;
  content: NullableJson<object>;
  language: Nullable<Language>;
  urgency: Default<number>;
  robot_id: Nullable<string>;
  subject: Nullable<string>;
  envelope_id: Nullable<string>;
  envelope: NullableJson<object>;
  delivered_at: Nullable<Date>;
  read_at: Nullable<Date>;
  polls: Default<number>;
};

type StewardLinkRow = {
  token_hash: Buffer;
  person_id: string;
  alert_ids: string[];
  created_at: Date;
  expires_at: Date;
  opened_at: Nullable<Date>;
};

type DoorActionRow = {
  key: string;
  alert_id: string;
  person_id: string;
  action: string;
  pressed_at: Nullable<Date>;
  at: Date;
  answer: string;
};

type HomeNoteRow = {
  id: string;
  household_id: string;
  note: string;
  written_at: Date;
  written_by: string;
  struck_at: Nullable<Date>;
  struck_by: Nullable<string>;
};

/** What went along with a consent that was taken back. */
export type WithdrawnAlong = {
  pact?: { fromOn: string; untilOn: string | null; endsOn: string };
  entry?: boolean;
};

type ConsentRow = {
  id: string;
  household_id: string;
  purpose: ConsentPurpose;
  signed_on: string;
  paper: Nullable<string>;
  recorded_at: Date;
  recorded_by: string;
  withdrawn_on: Nullable<string>;
  withdrawn_at: Nullable<Date>;
  withdrawn_by: Nullable<string>;
  ended: NullableJson<WithdrawnAlong>;
};

type CommissioningRow = {
  id: string;
  household_id: string;
  sensor_id: string;
  started_at: Date;
  started_by: string;
  event_upto: number;
  opened_at: Nullable<Date>;
  closed_at: Nullable<Date>;
  page_count: Default<number>;
  paged_at: Nullable<Date>;
  page_reached_at: Nullable<Date>;
  page_confirmed_by: Nullable<string>;
  passed_at: Nullable<Date>;
  ended_at: Nullable<Date>;
};

type CarePlanRow = {
  id: string;
  household_id: string;
  kind: PlanKind;
  weekdays: Weekday[];
  from_on: string;
  created_at: Date;
  created_by: string;
  ended_at: Nullable<Date>;
};

type CareOccasionRow = {
  community_id: string;
  code: string;
  name: Nullable<string>;
  within_days: number;
  removed_at: Nullable<Date>;
};

type CareContactRow = {
  id: string;
  household_id: string;
  person_id: Nullable<string>;
  way: ContactWay;
  note: Nullable<string>;
  at: Date;
  recorded_at: Date;
  recorded_by: string;
  undone_at: Nullable<Date>;
  undone_by: Nullable<string>;
};

type CareTaskRow = {
  id: string;
  household_id: string;
  community_id: string;
  kind: TaskKind;
  plan_id: Nullable<string>;
  occasion: Nullable<string>;
  service: Nullable<string>;
  note: Nullable<string>;
  owner_id: Nullable<string>;
  from_on: string;
  due_on: string;
  missed_since: Nullable<string>;
  state: TaskState;
  reason: Nullable<string>;
  opened_at: Date;
  opened_by: string;
  settled_at: Nullable<Date>;
  settled_on: Nullable<string>;
  done_by: Nullable<'contact' | 'alert' | 'seen' | 'called'>;
  contact_id: Nullable<string>;
  evidence: NullableJson<object>;
};

type CareLinkRow = {
  token_hash: Buffer;
  person_id: string;
  created_at: Date;
  expires_at: Date;
  opened_at: Nullable<Date>;
};

type RobotRow = {
  id: string;
  community_id: string;
  name: string;
  format: 'wecom' | 'dingtalk' | 'feishu' | 'json';
  url: string;
  secret: Nullable<string>;
  created_at: Date;
  removed_at: Nullable<Date>;
};

type CodecRow = {
  id: string;
  community_id: string;
  name: string;
  code: string;
  sha256: string;
  mapping: Json<Mapping>;
  created_at: Date;
  removed_at: Nullable<Date>;
  stopped_at: Nullable<Date>;
  stopped_for: Nullable<string>;
  stopped_count: Default<string>;
};

type SourceRow = {
  id: string;
  community_id: string;
  name: string;
  kind: SourceKind;
  format: SourceFormat;
  url: Nullable<string>;
  username: Nullable<string>;
  /** Sealed by the server's key. */
  secret: Nullable<Buffer>;
  topics: Default<string[]>;
  ca: Nullable<string>;
  mapping: NullableJson<Mapping>;
  announces: Default<boolean>;
  enabled: Default<boolean>;
  created_at: Date;
  removed_at: Nullable<Date>;
  state: Default<SourceState>;
  state_at: Nullable<Date>;
  problem: Nullable<string>;
  last_message_at: Nullable<Date>;
  refused: Default<number>;
  /** The format that its messages look like, where that is another one. */
  looks_like: Nullable<SourceFormat>;
  last_refusal: Nullable<string>;
};

type DeviceRow = {
  id: string;
  source_id: string;
  address: string;
  name: Nullable<string>;
  format: Nullable<DeviceFormat>;
  guess: Nullable<DeviceFormat>;
  codec_id: Nullable<string>;
  /** The last that it was paired with; it is unpaired where that one is retired. */
  sensor_id: Nullable<string>;
  debounce_ms: Nullable<number>;
  open_percent: Default<number>;
  closed_percent: Default<number>;
  motor_counts: Default<boolean>;
  first_seen_at: Date;
  last_seen_at: Date;
  messages: Default<number>;
  refused: Default<number>;
  last_refusal: Nullable<string>;
  last_refused_at: Nullable<Date>;
  told_direction: Nullable<'agrees' | 'opposite'>;
  missed: Default<number>;
  restarts: Default<number>;
  ignored_at: Nullable<Date>;
};

type DeviceReportRow = {
  id: GeneratedAlways<number>;
  device_id: string;
  received_at: Date;
  network_at: Nullable<Date>;
  device_at: Nullable<Date>;
  topic: string;
  retained: boolean;
  payload: Buffer;
  f_port: Nullable<number>;
  contact: Nullable<'open' | 'closed'>;
  position: Nullable<number>;
  battery: Nullable<number>;
  refusal: Nullable<string>;
  became: Nullable<string>;
};

type ProviderHealthRow = {
  name: string;
  channel: string;
  failing_since: Nullable<Date>;
  failure: Nullable<string>;
  last_ok_at: Nullable<Date>;
};

type CanaryCheckRow = {
  community_id: string;
  on_date: string;
  state: 'proven' | 'unknown' | 'failed';
  at: Date;
  failed_at: Nullable<Date>;
};

type NoticeRunRow = {
  community_id: string;
  kind: string;
  on_date: string;
  at: Date;
  detail: ColumnType<Record<string, unknown>, string | undefined, string>;
};

type OutageRow = {
  id: string;
  community_id: string;
  cause: 'gateway' | 'building' | 'broker' | 'community';
  subject: string;
  on_date: string;
  began_at: Date;
  noticed_at: Date;
  ended_at: Nullable<Date>;
  household_ids: string[];
};

type RetentionRunRow = {
  on_date: string;
  begun_at: Date;
  completed_at: Nullable<Date>;
  removed: ColumnType<Record<string, number>, string | undefined, string>;
};

type AccountRow = {
  id: string;
  username: string;
  name: string;
  password_hash: string;
  role: Role;
  community_ids: Nullable<string[]>;
  person_id: Nullable<string>;
  created_at: Date;
  disabled_at: Nullable<Date>;
  failures: Default<number>;
  locked_until: Nullable<Date>;
};

type SessionRow = {
  token_hash: Buffer;
  account_id: string;
  created_at: Date;
  /** When it ends however much it is used. */
  expires_at: Date;
  /** When it was last used, to the minute. */
  seen_at: Date;
  /** It hangs on a wall: for looking at the morning only, for weeks. */
  wall: ColumnType<boolean, boolean | undefined>;
};

type SignInOriginRow = {
  account_id: string;
  origin: Buffer;
  failures: Default<number>;
  locked_until: Nullable<Date>;
  known: Default<boolean>;
  tried_at: Date;
};

type ApiTokenRow = {
  id: string;
  name: string;
  role: TokenRole;
  community_ids: Nullable<string[]>;
  token_hash: Buffer;
  created_at: Date;
  revoked_at: Nullable<Date>;
};

type SetupLinkRow = {
  token_hash: Buffer;
  first: boolean;
  role: Role;
  community_ids: Nullable<string[]>;
  person_id: Nullable<string>;
  created_at: Date;
  expires_at: Date;
};

type AuditEntryRow = {
  id: GeneratedAlways<number>;
  at: Date;
  actor_kind: string;
  actor_id: Nullable<string>;
  action: string;
  subject_kind: string;
  subject_id: Nullable<string>;
  household_id: Nullable<string>;
  community_id: Nullable<string>;
};

type BackupRunRow = {
  id: GeneratedAlways<number>;
  nightly_on: Nullable<string>;
  begun_at: Date;
  completed_at: Nullable<Date>;
  file: Nullable<string>;
  bytes: Nullable<number>;
  failure: Nullable<string>;
};
