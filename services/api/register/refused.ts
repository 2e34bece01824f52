import { type ErrorCode, PactError } from '#platform/errors.ts';
import type { Author, RegisterRefusal, Saved } from '#store/register/refusal.ts';
import type { Actor } from '../actor.ts';

const REFUSALS: Record<RegisterRefusal, [code: ErrorCode, message: string, hint: string]> = {
  not_found: ['NOT_FOUND', 'There is no such record.', 'It may have been removed; read the list again.'],
  name_taken: ['CONFLICT', 'This name is taken.', 'Choose another name.'],
  code_taken: ['CONFLICT', 'This number is taken.', 'Choose another number.'],
  phone_taken: ['CONFLICT', 'Somebody of this kind has this phone already.', 'Change that person instead.'],
  id_taken: ['CONFLICT', 'This sensor id has been used.', 'Choose another id.'],
  alert_open: ['CONFLICT', 'An alert of this home is open.', 'Record its outcome first.'],
  retired: ['CONFLICT', 'This sensor was retired.', 'Add a new one.'],
  already_closed: ['CONFLICT', 'This was closed before.', 'Read it again to see how it is now.'],
  not_removed: [
    'CONFLICT',
    'Nothing of this kind was taken out.',
    'It may be back already; read the list again.',
  ],
  import_undone: ['CONFLICT', 'This import was taken back before.', 'Read the list of imports again.'],
  not_due: [
    'CONFLICT',
    'The time for which this is kept is not over.',
    'PACT_KEEP_AFTER_END_DAYS says how long; the list of what was removed says from which day on.',
  ],
  grid_in_use: [
    'CONFLICT',
    'Homes are in this grid.',
    'Put them in another one first; homes that were taken out count too.',
  ],
  robot_in_use: ['CONFLICT', 'Somebody is reached by this robot.', 'Take it from their channels first.'],
  codec_in_use: ['CONFLICT', 'Devices are read by this codec.', 'Give them another format or codec first.'],
  robot_unsigned: ['REGISTER_INVALID', 'A robot of the format json signs.', 'Give a secret.'],
  robot_needed: [
    'REGISTER_INVALID',
    'The channel robot needs one.',
    'Give robotId, or take robot out of the channels.',
  ],
  unknown_robot: [
    'REGISTER_INVALID',
    'This robot is not of this community.',
    'GET /api/v1/robots lists those that are.',
  ],
  unknown_person: [
    'REGISTER_INVALID',
    'Somebody named here is not in this register.',
    'Add the person first.',
  ],
  wrong_kind: [
    'REGISTER_INVALID',
    'Somebody cannot take this role.',
    'Primary and backup are stewards; a neighbour is a neighbour, family is family.',
  ],
  not_family: [
    'REGISTER_INVALID',
    'Only family hear of their elder every day.',
    'Leave dailyAt away for everybody else.',
  ],
  unknown_ladder: [
    'REGISTER_INVALID',
    'This ladder is not of this community.',
    'GET /api/v1/ladders lists those that are.',
  ],
  unknown_zone: ['REGISTER_INVALID', 'This time zone is not known.', 'Write a place, such as Asia/Shanghai.'],
  place_incomplete: [
    'REGISTER_INVALID',
    'A street is one of a district.',
    'Give district and street, or neither.',
  ],
  pact_invalid: [
    'PACT_INVALID',
    'The pact makes no sense.',
    'details.problems says what is wrong; the deadline must be after the earliest time.',
  ],
  ladder_invalid: [
    'REGISTER_INVALID',
    'The ladder makes no sense.',
    'details.problems says what is wrong; steps page somebody, in the order of their minutes.',
  ],
  usual_ladder: [
    'CONFLICT',
    'New homes come onto this ladder by its name.',
    'Change its steps, or add another ladder.',
  ],
  date_unreadable: ['REGISTER_INVALID', 'A date is on no calendar.', 'Write YYYY-MM-DD.'],
  ends_before_it_starts: ['REGISTER_INVALID', 'The last day is before the first.', 'Exchange the two.'],
  not_on_rota: [
    'REGISTER_INVALID',
    'The office and the family are on no rota.',
    'Give hours and absences to stewards and neighbours.',
  ],
  own_stand_in: [
    'REGISTER_INVALID',
    'Nobody stands in for themselves.',
    'Choose somebody else, or leave it out.',
  ],
  stand_in_unfit: [
    'REGISTER_INVALID',
    'This person cannot stand in here.',
    'A stand-in is of the same community and kind: a steward for a steward, a neighbour for a neighbour.',
  ],
  absence_overlaps: [
    'CONFLICT',
    'Somebody is absent then already.',
    'Remove that absence first, or choose other days or hours.',
  ],
  hours_incomplete: ['REGISTER_INVALID', 'Hours have two ends.', 'Give fromTime and untilTime, or neither.'],
  hours_end_before_they_start: [
    'REGISTER_INVALID',
    'The hours end before they begin.',
    'Let untilTime come after fromTime; over midnight, make two absences.',
  ],
  hours_twice: ['REGISTER_INVALID', 'Two hours of a day begin together.', 'Keep one of them.'],
  swap_with_oneself: ['REGISTER_INVALID', 'Nobody swaps with themselves.', 'Choose two people.'],
  swap_same_day: ['REGISTER_INVALID', 'A day is not swapped for itself.', 'Choose two different days.'],
  already_consented: [
    'CONFLICT',
    'There is a consent for this purpose.',
    'Withdraw it first, or leave it as it is.',
  ],
  date_ahead: ['REGISTER_INVALID', 'This day lies ahead.', 'Give the day on which the paper was signed.'],
  consent_withdrawn: [
    'CONFLICT',
    'This home has taken its consent to the pact back.',
    'Record a new consent first.',
  ],
  not_today: [
    'CONFLICT',
    'This was not withdrawn today.',
    'A withdrawal is undone on its own day; after it, record a new consent.',
  ],
  pact_exists: ['CONFLICT', 'This home has a pact.', 'PATCH /api/v1/pacts changes it.'],
  no_sensor: ['CONFLICT', 'This home has no sensor.', 'Pair one first.'],
  no_steward: ['CONFLICT', 'Nobody is the home’s first steward.', 'Say who goes first.'],
  not_running: ['CONFLICT', 'No test of this home is running.', 'Start one.'],
  no_home: ['CONFLICT', 'This sensor is at no home.', 'Pair a new one with the home instead.'],
  not_closed: [
    'REGISTER_INVALID',
    'What was done is told of a ticket that closes.',
    'Send closed too, or write a note.',
  ],
  test_outdated: [
    'CONFLICT',
    'These reports are not of this sensor as it is now mounted.',
    'Test it again: open, then closed.',
  ],
  polarity_unclear: [
    'CONFLICT',
    'The sensor said the same of the open curtain and of the closed one.',
    'Draw it all the way each time, look at the magnet, and test again.',
  ],
  leave_too_long: [
    'REGISTER_INVALID',
    'By a link a leave is said for three months at most.',
    'Give an earlier last day, or ask the office.',
  ],
  plan_exists: ['CONFLICT', 'The home has a plan of this kind.', 'Change that one instead.'],
  unknown_occasion: [
    'REGISTER_INVALID',
    'This community has no such occasion.',
    'GET /api/v1/communities/:id/occasions lists those in use.',
  ],
  unknown_service: ['REGISTER_INVALID', 'A service needs a name.', 'Give service.'],
  undo_too_late: ['CONFLICT', 'A tick is taken back within a day.', 'Ask for a new visit instead.'],
  url_needed: [
    'REGISTER_INVALID',
    'A broker of your own has an address.',
    'Give url: mqtt, mqtts, ws or wss, without user and password inside.',
  ],
  secret_needed: [
    'REGISTER_INVALID',
    'Another host gets no password that was kept for this one.',
    'Give secret with url; null where it needs none.',
  ],
  unknown_codec: [
    'REGISTER_INVALID',
    'This community has no such codec.',
    'GET /api/v1/codecs lists those in use.',
  ],
  codec_needed: ['REGISTER_INVALID', 'A device of the format codec is read by one.', 'Give codecId.'],
  format_needed: [
    'REGISTER_INVALID',
    'Nobody knows how this device is to be read.',
    'Give format: what the device is, or codec.',
  ],
  percents_crossed: [
    'REGISTER_INVALID',
    'What is closed must lie below what is open.',
    'Let closedPercent be less than openPercent.',
  ],
  not_paired: ['CONFLICT', 'This device is at no home.', 'Read the list again; it may have been unpaired.'],
  already_over: ['REGISTER_INVALID', 'The last day has passed.', 'Give a last day from today on.'],
};

/**
 * The value that the register saved.
 * @throws PactError when it refused
 */
export function savedOrThrow<T>(saved: Saved<T>): T {
  if (saved.ok) return saved.value;
  const { reason, problems } = saved;
  const [code, message, hint] = REFUSALS[reason];
  throw new PactError(code, message, { hint, details: { reason, ...(problems ? { problems } : {}) } });
}

/** Who changes the register, as its audit log keeps it. */
export const authorOf = (actor: Actor): Author => ({ kind: actor.kind, id: actor.id });
