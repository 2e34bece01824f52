/** At this many percent a battery lasts two more weeks in every class we know; the ticket is opened then. */
export const BATTERY_LOW_PERCENT = 20;

/** A reading this much higher means that the battery was changed, not that it warmed up. */
export const BATTERY_CHANGED_PERCENT = 35;

/** Days that each kind of fault may take to be mended; a silent sensor protects nobody and is due today. */
export const TICKET_DUE_DAYS = {
  silent: 0,
  battery_low: 7,
  tamper: 1,
  clock_wrong: 3,
  visit_asked: 1,
  /** Somebody is to look in on the elder: her sensor tells nothing of the rest of this day. */
  look_in: 0,
} as const;

export type TicketKind = keyof typeof TICKET_DUE_DAYS;
export const TICKET_KINDS = Object.keys(TICKET_DUE_DAYS) as TicketKind[];
