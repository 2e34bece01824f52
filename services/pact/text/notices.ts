import type { Language } from './language.ts';
import { fullestThatFits } from './sms-length.ts';

/** What is told apart from pages and answers: short words to people on duty, the office, families and elders. */
export type NoticeContent =
  /** The time to report is over; others have been asked. */
  | { kind: 'acknowledgement_expired'; code: string; salutation: string }
  /** A call to the elder while somebody is on the way. Only spoken. */
  | {
      kind: 'elder_call';
      salutation: string /** Whether pressing 1 is taken as a sign of life. */;
      counts: boolean;
    };

type Wordings = readonly [string, ...string[]];

/** What a language must say, from the fullest wording to the barest; a missing key is a type error. */
type NoticeCatalogue = {
  [K in NoticeContent['kind']]: (content: Extract<NoticeContent, { kind: K }>) => Wordings;
};

const ZH: NoticeCatalogue = {
  acknowledgement_expired: ({ code, salutation }) => [
    `【窗帘之约】${code}号${salutation}到时未报结果,已另请人去。您若已见到人,请回${code}2平安${code}3急救`,
  ],
  elder_call: ({ salutation }) => [`【窗帘之约】${salutation}您好,今早没见您拉帘,红管家正来看您。`],
};

const EN: NoticeCatalogue = {
  acknowledgement_expired: ({ code, salutation }) => [
    `Curtain Pact: no report on no.${code} ${salutation} in time, we have asked others. If you saw them, reply ${code}2 safe ${code}3 emergency`,
  ],
  elder_call: ({ salutation }) => [
    `Curtain Pact: hello ${salutation}, your curtain was not seen open this morning. A steward is on the way to you.`,
  ],
};

const CATALOGUES: Record<Language, NoticeCatalogue> = { 'zh-CN': ZH, en: EN };

/** A notice at its fullest wording that fits one SMS. */
export function noticeText(content: NoticeContent, language: Language): string {
  const say = CATALOGUES[language][content.kind] as (content: NoticeContent) => Wordings;
  return fullestThatFits(say(content));
}
