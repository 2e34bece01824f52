import Type, { type TSchema } from 'typebox';

export const Uuid = Type.String({ format: 'uuid' });
/** RFC 3339 with a zone, always UTC in answers. */
export const Instant = Type.String({ format: 'date-time' });
/** The years of which a pact, a leave or a ledger can speak; the calendars of machines know stranger ones. */
export const YEAR_PATTERN = '^(19|2\\d)\\d\\d-';
/** YYYY-MM-DD on the calendar of the community. */
export const LocalDate = Type.String({ format: 'date', pattern: YEAR_PATTERN });
/** HH:MM in the community's civil time. */
export const TimeOfDay = Type.String({ pattern: '^([01]?\\d|2[0-3]):[0-5]\\d$' });
/** HH:MM with both its digits, as it is kept. */
export const ClockTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
