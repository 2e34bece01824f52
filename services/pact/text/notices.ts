import type { Wordings } from './fewer-codes.ts';
import type { Language } from './language.ts';
import { NOTICES_EN } from './notices-en.ts';
import { NOTICES_ZH } from './notices-zh.ts';
import { fullestThatFits } from './sms-length.ts';

/** How a community's day closed, for its office. */
export type DayCounts = {
  enrolled: number;
  kept: number;
  keptLate: number;
  visited: number;
  away: number;
  /** Excused for another reason than a leave. */
  excused: number;
};

/** What a family is told of its elder's day; never more than that. */
export type DailyState = 'well' | 'visited_safe' | 'visited' | 'excused' | 'waiting' | 'open';

/** What homes that fell silent together have in common. */
export type OutageCause = 'gateway' | 'building' | 'broker' | 'community';

/** What is told apart from pages and answers: short words to people on duty, the office, families and elders. */
export type NoticeContent =
  /** The time to report is over; others have been asked. */
  | { kind: 'acknowledgement_expired'; code: string; salutation: string }
  /** Somebody else stands at the door; who had set out need not. */
  | { kind: 'relieved'; code: string; salutation: string }
  /** The office has asked somebody else to go instead. */
  | { kind: 'replaced'; code: string; salutation: string }
  /** A call to the elder while somebody is on the way. Only spoken. */
  | {
      kind: 'elder_call';
      salutation: string /** Whether pressing 1 is taken as a sign of life. */;
      counts: boolean;
    }
  /** An elder who was called wants to speak to somebody. Only spoken. */
  | { kind: 'elder_asks'; code: string; salutation: string }
  /** The page of the home in which nobody lives. `round` counts from 0. */
  | { kind: 'canary'; deadline: string; round: number }
  /** That page did not arrive in time; with the homes that nobody has seen. */
  | { kind: 'canary_failed'; deadline: string; unseen: readonly string[] }
  /** It arrived after all. */
  | { kind: 'canary_late'; deadline: string; at: string }
  /** Everybody's day is closed. */
  | { kind: 'all_clear'; counts: DayCounts }
  /** Somebody's is not. */
  | { kind: 'all_open'; counts: DayCounts; open: readonly string[] }
  /** The last one that was open is closed. */
  | { kind: 'all_closed'; counts: DayCounts }
  | { kind: 'daily'; salutation: string; state: DailyState }
  /** After a day that was open when the family was told of it. */
  | { kind: 'daily_after'; salutation: string }
  | { kind: 'visit_news'; salutation: string; at: string; safe: boolean }
  /** In the evening, for the office and for each steward; lists of homes by number. */
  | {
      kind: 'evening';
      /** Nobody has looked in on them yet, though their sensors have failed. */
      unseen: readonly string[];
      open: readonly string[];
      silent: readonly string[];
      batteries: readonly string[];
      returning: readonly string[];
      uncovered: readonly string[];
      /** Work on their sensors is due. */
      due: readonly string[];
    }
  /** In the morning: homes of which no sensor will tell anything today. */
  | { kind: 'sensor_check'; homes: readonly string[] }
  /** The last step of a home's commissioning test: does a page reach this phone? */
  | { kind: 'commissioning'; code: string; salutation: string }
  /** For a steward at the door who scanned its decal without a link. */
  | { kind: 'door_link'; code: string; salutation: string; link: string }
  /** Homes whose sensors have failed since the morning: somebody is to see the elders today. */
  | { kind: 'look_in'; homes: readonly string[] }
  /** Somebody said by a link that a home will be away; dates as YYYY-MM-DD, both included. */
  | { kind: 'leave_said'; code: string; salutation: string; fromOn: string; untilOn: string }
  | { kind: 'leave_cancelled'; code: string; salutation: string }
  /** The link by which somebody says when a home is away. */
  | { kind: 'leave_link'; code: string; salutation: string; link: string }
  /** The link to a steward's own list of visits and calls. */
  | { kind: 'care_link'; link: string }
  /** For whoever asked for a leave, on the evening before its last day. */
  | { kind: 'leave_ends'; code: string; salutation: string; untilOn: string; link?: string }
  /** A curtain opened in the middle of a leave: is she back? */
  | { kind: 'leave_opened'; code: string; salutation: string; at: string; link?: string }
  /** Somebody at the office tries a group's robot. */
  | { kind: 'robot_test'; name: string }
  | { kind: 'outage'; cause: OutageCause; subject: string; since: string; homes: readonly string[] };

/** What a language must say, from the fullest wording to the barest; a missing key is a type error. */
export type NoticeCatalogue = {
  [K in NoticeContent['kind']]: (content: Extract<NoticeContent, { kind: K }>) => Wordings;
};

const CATALOGUES: Record<Language, NoticeCatalogue> = { 'zh-CN': NOTICES_ZH, en: NOTICES_EN };

/** A notice at its fullest wording that fits one SMS. */
export const noticeText = (content: NoticeContent, language: Language): string =>
  fullestThatFits(noticeWordings(content, language));

/** All that a notice may say, from the fullest wording to the barest. */
export function noticeWordings(content: NoticeContent, language: Language): Wordings {
  const say = CATALOGUES[language][content.kind] as (content: NoticeContent) => Wordings;
  return say(content);
}
