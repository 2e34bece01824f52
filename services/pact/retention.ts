/** For how many days each kind of data is kept; counted from when it came, and of what ended from its end. */
export type KeepDays = {
  /** Who was taken out of the register, with everything that names them. */
  afterEnd: number;
  /** What sensors said. */
  events: number;
  /** The words and numbers of messages; that there was one stays. */
  messages: number;
  /** The history of the register. */
  changes: number;
  audit: number;
  /** Sessions, invites and links that ran out. */
  sessions: number;
};

/** A claim lapses after three years (PRC Civil Code, art. 188), and so long records of processing are kept (PIPL, art. 56). */
const THREE_YEARS = 1_095;

export const KEEP_DAYS: KeepDays = {
  afterEnd: THREE_YEARS,
  events: 400,
  messages: 400,
  changes: THREE_YEARS,
  audit: THREE_YEARS,
  sessions: 30,
};

/** What a night removes, in the order in which it is told. */
export const RETENTION_KINDS = [
  'sensors',
  'homes',
  'residents',
  'people',
  'events',
  'unread',
  'messages',
  'changes',
  'audit',
  'sessions',
  'links',
] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];

/** When the night's work begins, where the community is. */
export const RETENTION_AT = '02:30';
