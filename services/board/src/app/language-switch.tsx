import { setLanguage, useLanguage, useText } from './language.ts';

/** Named in the language that it leads to. */
export function LanguageSwitch() {
  const language = useLanguage();
  const words = useText();
  const other = language === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      className="link language"
      lang={other}
      title={words.languageLabel}
      onClick={() => setLanguage(other)}
    >
      {words.language}
    </button>
  );
}
