import type { Outcome } from '../alert.ts';
import type { LadderRole } from '../ladder.ts';
import type { MissReason } from '../verdict.ts';
import type { Wordings } from './fewer-codes.ts';
import type { Language } from './language.ts';
import { SMS_EN } from './sms-en.ts';
import { fullestThatFits } from './sms-length.ts';
import { SMS_ZH } from './sms-zh.ts';

/** A home as a text names it. `place` comes from `placeOf`. */
export type SmsHome = { code: string; salutation: string; place: string; phone?: string };

export type PageInput = {
  home: SmsHome;
  /** Local hours and minutes. */
  deadline: string;
  reason: MissReason;
  /** Local hours and minutes of the last sign of a silent sensor, with the date when it is not today's. */
  silentSince?: string;
  role: LadderRole;
  /** The ladder's step from 0; later rounds say so, which also keeps providers from taking them for copies. */
  step: number;
  emergency: boolean;
  emergencyNumber: string;
  /** How to get in, told only in an emergency: who has a key, whether the door may be forced. */
  entry?: string;
  /** How endangered the person is, for the order of a list. */
  risk?: number;
};

/** Several homes for one person, the most endangered first. */
export type ListInput = {
  homes: readonly { code: string; place: string }[];
  /** Which round of asking this is, from 0. */
  step: number;
};

/** Homes of one list: more would not fit one SMS at the longest numbers. */
export const MOST_LISTED = 6;

export type StandDownInput = { home: SmsHome; at: string } & ({ outcome: Outcome } | { signal: true });

export type AnswerInput =
  /** `link` opens their page; it is told where it fits. */
  | { kind: 'acknowledged'; code: string; minutes?: number; link?: string }
  | { kind: 'arrived'; code: string; minutes: number; emergencyNumber: string }
  | { kind: 'already_taken'; code: string; by?: string }
  | { kind: 'outcome_recorded'; code: string }
  | { kind: 'passed'; code: string }
  | { kind: 'emergency_called'; code: string; emergencyNumber: string }
  | { kind: 'sensor_ticket'; code: string }
  | { kind: 'closed'; code: string; emergencyNumber: string }
  | { kind: 'not_understood'; code?: string }
  | { kind: 'several_open'; codes: readonly string[] }
  | { kind: 'unknown_number' }
  | { kind: 'no_open_alert'; emergencyNumber: string }
  | { kind: 'stranger' };

/** How much of a page is told: each is left out in turn until the text fits. */
export type PageDetail = {
  /** `071 … 072 …` instead of `07+1 … 2 …`. */
  codes: 'each' | 'once';
  phone: boolean;
  extra: boolean;
  ask: boolean;
  allActions: boolean;
  salutation: boolean;
  /** How to get in. */
  entry: boolean;
};

/** What a language must say; a missing key is a type error. */
export type SmsCatalogue = {
  place(address: Address): string;
  page(input: PageInput, detail: PageDetail): string;
  /** From the fullest wording to the barest. */
  list(input: ListInput): readonly [string, ...string[]];
  standDown: Record<Outcome | 'signal', (input: StandDownInput) => string>;
  /** From the fullest wording to the barest. */
  answer: {
    [K in AnswerInput['kind']]: (input: Extract<AnswerInput, { kind: K }>) => readonly [string, ...string[]];
  };
};

export type Address = { building: string; unit?: string | null; room: string };

/** A page at its fullest wording that fits one SMS. */
export function pageText(input: PageInput, language: Language): string {
  const { page } = CATALOGUES[language];
  const [fullest, ...barer] = PAGE_DETAILS;
  return fullestThatFits([page(input, fullest), ...barer.map((detail) => page(input, detail))]);
}

/** Several homes in one SMS, to be worked by the same reply codes as single ones. */
export const listText = (input: ListInput, language: Language): string =>
  fullestThatFits(CATALOGUES[language].list(input));

/** "No need to go", for everyone who was paged. It tells neighbours no more of the elder than that. */
export function standDownText(input: StandDownInput, language: Language): string {
  return CATALOGUES[language].standDown['outcome' in input ? input.outcome : 'signal'](input);
}

/** The answer to a reply: what it did, or that it did nothing and how to say it. */
export const answerText = (input: AnswerInput, language: Language): string =>
  fullestThatFits(answerWordings(input, language));

/** All that an answer may say, from the fullest wording to the barest. */
export function answerWordings(input: AnswerInput, language: Language): Wordings {
  const say = CATALOGUES[language].answer[input.kind] as (input: AnswerInput) => Wordings;
  return say(input);
}

/** Where a home is, as its stewards say it: 3栋2单元501. */
export const placeOf = (address: Address, language: Language): string => CATALOGUES[language].place(address);

const CATALOGUES: Record<Language, SmsCatalogue> = { 'zh-CN': SMS_ZH, en: SMS_EN };

const FULLEST: PageDetail = {
  codes: 'each',
  phone: true,
  extra: true,
  ask: true,
  allActions: true,
  salutation: true,
  entry: true,
};
const NO_PHONE = { ...FULLEST, phone: false };
const NO_EXTRA = { ...NO_PHONE, extra: false };
const NO_ASK: PageDetail = { ...NO_EXTRA, ask: false, codes: 'once' };
const FEW_ACTIONS = { ...NO_ASK, allActions: false };
const NO_NAME = { ...FEW_ACTIONS, salutation: false };
const PAGE_DETAILS: readonly [PageDetail, ...PageDetail[]] = [
  FULLEST,
  { ...FULLEST, codes: 'once' },
  NO_PHONE,
  { ...NO_PHONE, codes: 'once' },
  NO_EXTRA,
  { ...NO_EXTRA, codes: 'once' },
  { ...NO_EXTRA, codes: 'once', allActions: false },
  NO_ASK,
  FEW_ACTIONS,
  NO_NAME,
  { ...NO_NAME, entry: false },
];
