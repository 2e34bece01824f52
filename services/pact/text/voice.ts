import type { MessageContent } from './content.ts';
import { smsText } from './content.ts';
import type { Language } from './language.ts';
import { VOICE_EN } from './voice-en.ts';
import { VOICE_ZH } from './voice-zh.ts';

/** What a call says. `slow` lines are names and numbers, read so that an old ear can follow. */
export type VoiceLine = { text: string; slow?: true };

export type VoiceScript = {
  language: Language;
  lines: readonly VoiceLine[];
  /** The digits that may be pressed; none where nothing is asked. */
  keys: readonly string[];
  /** After the words the call is put through to this number; we hear when they have spoken. */
  putThrough?: string;
};

/** Words that a call has ready for what may happen in it. */
export type SpokenWord =
  | 'elder_heard'
  | 'elder_called_back'
  | 'not_understood'
  /** Whoever picks up after everything was settled. */
  | 'settled'
  | 'settled_elder'
  | 'putting_through'
  /** Nobody picked up, or for too short a time. */
  | 'not_spoken'
  /** They spoke: how is the elder? */
  | 'after_talk'
  /** It counts as a sign of life, or only as a word. */
  | 'talk_counts'
  | 'talk_noted';

export type VoiceCatalogue = {
  page(content: Extract<MessageContent, { kind: 'page' }>['page']): readonly VoiceLine[];
  list(content: Extract<MessageContent, { kind: 'list' }>['list']): readonly VoiceLine[];
  elderCall(input: { salutation: string; counts: boolean }): readonly VoiceLine[];
  /** Before a text that was written for the eye is read out. */
  opening: string;
  elderAsks(input: { code: string; salutation: string }): readonly VoiceLine[];
  words: Record<SpokenWord, string>;
  goodbye: string;
};

const CATALOGUES: Record<Language, VoiceCatalogue> = { 'zh-CN': VOICE_ZH, en: VOICE_EN };

const PAGE_KEYS = ['1', '2', '3', '4'];
/** Of several homes at once nobody can say in one key how each of them is. */
const LIST_KEYS = ['1', '4'];

/** A call's words for any message. What asks for an answer names the keys; the rest is read as it is written. */
export function voiceScript(content: MessageContent, language: Language): VoiceScript {
  const say = CATALOGUES[language];
  if (content.kind === 'page') return { language, lines: say.page(content.page), keys: PAGE_KEYS };
  if (content.kind === 'list') return { language, lines: say.list(content.list), keys: LIST_KEYS };
  if (content.kind === 'notice' && content.notice.kind === 'elder_call') {
    const keys = content.notice.counts ? ['1', '2'] : ['2'];
    return { language, lines: say.elderCall(content.notice), keys };
  }
  if (content.kind === 'notice' && content.notice.kind === 'elder_asks') {
    return { language, lines: say.elderAsks(content.notice), keys: ['1'] };
  }
  return { language, lines: spoken(smsText(content, language), say), keys: [] };
}

/** After a talk: 2 for well, 3 for an emergency, as everywhere. */
const AFTER_TALK_KEYS = ['2', '3'];

/** What a call says after a key: the words of an answer, or one that it has ready. */
export function spokenAnswer(
  answer: Extract<MessageContent, { kind: 'answer' }>['answer'] | SpokenWord,
  language: Language,
): VoiceScript {
  const say = CATALOGUES[language];
  if (typeof answer === 'string') {
    const keys = answer === 'after_talk' ? AFTER_TALK_KEYS : [];
    return { language, lines: [{ text: say.words[answer] }], keys };
  }
  const written = smsText({ kind: 'answer', answer }, language);
  return { language, lines: [...spoken(written, say), { text: say.goodbye }], keys: [] };
}

/** A text of the SMS catalogue without its signature and without the codes that only a thumb can use. */
function spoken(written: string, { opening }: VoiceCatalogue): VoiceLine[] {
  const plain = written
    .replace(/^(【[^】]*】|Curtain Pact: )/, '')
    .replace(/(回|请回|[Rr]eply )[ \d].*$/u, '')
    .trim();
  return [{ text: opening }, { text: plain }];
}
