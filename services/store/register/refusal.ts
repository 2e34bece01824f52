import type { RotaRefusal } from '#pact/duty.ts';
import type { AuditEntry } from '../audit/record-audit.ts';

/** Who changes the register: an account, a program by its token, or the command line. */
export type Author = AuditEntry['actor'];

/** Why the register says no; stable, so that a board can say it in the person's language. */
export type RegisterRefusal =
  | 'not_found'
  | 'name_taken'
  | 'code_taken'
  | 'phone_taken'
  | 'unknown_zone'
  | 'place_incomplete'
  | 'unknown_person'
  | 'unknown_ladder'
  | 'wrong_kind'
  | 'not_family'
  | 'alert_open'
  | 'id_taken'
  | 'retired'
  | 'pact_invalid'
  | 'ladder_invalid'
  | 'usual_ladder'
  | 'date_unreadable'
  | 'not_removed'
  | 'import_undone'
  | 'not_due'
  | 'grid_in_use'
  | 'robot_in_use'
  | 'codec_in_use'
  | 'robot_unsigned'
  | 'robot_needed'
  | 'unknown_robot'
  | 'already_consented'
  | 'date_ahead'
  | 'not_today'
  | 'consent_withdrawn'
  | 'pact_exists'
  | 'no_sensor'
  | 'no_steward'
  | 'not_running'
  | 'not_closed'
  | 'no_home'
  | 'test_outdated'
  | 'polarity_unclear'
  | 'leave_too_long'
  | 'plan_exists'
  | 'unknown_occasion'
  | 'unknown_service'
  | 'undo_too_late'
  | 'url_needed'
  | 'secret_needed'
  | 'unknown_codec'
  | 'codec_needed'
  | 'format_needed'
  | 'percents_crossed'
  | 'not_paired'
  | RotaRefusal;

/** Who it was, in one column. */
export const signatureOf = (by: Author): string => (by.id ? `${by.kind}:${by.id}` : by.kind);

export type Refused = { ok: false; reason: RegisterRefusal; problems?: readonly string[] };
export type Saved<T> = { ok: true; value: T } | Refused;

export const saved = <T>(value: T): Saved<T> => ({ ok: true, value });
export const refuse = (reason: RegisterRefusal, problems?: readonly string[]): Refused => ({
  ok: false,
  reason,
  ...(problems ? { problems } : {}),
});
