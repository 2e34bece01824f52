import type { Language } from './language.ts';
import { type NoticeContent, noticeText } from './notices.ts';
import {
  type AnswerInput,
  answerText,
  type ListInput,
  listText,
  type PageInput,
  pageText,
  type StandDownInput,
  standDownText,
} from './sms.ts';

/**
 * What a message says, apart from the channel that says it. It is kept with the message, so that an SMS, a
 * call, a card and a provider's template all speak of the same thing.
 */
export type MessageContent =
  | { kind: 'page'; page: PageInput }
  /** Several homes for one person. */
  | { kind: 'list'; list: ListInput }
  | { kind: 'stand_down'; standDown: StandDownInput }
  | { kind: 'answer'; answer: AnswerInput }
  | { kind: 'notice'; notice: NoticeContent }
  /** Words that stand as they are. */
  | { kind: 'plain'; text: string };

/** As an SMS: one message, at its fullest wording that fits. */
export function smsText(content: MessageContent, language: Language): string {
  switch (content.kind) {
    case 'page':
      return pageText(content.page, language);
    case 'list':
      return listText(content.list, language);
    case 'stand_down':
      return standDownText(content.standDown, language);
    case 'answer':
      return answerText(content.answer, language);
    case 'notice':
      return noticeText(content.notice, language);
    case 'plain':
      return content.text;
    default:
      return content satisfies never;
  }
}
