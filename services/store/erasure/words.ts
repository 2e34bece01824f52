/** What names somebody, wherever it stands. */
export type Words = { names: readonly string[]; phones: readonly string[]; places: readonly string[] };

/** What stands in its place. */
export const BLANK = '□';

/** Fewer characters name nobody; in scripts with spaces, fewer letters are found in any word. */
const LEAST = { dense: 2, spaced: 4 };

/** A pattern of PostgreSQL that finds the names and the numbers in any text, however somebody has written a number. */
export const patternOf = ({ names, phones }: Omit<Words, 'places'>): string | undefined =>
  anyOf([...names.flatMap(nameOf), ...phones.flatMap(phoneOf)]);

/** The same for where somebody lives and how they are called, which others may be called too. */
export const placesOf = ({ places }: Pick<Words, 'places'>): string | undefined =>
  anyOf(places.flatMap(nameOf));

const anyOf = (patterns: readonly string[]): string | undefined =>
  patterns.length === 0 ? undefined : [...new Set(patterns)].map((one) => `(?:${one})`).join('|');

function nameOf(name: string): string[] {
  const text = name.trim();
  const isSpaced = /^[\p{Script=Latin}\p{P}\d\s]*$/u.test(text);
  if ([...text].length < (isSpaced ? LEAST.spaced : LEAST.dense)) return [];
  return [isSpaced ? `\\m${escaped(text)}\\M` : escaped(text)];
}

/** With its country or without, with a nought in front, in groups. */
function phoneOf(phone: string): string[] {
  const digits = phone.replace(/\D/g, '');
  const national = phone.startsWith('+86') ? digits.slice(2) : digits;
  if (national.length < 5) return [];
  return [`(?<!\\d)(?:\\+?86[- ]?)?0?${[...national].join('[- ]?')}(?!\\d)`];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
