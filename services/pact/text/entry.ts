import type { Language } from './language.ts';

/** How somebody may get in, in the few words that an emergency text has room for; undefined where nothing is known. */
export function entryText(
  { keyNote, entryConsent }: { keyNote: string | null; entryConsent: boolean },
  language: Language,
): string | undefined {
  const say = WORDS[language];
  const parts = [...(keyNote ? [say.key(keyNote)] : []), ...(entryConsent ? [say.consent] : [])];
  return parts.length > 0 ? parts.join(say.and) : undefined;
}

const WORDS: Record<Language, { key(note: string): string; consent: string; and: string }> = {
  'zh-CN': { key: (note) => `钥匙:${note}`, consent: '可破门', and: ',' },
  en: { key: (note) => `key: ${note}`, consent: 'door may be forced', and: ', ' },
};
